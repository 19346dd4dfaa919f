"""The edition that a pass of the nightly run is about."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """Which day's papers, and for whom."""

    day: date
    """The source's day (UTC)."""
    backfill: bool = False
    """Asked for by name and over: everyone is due at once, and nothing expires."""
    fresh: bool = False
    """Papers of the day so far, rather than the finished list."""
    only: frozenset[str] = frozenset()
    """Only these addresses; empty: everyone."""

    def wants(self, address: str) -> bool:
        """Whether the pass is for this address at all."""
        return not self.only or address in self.only
