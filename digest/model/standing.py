"""How we stand with a mail provider that has asked for rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """A provider is left alone for a while, then comes back into favour connection by connection.

    The provider's `retry_after` may be replaced by the operator's when it is asked for, so the
    instant of its reply and its pause are kept apart.
    """

    provider: str
    since: datetime
    """When it asked for rest."""
    pause: int
    """Seconds of rest."""
    connections: int
    """How many it may be given at once when the rest is over; 0: it needs no more care."""
    reply: str
    """Its own words."""
    alert: bool = False
    """Whether it is ours to mend."""

    @property
    def until(self) -> datetime:
        """When the rest is over."""
        return self.since + timedelta(seconds=self.pause)
