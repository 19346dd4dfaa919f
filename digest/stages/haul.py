"""What was brought in of one source's day, and the verdict on it: pure."""

from dataclasses import dataclass, field, replace
from datetime import date

from digest.errors import Changed, SourceError
from digest.model import Page, Paper, Verdict

SATURDAY = 5
"""`date.weekday()` from which on nothing is listed until Monday."""


@dataclass(slots=True)
class Haul:
    """Papers of a day as answers bring them, and all that speaks against the whole."""

    day: date
    papers: dict[str, Paper] = field(default_factory=dict)
    others: list[date] = field(default_factory=list)
    """The days of papers and pages that were left out, because they are not of this one."""
    notes: list[str] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)
    mended: bool = False
    """Whether another way to the day brought what an error had kept back."""

    def add(self, page: Page, *, whatever: bool = False) -> int:
        """Takes the papers of the day; with `whatever` those that say they are of another, too.

        What an earlier answer told of a paper stays. Returns how many were taken.
        """
        left_out = len(self.others)
        if page.day and page.day != self.day and not page.papers:
            self.others.append(page.day)
        for paper in page.papers:
            told = paper.day or page.day
            if whatever or told in {None, self.day}:
                self.papers.setdefault(paper.id, replace(paper, day=self.day))
            elif told:
                self.others.append(told)
        self.notes += page.notes
        return len(page.papers) - (len(self.others) - left_out if page.papers else 0)

    def convinces(self, today: date) -> bool:
        """Whether this can be the whole truth: a working day that is over has papers."""
        return bool(self.papers) or self._may_be_empty(today)

    def judge(self, today: date) -> tuple[Verdict, str]:
        """The verdict, and why it is not `complete` or what was not as expected."""
        verdict, reason = self._verdict(today)
        left_out = ""
        if self.others and self.papers:
            left_out = f"{len(self.others)} papers of other days were left out"
        remarks = [reason, *map(str, self.errors), *self.notes, left_out]
        return verdict, "; ".join(dict.fromkeys(filter(None, remarks)))

    def _verdict(self, today: date) -> tuple[Verdict, str]:
        if self.errors and not self.mended:
            if self.papers:
                return Verdict.PARTIAL, "some of the day's pages are missing"
            changed = any(isinstance(error, Changed) for error in self.errors)
            return (Verdict.CHANGED if changed else Verdict.FAILED), ""
        if self.papers and self.day >= today:
            return Verdict.FILLING, "the day is not over"
        if self.papers:
            return Verdict.COMPLETE, ""
        return self._verdict_on_nothing(today)

    def _verdict_on_nothing(self, today: date) -> tuple[Verdict, str]:
        if self.others:
            return Verdict.STALE, f"the papers of {max(self.others)} are shown instead"
        if self.day.weekday() >= SATURDAY:
            return Verdict.EMPTY, "nothing is listed on weekends"
        if self._may_be_empty(today):
            return Verdict.FILLING, "nothing is listed yet"
        return Verdict.FAILED, "no papers, although it was a working day that is over"

    def _may_be_empty(self, today: date) -> bool:
        return self.day >= today or self.day.weekday() >= SATURDAY
