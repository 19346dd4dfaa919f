"""What many readers get, as arrays: what is told or stored of it is made from these."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.model import Mood, ReasonKind
from digest.rank.merge import Chosen, Readers
from digest.rank.ragged import Ints
from digest.rank.shelves import Octets

MOODS = (Mood.ON_TOPIC, Mood.QUIET, Mood.NOTE, Mood.SKIP)
"""The moods by number."""
Named = tuple[ReasonKind, str]
"""A reason without its strength: a topic, or a liked paper's id."""
NONE = -1
MOST_WISHES = 255
"""Wishes of one reader that can be told: they are counted in an octet."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """Readers in rows; papers in columns, best first."""

    addresses: Sequence[str]
    ids: Sequence[str]
    """The pool's papers by number."""
    names: Sequence[Named]
    """What can be told, by number."""
    moods: Octets
    considered: Ints
    papers: NDArray[np.int32]
    """(readers, places); NONE where there is none."""
    relevance: Octets
    """255ths, as is all that follows from it."""
    trending: Octets
    asked: NDArray[np.int32]
    """What each reader may be told, by number: (readers, most wishes); NONE where there is none."""
    first: Octets
    """Which of those is told of a paper, counted from 1; 0: none. (readers, places)."""
    second: Octets
    strength: Octets
    """How strong the second is."""
    near: NDArray[np.int32]
    """Papers just below the cut or the floor, best first, (readers, some); NONE where there is
    none. They are told, but not remembered as sent."""

    def __len__(self) -> int:
        return len(self.addresses)


@dataclass(frozen=True, slots=True)
class Told:
    """The two strongest of a reader's wishes that a paper meets."""

    relevance: Octets
    first: Octets
    second: Octets
    strength: Octets


def strongest(chosen: Chosen, readers: Readers, told: Octets) -> Told:
    """By how strongly a paper meets a wish; of equal strengths, in the order of the wishes."""
    shape = chosen.papers.shape
    found = Told(*(np.zeros(shape, np.uint8) for _ in range(4)))
    counts = np.diff(readers.topic_starts)
    for count in np.unique(counts[counts > 0]):
        rows = np.flatnonzero(counts == count)
        asked = readers.topics[readers.topic_starts[rows][:, None] + np.arange(count)]
        papers = chosen.papers[rows][:, :, None]
        met = np.where(papers >= 0, told[asked[:, None, :], np.maximum(papers, 0)], 0)
        best, first = _take(met)
        strength, second = _take(met)
        found.relevance[rows], found.first[rows] = best, first
        found.strength[rows], found.second[rows] = strength, second
    return found


def _take(met: Octets) -> tuple[Octets, Octets]:
    """The greatest along the last axis, which is taken away, and its place counted from 1."""
    place = met.argmax(axis=2)[:, :, None]
    most = np.take_along_axis(met, place, 2)
    np.put_along_axis(met, place, 0, 2)
    counted = np.where((most > 0) & (place < MOST_WISHES), place + 1, 0).astype(np.uint8)
    return most[:, :, 0], counted[:, :, 0]
