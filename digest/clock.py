"""Where the time of day comes from: edges hold a Clock, the core takes instants as values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Something that knows the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock, read at each call (so freezegun can hold it)."""

    def now(self) -> datetime:
        """The machine's present instant, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that may


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set; for replays, previews and tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant that was set."""
        return self.instant
