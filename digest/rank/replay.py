"""How choices of a past day would have done, beside simpler ways to choose.

Nobody judged these papers, so what is known later is taken for it: the votes they came to, and
which of them readers liked. Whether a paper is on a reader's topic only our own relevance can say,
so "on topic" tells how ways to choose differ, not how good the relevance is; docs/selection.md
measures that with other people's judgements.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache

import numpy as np
from numpy.typing import NDArray

from digest.model import Manner, Paper, Quiet, Subscriber
from digest.rank.day import Fit
from digest.rank.knowledge import NEW
from digest.rank.ragged import Ints
from digest.rank.ranking import Ranking
from digest.rank.shelves import Wish
from digest.rank.trend import trends

Numbers = NDArray[np.float64]
Fitting = Callable[[Wish], Fit]


class Way(StrEnum):
    """Ways to choose."""

    DIGEST = "digest"
    VOTES = "votes only"
    RELEVANCE = "relevance only"
    NEWEST = "newest"


@dataclass(slots=True)
class Tally:
    """What one way came to, summed over readers and days."""

    choices: int = 0
    """Reader-days for which something could be chosen."""
    gain: float = 0.0
    on_topic: float = 0.0
    place: float = 0.0
    found: int = 0
    liked: int = 0

    @property
    def ndcg(self) -> float:
        """Mean nDCG; a paper's gain is its final place by votes if it is on topic, else 0."""
        return self.gain / max(self.choices, 1)

    @property
    def topical(self) -> float:
        """Mean share of chosen papers that are on topic."""
        return self.on_topic / max(self.choices, 1)

    @property
    def final(self) -> float:
        """Mean share of the day's papers that the chosen ones had more votes than in the end."""
        return self.place / max(self.choices, 1)

    @property
    def recall(self) -> float | None:
        """Share of the papers that readers liked that were chosen; None: nobody liked any."""
        return self.found / self.liked if self.liked else None


@dataclass(slots=True)
class Evaluation:
    """The tallies of all ways."""

    tallies: Mapping[Way, Tally] = field(default_factory=lambda: {way: Tally() for way in Way})
    days: list[date] = field(default_factory=list)
    papers: int = 0
    grown: int = 0
    """Papers whose votes differ between the first and the last time they were read."""

    def add(
        self, day: date, ranking: Ranking, last: Iterable[Paper], who: Sequence[Subscriber]
    ) -> None:
        """Replays one day: `ranking` of the papers as first read, and the same as `last` read."""
        final = {paper.id: paper for paper in last}
        papers = ranking.day.papers
        self.days.append(day)
        self.papers += len(papers)
        self.grown += sum(p.upvotes != final.get(p.id, p).upvotes for p in papers)
        risen = trends(final.get(paper.id, paper) for paper in papers)
        places = np.array([risen[paper.id].value for paper in papers])
        fit = cache(ranking.shelves.fit)
        for reader in who:
            self._choose(ranking, fit, reader, places)

    def _choose(self, ranking: Ranking, fit: Fitting, reader: Subscriber, places: Numbers) -> None:
        liked = [id_ for id_ in reader.liked if id_ in ranking.day.number]
        unaware = replace(reader, liked=tuple(id_ for id_ in reader.liked if id_ not in liked))
        relevance, worth = _relevance(ranking, fit, unaware)
        gains = np.where(worth, places, 0)
        numbers = {ranking.day.number[id_] for id_ in liked}
        if not (gains.any() or numbers):
            return
        for way in Way:
            chosen = _chosen(way, ranking, unaware, relevance)
            self.tallies[way].choices += 1
            self.tallies[way].gain += _ndcg(gains, chosen, reader.papers)
            self.tallies[way].on_topic += float(worth[chosen].mean()) if len(chosen) else 0
            self.tallies[way].place += float(places[chosen].mean()) if len(chosen) else 0
            self.tallies[way].found += len(numbers & set(chosen.tolist()))
            self.tallies[way].liked += len(numbers)


def _relevance(
    ranking: Ranking, fit: Fitting, reader: Subscriber
) -> tuple[Numbers, NDArray[np.bool_]]:
    """The best relevance of each paper to any wish, and whether it is worth a place by one."""
    fits = [fit(wish) for wish in ranking.wishes(reader)]
    relevance = np.max([fit.relevance for fit in fits], axis=0)
    worth = np.any([fit.worth for fit in fits], axis=0) & ranking.day.shown
    return relevance.astype(np.float64), worth


def _chosen(way: Way, ranking: Ranking, reader: Subscriber, relevance: Numbers) -> Ints:
    """Numbers of the papers that a way would have chosen, best first."""
    if way is Way.DIGEST:
        selection = ranking.select(reader, date.min, NEW, Manner(Quiet.SKIP))
        return np.array([ranking.day.number[c.paper] for c in selection.choices], dtype=np.int64)
    keys = {
        Way.VOTES: ranking.day.trending.astype(np.float64),
        Way.RELEVANCE: relevance,
        Way.NEWEST: np.array([_since(paper) for paper in ranking.day.papers]),
    }
    order = np.argsort(-keys[way], kind="stable")
    return np.asarray(order[ranking.day.shown[order]][: reader.papers])


def _since(paper: Paper) -> float:
    at: datetime | None = paper.published or paper.listed
    return at.timestamp() if at else 0.0


def _ndcg(gains: Numbers, chosen: Ints, places: int) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002) of a choice."""
    discounts = 1 / np.log2(np.arange(2, places + 2))
    best = np.sort(gains)[::-1][:places]
    ideal = float((best * discounts[: len(best)]).sum())
    got = float((gains[chosen] * discounts[: len(chosen)]).sum())
    return got / ideal if ideal else 0.0
