"""A new version of a known work that says much else than the one before."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """A major one: minor ones are not kept."""

    version: int
    """2 or more."""
    day: date
    """The source's day that listed it."""
    at: datetime
    """When it was first seen: who got the work in a choice made before has the older text."""
    changed: float
    """Share of the text that changed, 0 to 1."""

    @property
    def label(self) -> str:
        """The version as arXiv writes it: `v2`."""
        return f"v{self.version}"
