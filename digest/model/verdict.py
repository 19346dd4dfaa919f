"""How a fetch of one source's day ended."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Exactly one of these per fetch; `failed` and `changed` are failures."""

    COMPLETE = "complete"
    EMPTY = "empty"
    """No papers, as the source's calendar expects."""
    FILLING = "filling"
    """The day is not over; more will come."""
    STALE = "stale"
    """An older day again."""
    PARTIAL = "partial"
    """Some pages of the day are missing."""
    FAILED = "failed"
    """No answer, or a refusal."""
    CHANGED = "changed"
    """An answer of a shape that we do not know."""

    @property
    def failure(self) -> bool:
        """Whether the fetch brought nothing that can be trusted."""
        return self in {Verdict.FAILED, Verdict.CHANGED}


@dataclass(frozen=True, slots=True)
class Collection:
    """What one fetch of one source's day brought."""

    source: str
    day: date
    verdict: Verdict
    papers: int
    new: int
    updated: int
    at: datetime
    detail: str = ""
    """Why the verdict is not `complete`, in a sentence."""
