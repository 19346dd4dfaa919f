"""What was brought in of one source's day, and the verdict on it: pure."""

from dataclasses import dataclass, field, replace
from datetime import date

from digest.errors import Changed, SourceError
from digest.model import Evidence, Page, Paper, Precedent, Verdict
from digest.model.judgement import judge


@dataclass(slots=True)
class Haul:
    """Papers of a day as answers bring them, and all that speaks against the whole."""

    day: date
    expected: bool = True
    """Whether the source's calendar has a list of that day."""
    rolling: bool = False
    """Whether the source shows its newest entries, of whatever days."""
    believed: bool = False
    """Whether the day was asked for by name and is over: what can be read is what there is."""
    papers: dict[str, Paper] = field(default_factory=dict)
    others: list[date] = field(default_factory=list)
    """The days of papers and pages that were left out, because they are not of this one."""
    notes: list[str] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)
    mended: bool = False
    """Whether another way to the day brought what an error had kept back."""
    lacks: str = ""
    """Why an answer is less than the list that it is of."""

    def add(self, page: Page, *, whatever: bool = False) -> int:
        """Takes the papers of the day; with `whatever` those that say they are of another, too.

        What an earlier answer told of a paper stays. Returns how many were taken.
        """
        left_out = len(self.others)
        if page.day and page.day != self.day and not page.papers:
            self.others.append(page.day)
        for paper in page.papers:
            if not paper.title:
                self.notes.append(f"left out {paper.id}: it has no title here")
                continue
            told = paper.day or page.day
            if whatever or told in {None, self.day}:
                self.papers.setdefault(paper.id, replace(paper, day=self.day))
            elif told:
                self.others.append(told)
        self.notes += page.notes
        self.lacks = self.lacks or page.lacks
        return len(page.papers) - (len(self.others) - left_out if page.papers else 0)

    def convinces(self, today: date, precedent: Precedent) -> bool:
        """Whether this can be the whole truth as far as there is any, or another way is tried."""
        verdict, _ = judge(self._evidence(today, precedent))
        return verdict.final or verdict is Verdict.FILLING

    def set_aside(self, precedent: Precedent) -> dict[str, Paper]:
        """Takes out what the day before listed, so that another way can tell this day's."""
        return {id_: self.papers.pop(id_) for id_ in precedent.previous & self.papers.keys()}

    def take_back(self, aside: dict[str, Paper]) -> None:
        """Puts back what was set aside, where no other way told better; says what was shown."""
        if aside and not self.papers:
            self.papers |= aside
            self.notes += map(str, self.errors)
            self.errors.clear()
        elif aside:
            self.notes.append(f"{len(aside)} papers of the day before were shown first")

    def judge(self, today: date, precedent: Precedent) -> tuple[Verdict, str]:
        """The verdict, and why it is not `complete` or what was not as expected."""
        verdict, reason = judge(self._evidence(today, precedent))
        left_out = ""
        if self.others and self.papers and not self.rolling:
            left_out = f"{len(self.others)} papers of other days were left out"
        remarks = [reason, *map(str, self.errors), *self.notes, left_out]
        return verdict, "; ".join(dict.fromkeys(filter(None, remarks)))

    def _evidence(self, today: date, precedent: Precedent) -> Evidence:
        failure = None
        if self.errors and not self.mended:
            changed = any(isinstance(error, Changed) for error in self.errors)
            failure = Verdict.CHANGED if changed else Verdict.FAILED
        return Evidence(
            day=self.day,
            today=today,
            papers=frozenset(self.papers),
            expected=self.expected,
            failure=failure,
            others=() if self.rolling else tuple(self.others),
            lacks=self.lacks,
            believed=self.believed,
            precedent=precedent,
        )
