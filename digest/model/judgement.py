"""The verdict on a fetch, from what it brought and what was to be expected: pure."""

from dataclasses import dataclass
from datetime import date
from statistics import median

from digest.model.verdict import Verdict

ALIKE = 28
"""Days of the same weekday, within this many weeks, that a day's volume is held against."""

FEWEST = 5
"""Such days, and papers of a day, below which nothing is concluded from numbers."""

THIN = 0.25
"""A day with less than this share of the usual volume, and of the least, is not whole."""

SAME = 0.8
"""A list that shares more than this with the day before is the day before's."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """What a source had on the days before."""

    previous: frozenset[str] = frozenset()
    """The ids of its newest list before the day."""
    usual: tuple[int, ...] = ()
    """How many papers it had on the last days of the same weekday."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for or against a fetch being the whole list of its day."""

    day: date
    today: date
    papers: frozenset[str]
    expected: bool = True
    """Whether the source's calendar has a list of that day."""
    failure: Verdict | None = None
    """How the fetch failed, where no other way mended that."""
    others: tuple[date, ...] = ()
    """Days of papers and answers that were left out, because they are of another day."""
    lacks: str = ""
    """Why an answer is less than the list that it is of."""
    believed: bool = False
    """A past day that somebody asked for by name: what can be read is what there is."""
    precedent: Precedent = Precedent()


def judge(e: Evidence) -> tuple[Verdict, str]:
    """Exactly one verdict, and why it is not `complete` or `failed` with errors of its own."""
    if e.failure is not None:
        return (
            (Verdict.PARTIAL, "some of the day's pages are missing")
            if e.papers
            else (e.failure, "")
        )
    if e.lacks:
        return Verdict.PARTIAL, e.lacks
    return _on_papers(e) if e.papers else _on_nothing(e)


def _on_papers(e: Evidence) -> tuple[Verdict, str]:
    again = e.papers & e.precedent.previous
    if not e.believed and len(e.papers) >= FEWEST and len(again) > SAME * len(e.papers):
        return Verdict.STALE, f"{len(again)} of {len(e.papers)} papers are those of the day before"
    if e.day >= e.today:
        return Verdict.FILLING, "the day is not over"
    if not e.believed and (thin := _thin(len(e.papers), e.precedent.usual)):
        return Verdict.PARTIAL, thin
    return Verdict.COMPLETE, ""


def _thin(number: int, usual: tuple[int, ...]) -> str:
    if len(usual) < FEWEST or number >= THIN * median(usual) or number >= min(usual) / 2:
        return ""
    papers = "1 paper" if number == 1 else f"{number} papers"
    return f"only {papers}, where the last {len(usual)} days like it had {median(usual):.0f}"


def _on_nothing(e: Evidence) -> tuple[Verdict, str]:
    instead = f"the papers of {max(e.others)} are shown instead" if e.others else ""
    if not e.expected:
        return Verdict.EMPTY, "nothing is listed on such a day"
    if e.day >= e.today:
        return Verdict.FILLING, instead or "nothing is listed yet"
    if instead:
        return Verdict.STALE, instead
    return Verdict.FAILED, "no papers, although it was a working day that is over"
