"""The serendipity slot: what trends most outside a reader's topics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import Mood, ReasonKind
from digest.rank.decisions import MOODS, NONE, Named, Told
from digest.rank.merge import Readers
from digest.rank.notes import Note
from digest.rank.ragged import Ints
from digest.rank.shelves import Octets

SURPRISE: Named = (ReasonKind.SERENDIPITY, "")
LOOKED_AT = 64
"""Of the most trending papers, how many are looked at for one outside a reader's topics."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The papers that trend most, best first, and which wishes each is worth a place by."""

    numbers: Ints
    worth: NDArray[np.bool_]
    """(rows of the shelves, papers looked at)."""

    @classmethod
    def of(cls, top: Ints, told: Octets) -> "Outside":
        """From the papers by trend, and the relevance that is told of each wish and paper."""
        numbers = top[:LOOKED_AT]
        return cls(numbers, told[:, numbers] > 0)

    def find(
        self, papers: NDArray[np.int32], asking: Readers, blocked: Sequence[Ints], rows: Ints
    ) -> Ints:
        """For each of these readers the number of a paper, NONE where all are on their topics.

        `papers`: what readers get already, (readers, places). All of them have some wish.
        """
        met = np.logical_or.reduceat(self.worth[asking.topics], asking.topic_starts[:-1], axis=0)
        free = ~met[rows]
        for row, reader in enumerate(rows.tolist()):
            taken = np.concatenate([papers[reader], blocked[reader]])
            free[row] &= ~np.isin(self.numbers, taken)
        first = free.argmax(axis=1)
        return np.where(free.any(axis=1), self.numbers[first], NONE)


def surprise(
    outside: Outside,
    papers: NDArray[np.int32],
    moods: Octets,
    asking: Readers,
    blocked: Sequence[Ints],
    told: Told,
    rising: Octets,
) -> list[Note]:
    """Gives the last place of each choice on topic to a surprise, where there is one.

    Changes `papers` and `told`; a choice of one place stays as it is. `rising`: trend by paper,
    in 255ths.
    """
    counts, places = (papers >= 0).sum(axis=1), asking.places
    served = (moods == MOODS.index(Mood.ON_TOPIC)) & (places > 1)
    rows = np.flatnonzero(served)
    if not len(rows) or not len(outside.numbers):
        return []
    found = outside.find(papers, asking, blocked, rows)
    notes = []
    for row, number in zip(rows[found != NONE].tolist(), found[found != NONE], strict=True):
        column = int(min(counts[row], places[row] - 1))
        papers[row, column] = number
        for told_of in (told.relevance, told.first, told.second, told.strength):
            told_of[row, column] = 0
        notes.append(Note(row, column, SURPRISE, int(rising[number])))
    return notes
