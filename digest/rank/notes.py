"""What is told of single choices beside the wishes they meet: why they are there at all."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.rank.decisions import MOST_WISHES, NONE, Named, Told
from digest.rank.shelves import Octets


@dataclass(frozen=True, slots=True)
class Note:
    """One reader's choice, by its column, and the reason that stands second for it."""

    row: int
    column: int
    name: Named
    strength: int
    """255ths."""


def noted(
    notes: Iterable[Note], names: list[Named], asked: NDArray[np.int32], told: Told
) -> NDArray[np.int32]:
    """What can be told of each reader's choices, with the notes; `told` points to them.

    Notes stand before the wishes, so that a reader of many wishes loses none of them.
    """
    known: dict[Named, int] = {}
    given: dict[int, list[int]] = {}
    places: list[tuple[Note, int]] = []
    for note in notes:
        if note.name not in known:
            known[note.name] = len(names)
            names.append(note.name)
        mine = given.setdefault(note.row, [])
        if known[note.name] not in mine:
            mine.append(known[note.name])
        places.append((note, mine.index(known[note.name]) + 1))
    width = max(map(len, given.values()), default=0)
    if not width:
        return asked
    before = np.full((len(asked), width), NONE, np.int32)
    for row, numbers in given.items():
        before[row, : len(numbers)] = numbers
    for wishes in (told.first, told.second):
        _shift(wishes, width)
    for note, place in places:
        told.second[note.row, note.column] = place
        told.strength[note.row, note.column] = note.strength
    return np.hstack([before, asked])


def _shift(places: Octets, width: int) -> None:
    """Lets places point behind the notes; what cannot be counted any more is not told."""
    there = (places > 0) & (places <= MOST_WISHES - width)
    places[:] = np.where(there, places + width, 0)
