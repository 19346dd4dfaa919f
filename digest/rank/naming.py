"""What readers can be told their papers were chosen for."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from digest.model import ReasonKind
from digest.rank.decisions import MOST_WISHES, NONE, Named, Told
from digest.rank.merge import Readers
from digest.rank.ragged import Ints
from digest.rank.shelves import TRENDING, Octets, Taste, Wish

MostLike = Callable[[tuple[str, ...], int], str]
"""The liked paper that a paper of the pool, by number, is nearest to."""


class Naming:
    """Names by number: a topic's is its row on the shelves; liked papers' come behind.

    Which liked paper is told differs by the paper that is like it, so these are put in after the
    choice, for those few readers who like some.
    """

    def __init__(self, topics: Sequence[str], most_like: MostLike) -> None:
        self._topics, self._most_like = len(topics), most_like
        self._known = np.array([n if label else NONE for n, label in enumerate(topics)] + [NONE])
        self._numbers: dict[str, int] = {}
        self.names: list[Named] = [(ReasonKind.TOPIC, topic) for topic in topics]
        """All that can be told."""

    def asked(
        self,
        wishes: Sequence[Sequence[Wish]],
        asking: Readers,
        papers: NDArray[np.int32],
        told: Told,
    ) -> NDArray[np.int32]:
        """What each reader asked for, by number; lets `told` point to liked papers."""
        more = {
            reader: self._liked(last, len(each), papers[reader], told, reader)
            for reader, each in enumerate(wishes)
            if (last := each[-1] if each else TRENDING) and isinstance(last, tuple)
        }
        counts = np.diff(asking.topic_starts)
        width = max(
            [int(counts.max(initial=0)), *(len(wishes[r]) + len(n) for r, n in more.items())]
        )
        asked = np.full((len(wishes), width), NONE, np.int32)
        asked[_rows(counts), _columns(asking.topic_starts)] = self._known[
            np.minimum(asking.topics, self._topics)
        ]
        for reader, names in more.items():
            asked[reader, len(wishes[reader]) : len(wishes[reader]) + len(names)] = names
        return asked

    def _liked(
        self, liked: Taste, wish: int, papers: NDArray[np.int32], told: Told, reader: int
    ) -> list[int]:
        """The numbers of the liked papers that a reader's choices are most like."""
        names: list[int] = []
        ids = tuple(id_ for id_, weight in liked if weight > 0)
        for places in (told.first[reader], told.second[reader]):
            for column in np.flatnonzero(places == wish):
                label = self._most_like(ids, int(papers[column]))
                if label not in self._numbers:
                    self._numbers[label] = len(self.names)
                    self.names.append((ReasonKind.LIKED, label))
                if (name := self._numbers[label]) not in names:
                    names.append(name)
                _point(places, int(column), wish + 1 + names.index(name))
        return names


def _point(places: Octets, column: int, place: int) -> None:
    places[column] = place if place <= MOST_WISHES else 0


def _rows(counts: Ints) -> Ints:
    return np.repeat(np.arange(len(counts)), counts)


def _columns(starts: Ints) -> Ints:
    return np.asarray(np.arange(starts[-1]) - np.repeat(starts[:-1], np.diff(starts)))
