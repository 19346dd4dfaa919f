"""What readers' wishes find among a day's papers: each distinct topic is looked at once a day."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.model import Topic
from digest.rank.day import Day, Fit
from digest.rank.merge import SCALE, Shelf
from digest.rank.ragged import Floats
from digest.rank.score import STEPS

Taste = tuple[tuple[str, float], ...]
"""Papers by id with what an opinion of them weighs: above 0 liked, below disliked."""
Wish = Topic | Taste
"""A topic, a taste, or `TRENDING`."""
TRENDING: Taste = ()
DEEPEST = 128
"""Papers of each topic that are kept: more than a digest may hold."""
Octets = NDArray[np.uint8]


class Shelves:
    """Grows by the topics that are asked for; what one reader likes is of no use to another."""

    def __init__(self, day: Day, fill: bool) -> None:
        """`fill`: what is not worth a place is shelved, too, behind all that is."""
        self._day, self._fill = day, fill
        self._numbers: dict[Wish, int] = {}
        size, depth = len(day.papers), min(DEEPEST, max(len(day.papers), 1))
        self._papers: NDArray[np.int32] = np.zeros((0, depth), np.int32)
        self._scores: NDArray[np.uint16] = np.zeros((0, depth), np.uint16)
        self._told: Octets = np.zeros((0, size), np.uint8)

    def fit(self, wish: Wish) -> Fit:
        """How every paper stands to a wish."""
        if isinstance(wish, Topic):
            return self._day.fit(wish)
        if wish == TRENDING:
            return self._day.trending_only()
        return self._day.liking(dict(wish))

    def numbers(self, wishes: Iterable[Wish]) -> dict[Wish, int]:
        """The rows of wishes on the shelves; those of liked papers only until the next call."""
        self._take_back()
        wanted = dict.fromkeys(wishes)
        common = [w for w in wanted if _is_common(w) and w not in self._numbers]
        self._add(common)
        self._numbers |= {w: len(self._numbers) + n for n, w in enumerate(common)}
        own = [wish for wish in wanted if not _is_common(wish)]
        self._add(own)
        rows = {wish: len(self._numbers) + n for n, wish in enumerate(own)}
        return {wish: rows[wish] if wish in rows else self._numbers[wish] for wish in wanted}

    @property
    def shelf(self) -> Shelf:
        """The best papers of each wish, by its row."""
        size, least = self._told.shape[1], self._day.parameters.least
        if self._fill:
            return Shelf(self._papers, self._scores, size, 1, SCALE // 2)
        return Shelf(self._papers, self._scores, size, max(math.floor(least * SCALE), 1), 1)

    @property
    def told(self) -> Octets:
        """By row and paper, the relevance that is told as a reason, in 255ths; 0: none."""
        return self._told

    @property
    def topics(self) -> list[str]:
        """What stands on the shelves for everybody, by row; "" for whatever trends."""
        return ["" if wish == TRENDING else str(wish) for wish in self._numbers]

    def _add(self, wishes: Sequence[Wish]) -> None:
        if not wishes:
            return
        fits = [self.fit(wish) for wish in wishes]
        shelf = Shelf.of(self._day.scores(fits, self._fill), self._papers.shape[1])
        told = np.array([_told(fit) for fit in fits])
        self._papers = np.concatenate([self._papers, shelf.papers])
        self._scores = np.concatenate([self._scores, shelf.scores])
        self._told = np.concatenate([self._told, told.astype(np.uint8)])

    def _take_back(self) -> None:
        kept = len(self._numbers)
        self._papers, self._scores = self._papers[:kept], self._scores[:kept]
        self._told = self._told[:kept]


def _told(fit: Fit) -> Floats:
    return np.round(fit.told * fit.worth * STEPS)


def _is_common(wish: Wish) -> bool:
    return isinstance(wish, Topic) or wish == TRENDING
