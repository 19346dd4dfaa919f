"""`[alerts]`: who is told when something is wrong, and who when all is well."""

from dataclasses import dataclass, field

from digest.model import Secret


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Ways to reach the operator; each is used that is set."""

    mail: str = ""
    """The operator's address."""
    webhook: Secret = field(default_factory=Secret)
    """A URL that takes what happened as JSON."""
    ping: Secret = field(default_factory=Secret)
    """A dead man's switch: told when a run starts (`/start`), ends well, or fails (`/fail`)."""
    timeout: float = 10.0
    """Seconds for each."""
