"""Select: which papers each reader gets in an edition."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.model import Advanced, Mood, Run, Selection, Stage, Subscriber
from digest.ports import Observer, Papers, Selections, Subscribers
from digest.rank.ranking import Ranking
from digest.rank.vectors import WordVectors
from digest.stages.batches import batches

HISTORY = 2_000
"""Papers of earlier days that corpus statistics are made of."""


class Select:
    """Chooses papers for whoever is due and has no choice yet."""

    stage = Stage.SELECT

    def __init__(
        self,
        papers: Papers,
        subscribers: Subscribers,
        selections: Selections,
        quiet: Mood,
        observer: Observer,
        table: WordVectors | None = None,
    ) -> None:
        """`quiet`: what a reader gets when nothing is on their topics; `table`: word vectors."""
        self._table = table
        self._papers, self._subscribers, self._selections = papers, subscribers, selections
        self._quiet, self._observer = quiet, observer
        self._rankings: dict[date, Ranking] = {}

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers who are due and have no recorded choice, in batches."""
        for batch in batches(r for r in self._subscribers.active() if run.due(r, now)):
            chosen = self._selections.several([reader.address for reader in batch], run.day)
            if waiting := [reader for reader in batch if reader.address not in chosen]:
                yield waiting

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> list[Selection]:
        """Chooses and records; doing it again changes nothing."""
        selections = self.choose(run.day, batch, now)
        self._selections.put(selections)
        self._observer(Advanced(self.stage, len(selections)))
        return selections

    def choose(self, day: date, batch: Sequence[Subscriber], now: datetime) -> list[Selection]:
        """Chooses, as of `now`, without recording."""
        seen = self._selections.seen([reader.address for reader in batch], day)
        ranking = self.ranking(day)
        chosen = ranking.select_all(batch, day, seen, self._quiet)
        return [replace(selection, at=now) for selection in chosen]

    def ranking(self, day: date) -> Ranking:
        """A day's papers against the history, worked out once."""
        if day not in self._rankings:
            pool = self._papers.of_day(day)
            history = self._papers.history(day, HISTORY)
            self._rankings[day] = Ranking(pool, history, self._table)
        return self._rankings[day]
