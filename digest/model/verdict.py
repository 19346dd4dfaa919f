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

    @property
    def final(self) -> bool:
        """Whether the day need not be asked for again: an edition goes out on it at once."""
        return CONSEQUENCES[self].final


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a verdict."""

    final: bool = False
    """Proceed at once, and ask no more; else ask again until the patience with a day ends."""
    fallback: bool = False
    """The source's other ways are tried, and the edition is made of the other sources."""
    told: bool = False
    """Readers are told in the mail's footer, should their edition go out on it."""
    alert: bool = False
    """The operator is told, once."""


CONSEQUENCES = {
    Verdict.COMPLETE: Consequence(final=True),
    Verdict.EMPTY: Consequence(final=True),
    Verdict.FILLING: Consequence(),
    Verdict.STALE: Consequence(fallback=True, told=True, alert=True),
    Verdict.PARTIAL: Consequence(fallback=True, told=True, alert=True),
    Verdict.FAILED: Consequence(fallback=True, told=True, alert=True),
    Verdict.CHANGED: Consequence(fallback=True, told=True, alert=True),
}
"""A readers' *fresh* edition goes out on a list that is `filling`, too."""


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
