"""An address that must not be written to."""

from dataclasses import dataclass
from datetime import datetime

BOUNCE, COMPLAINT, OPERATOR = "bounce", "complaint", "operator"
"""What a reason begins with, when the program or its operator gave it."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who, why, since when."""

    address: str
    reason: str
    """`bounce: …` with the server's words, `complaint: …`, `operator`, or what an import says."""
    since: datetime

    @property
    def revivable(self) -> bool:
        """Whether the address may be written to again if it says so itself: it only bounced."""
        return self.reason.split(":")[0] == BOUNCE
