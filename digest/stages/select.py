"""Select: which papers each reader gets in an edition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from digest.errors import Unknown
from digest.model import (
    Advanced,
    Manner,
    Paper,
    Revision,
    Run,
    Selection,
    Stage,
    Subscriber,
    Verdict,
)
from digest.model.due import previous_day, ready_at
from digest.ports import Observer, Opinions, Papers, Readers, Selections
from digest.rank.explaining import Weighing, explain
from digest.rank.knowledge import Known
from digest.rank.ranking import Ranking
from digest.rank.relevance import Field
from digest.rank.telling import told
from digest.rank.vectors import WordVectors
from digest.stages.batches import batches
from digest.stages.knowing import Knowing
from digest.stages.pools import Pool, Pools

HISTORY = 2_000
"""Newest papers that corpus statistics are made of, together with those to choose from.

Readers whose editions hold other days share them, and so what they cost, wherever the papers of
these days are among them.
"""


BATCH = 4_096
"""Readers chosen for, and committed, together: what numpy asks for its calls is shared by them."""

Alike = tuple[Ranking, Manner, list[Subscriber], Mapping[str, Known]]
"""A ranking, how and for whom is chosen from it, and what is known of them."""


class Select:
    """Chooses papers for whoever is due and has no choice yet."""

    stage = Stage.SELECT

    def __init__(  # noqa: PLR0913 - stores, and four ways to choose
        self,
        papers: Papers,
        subscribers: Readers,
        selections: Selections,
        opinions: Opinions,
        usual: Manner,
        table: WordVectors | None,
        observer: Observer,
        *,
        patience: timedelta = timedelta(),
    ) -> None:
        """`usual`: how is chosen for readers who wish nothing else; `table`: word vectors.

        `patience`: how long after its day a settled edition waits for sources that have not ended
        it.
        """
        self._papers, self._subscribers, self._selections = papers, subscribers, selections
        self._usual, self._table, self._observer = usual, table, observer
        self._knowing = Knowing(papers, selections, opinions)
        self._pools, self._patience = Pools(papers, selections), patience
        self._rankings: dict[tuple[Pool, date], Ranking] = {}
        self._fields: dict[frozenset[str], Field] = {}

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers who are due and have no recorded choice, in batches; none before `ready`."""
        if run.resuming or not self.ready(run, now):
            return
        self._rankings.clear()  # papers may have come in since the last pass
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

    def folds(self, reader: Subscriber, run: Run) -> bool:
        """Whether a reader got the edition before this one, so that a late one may be folded."""
        last = self._selections.last_days([reader.address], run.day)
        return _had_the_last(reader, last.get(reader.address), run)

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> int:
        """Chooses and records; doing it again changes nothing. Returns for how many."""
        for pool, readers in self._pools.of(run.day, batch).items():
            # Before anything is looked up: what is given up counts as not seen, or as in doubt.
            self._selections.fold([r.address for r in readers], pool.first, run.day, now)
        for ranking, manner, readers, known in self._alike(run.day, batch):
            self._selections.put(ranking.decide(readers, known, manner), run.day, now)
        self._observer(Advanced(self.stage, len(batch)))
        return len(batch)

    def ready(self, run: Run, now: datetime) -> bool:
        """Whether there is something to choose from that will not grow, or surely nothing.

        A choice stays: made while a source is down, or on a list that is still filling up, it
        would be a poor edition for ever. So a settled edition waits until every source that was
        asked has ended its day, or our patience with them. A back-fill takes what there is.
        """
        fetches = self._papers.collections(run.day)
        if self.waits(run, now):
            return False
        if self._papers.of_day(run.day):
            return True
        return bool(fetches) and all(fetch.verdict is Verdict.EMPTY for fetch in fetches)

    def waits(self, run: Run, now: datetime) -> bool:
        """Whether an edition waits, with patience, for sources that have not ended its day."""
        fetches = self._papers.collections(run.day)
        at_once = run.backfill or run.fresh or all(fetch.verdict.final for fetch in fetches)
        return not at_once and now < ready_at(run.day, run.fresh) + self._patience

    def choose(self, day: date, reader: Subscriber, now: datetime) -> Selection:
        """What a reader would get, as of `now`; records nothing."""
        [(ranking, manner, _, known)] = self._alike(day, [reader])
        selection = ranking.select(reader, day, known[reader.address], manner)
        return replace(selection, at=now)

    def explain(self, reader: Subscriber, paper: Paper, day: date) -> Weighing:
        """The sum behind one paper of a reader's pool. Raises Unknown when it is not in it."""
        [(ranking, manner, _, known)] = self._alike(day, [reader])
        if paper.id not in ranking.day.number:
            raise Unknown(f"{paper.id} is not among the papers that {day} has for {reader.address}")
        recorded = self._selections.get(reader.address, day)
        if recorded is None:
            selection = ranking.select(reader, day, known[reader.address], manner)
        else:
            ids = [choice.paper for choice in recorded.choices]
            selection = told(recorded, self._papers.get(ids, recorded.at))
        return explain(ranking, reader, paper, known[reader.address], selection)

    def _alike(self, day: date, batch: Sequence[Subscriber]) -> Iterator[Alike]:
        """Readers whose editions hold the same days and are chosen alike, with what is known."""
        for pool, pooled in self._pools.of(day, batch).items():
            ranking = self._ranking(pool, day)
            alike: dict[Manner, list[Subscriber]] = {}
            for reader in pooled:
                alike.setdefault(reader.manner(self._usual), []).append(reader)
            for manner, readers in alike.items():
                addresses = [reader.address for reader in readers]
                known = self._knowing.of(addresses, ranking, day, again=manner.again)
                yield ranking, manner, readers, known

    def _ranking(self, pool: Pool, day: date) -> Ranking:
        """The papers of a pool against the newest known by then, worked out once."""
        if (pool, day) not in self._rankings:
            listed = self._papers.of_days(pool.first, day)
            late = self._papers.get(sorted(pool.late - {paper.id for paper in listed}))
            held = self._eligible((*listed, *late.values()), pool, day)
            history = self._papers.history(day + timedelta(days=1), HISTORY)
            known = frozenset(paper.id for paper in (*history, *held))
            ranking = Ranking(held, history, self._table, field=self._fields.get(known))
            if held:
                self._fields[known] = ranking.day.field
            self._rankings[pool, day] = ranking
        return self._rankings[pool, day]

    def _eligible(self, listed: Iterable[Paper], pool: Pool, day: date) -> list[Paper]:
        """Of what is listed, what may be chosen: of replacements, only major revisions."""
        there = [paper for paper in listed if not paper.withdrawn]
        revisions = self._papers.revisions((p.id for p in there if p.replaced), day)
        return [p for p in there if not p.replaced or _anew(p, revisions.get(p.id), pool.first)]


def _anew(paper: Paper, revision: Revision | None, first: date) -> bool:
    """Whether a replacement on a list is a major revision; an older one may be minor since."""
    return revision is not None and revision.day >= min(paper.day or first, first)


def _had_the_last(reader: Subscriber, last: date | None, run: Run) -> bool:
    return last is not None and last >= previous_day(reader, run.day, run.fresh)
