"""Evaluate: how the choices of past days would have done. No stage of the run; records nothing."""

from collections.abc import Iterable, Iterator
from datetime import date

from digest.model import Subscriber
from digest.ports import Papers, Subscribers
from digest.rank.ranking import Ranking
from digest.rank.replay import Evaluation
from digest.rank.vectors import WordVectors
from digest.stages.select import HISTORY

MOST_READERS = 500
"""Readers with wishes of their own who are looked at: more of them change the means little."""


class Evaluate:
    """Replays past days from the store, each with what was known when it was first read."""

    def __init__(self, papers: Papers, subscribers: Subscribers, table: WordVectors | None) -> None:
        self._papers, self._subscribers, self._table = papers, subscribers, table

    def replay(self, days: Iterable[date]) -> Evaluation:
        """What each way to choose would have come to, over all of these days."""
        readers, evaluation = list(_distinct(self._subscribers.active())), Evaluation()
        for day in days:
            first = self._papers.of_days(day, day, earliest=True)
            ranking = Ranking(first, self._papers.history(day, HISTORY), self._table)
            evaluation.add(day, ranking, self._papers.of_day(day), readers)
        return evaluation


def _distinct(readers: Iterable[Subscriber]) -> Iterator[Subscriber]:
    """Readers who differ in more than their address, the first of each kind."""
    met: set[Subscriber] = set()
    for reader in readers:
        alike = Subscriber(
            "",
            topics=reader.topics,
            authors=reader.authors,
            liked=reader.liked,
            mute=reader.mute,
            papers=reader.papers,
        )
        if (alike.interests or alike.liked) and alike not in met and len(met) < MOST_READERS:
            met.add(alike)
            yield alike
