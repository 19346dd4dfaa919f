"""Select: which papers each reader gets in an edition."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.errors import Unknown
from digest.model import (
    Advanced,
    Mood,
    Paper,
    Rhythm,
    Run,
    Selection,
    Stage,
    Subscriber,
    Verdict,
)
from digest.model.due import previous_day, ready_at
from digest.ports import Observer, Papers, Readers, Selections
from digest.rank.explaining import Weighing, explain
from digest.rank.ranking import Ranking
from digest.rank.telling import told
from digest.rank.vectors import WordVectors
from digest.stages.batches import batches

MOST_DAYS = 14
"""Days whose papers one edition holds at most, however long a reader got none."""

HISTORY = 2_000
"""Papers of earlier days that corpus statistics are made of."""


BATCH = 4_096
"""Readers chosen for, and committed, together: what numpy asks for its calls is shared by them."""

Alike = tuple[Ranking, list[Subscriber], Mapping[str, frozenset[str]]]
"""A ranking, who is chosen for from it, and what they must not get again."""


class Select:
    """Chooses papers for whoever is due and has no choice yet."""

    stage = Stage.SELECT

    def __init__(  # noqa: PLR0913 - stores, and four ways to choose
        self,
        papers: Papers,
        subscribers: Readers,
        selections: Selections,
        quiet: Mood,
        table: WordVectors | None,
        observer: Observer,
        *,
        fill: bool = False,
        patience: timedelta = timedelta(),
    ) -> None:
        """`quiet`: what a reader gets when nothing is on their topics; `table`: word vectors.

        `fill`: places that nothing worth one takes go to what comes nearest. `patience`: how
        long after its day a settled edition waits for sources that have not ended it.
        """
        self._papers, self._subscribers, self._selections = papers, subscribers, selections
        self._quiet, self._table, self._observer = quiet, table, observer
        self._fill, self._patience = fill, patience
        self._rankings: dict[tuple[date, date], Ranking] = {}

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers who are due and have no recorded choice, in batches; none before `ready`."""
        if run.resuming or not self.ready(run, now):
            return
        for batch in batches((r for r in self._subscribers.active() if run.due(r, now)), BATCH):
            chosen = self._selections.recorded([reader.address for reader in batch], run.day)
            waiting = [reader for reader in batch if reader.address not in chosen]
            if timely := self._timely(run, waiting, now):
                yield timely

    def _timely(self, run: Run, readers: Sequence[Subscriber], now: datetime) -> list[Subscriber]:
        """Leaves out whose next edition is near: it will hold what this one would have held.

        Who did not get the edition before this one gets this one however late, lest a machine that
        is up at the wrong hours never mails them.
        """
        late = [reader for reader in readers if run.late(reader, now)]
        last = self._selections.last_days([reader.address for reader in late], run.day)
        folded = {r.address for r in late if _had_the_last(r, last.get(r.address), run)}
        return [reader for reader in readers if reader.address not in folded]

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> int:
        """Chooses and records; doing it again changes nothing. Returns for how many."""
        for first, readers in self._pools(run.day, batch).items():
            # Before anything is looked up: what is given up counts as not seen, or as in doubt.
            self._selections.fold([reader.address for reader in readers], first, run.day, now)
        for ranking, readers, seen in self._alike(run.day, batch):
            self._selections.put(ranking.decide(readers, seen, self._quiet), run.day, now)
        self._observer(Advanced(self.stage, len(batch)))
        return len(batch)

    def ready(self, run: Run, now: datetime) -> bool:
        """Whether there is something to choose from that will not grow, or surely nothing.

        A choice stays: made while a source is down, or on a list that is still filling up, it
        would be a poor edition for ever. So a settled edition waits until every source that was
        asked has ended its day, or our patience with them. A back-fill takes what there is.
        """
        fetches = self._papers.collections(run.day)
        at_once = run.backfill or run.fresh or all(fetch.verdict.final for fetch in fetches)
        if not at_once and now < ready_at(run.day, run.fresh) + self._patience:
            return False
        if self._papers.of_day(run.day):
            return True
        return bool(fetches) and all(fetch.verdict is Verdict.EMPTY for fetch in fetches)

    def choose(self, day: date, reader: Subscriber, now: datetime) -> Selection:
        """What a reader would get, as of `now`; records nothing."""
        [(ranking, _, seen)] = self._alike(day, [reader])
        selection = ranking.select(reader, day, seen[reader.address], self._quiet)
        return replace(selection, at=now)

    def explain(self, reader: Subscriber, paper: Paper, day: date) -> Weighing:
        """The sum behind one paper of a reader's pool. Raises Unknown when it is not in it."""
        [(ranking, _, seen)] = self._alike(day, [reader])
        if paper.id not in ranking.day.number:
            raise Unknown(f"{paper.id} is not among the papers that {day} has for {reader.address}")
        before = seen[reader.address]
        recorded = self._selections.get(reader.address, day)
        if recorded is None:
            selection = ranking.select(reader, day, before, self._quiet)
        else:
            ids = [choice.paper for choice in recorded.choices]
            selection = told(recorded, self._papers.get(ids, recorded.at))
        return explain(ranking, reader, paper, before, selection)

    def _alike(self, day: date, batch: Sequence[Subscriber]) -> Iterator[Alike]:
        """Readers whose editions hold the same days, with what they were sent before."""
        seen = self._selections.seen([reader.address for reader in batch], day)
        for first, readers in self._pools(day, batch).items():
            yield self._ranking(first, day), readers, seen

    def _pools(self, day: date, batch: Sequence[Subscriber]) -> dict[date, list[Subscriber]]:
        """Readers by the first day whose papers their edition may hold."""
        last = self._selections.last_days([reader.address for reader in batch], day)
        alike: dict[date, list[Subscriber]] = {}
        for reader in batch:
            alike.setdefault(pool_from(reader, last.get(reader.address), day), []).append(reader)
        return alike

    def _ranking(self, first: date, day: date) -> Ranking:
        """The papers of some days against the history, worked out once."""
        if (first, day) not in self._rankings:
            pool = [p for p in self._papers.of_days(first, day) if not (p.replaced or p.withdrawn)]
            history = self._papers.history(first, HISTORY)
            self._rankings[first, day] = Ranking(pool, history, self._table, fill=self._fill)
        return self._rankings[first, day]


def _had_the_last(reader: Subscriber, last: date | None, run: Run) -> bool:
    return last is not None and last >= previous_day(reader, run.day, run.fresh)


def pool_from(reader: Subscriber, last: date | None, day: date) -> date:
    """The first day whose papers an edition may hold.

    Everything since the reader's last edition, two weeks at most; for their first one the day
    itself, or the week of a weekly reader.
    """
    if last is not None:
        return max(last + timedelta(days=1), day - timedelta(days=MOST_DAYS - 1))
    return day - timedelta(days=6) if reader.rhythm is Rhythm.WEEKLY else day
