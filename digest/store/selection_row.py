"""A selection as one compact row of bytes: decisions only, what follows from them is told again.

    mood and, in the high four bits, how many near misses; considered; when (seconds after the day
             began)
    how many different reasons, their numbers
    a near miss: its number less the one before
    a paper: its number less the one before, relevance, trending (255ths),
             which reasons (two places of four bits), the second one's strength (255ths)

Numbers are LEB128, signed ones in zigzag order. The score is not stored: it is the relevance
lifted by the trend (`digest.rank.score`), and on a quiet day the trend itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digest.model import Choice, Mood, Reason, ReasonKind, Selection
from digest.rank.decisions import MOODS, NONE, Decisions, Named
from digest.rank.parameters import DEFAULT
from digest.rank.score import STEPS, told_score
from digest.store.octets import Sheet, zigzag

MOST_REASONS = 15
"""Different reasons that a row can name."""
NEAR_BITS = 4
"""Bits of the first octet below the number of near misses: the mood."""
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Names:
    """What numbers in rows stand for."""

    papers: Mapping[int, str]
    reasons: Mapping[int, Named]


def pack(decisions: Decisions, papers: Ints, reasons: Ints, seconds: int) -> list[bytes]:
    """The rows of many selections, made `seconds` after their day began.

    `papers` and `reasons` are what stands for `decisions.ids` and `decisions.names` in rows.
    """
    sheet, told = Sheet(len(decisions)), _told(decisions)
    missed = decisions.near != NONE
    sheet.octet(decisions.moods.astype(np.int64) | missed.sum(axis=1) << NEAR_BITS)
    sheet.number(decisions.considered)
    sheet.number(zigzag(np.full(len(decisions), seconds)))
    sheet.number(told.sum(axis=1))
    for column, name in enumerate(decisions.asked.T):
        sheet.number(np.append(reasons, 0)[name], told[:, column])
    before = np.zeros(len(decisions), dtype=np.int64)
    for number in decisions.near.T:
        paper = np.append(papers, 0)[number]
        sheet.number(zigzag(paper - before), number != NONE)
        before = paper
    order = np.where(told, told.cumsum(axis=1), 0)
    before = np.zeros(len(decisions), dtype=np.int64)
    for column, number in enumerate(decisions.papers.T):
        paper = np.append(papers, 0)[number]
        sheet.number(zigzag(paper - before), number != NONE)
        _weights(sheet, decisions, order, column)
        before = paper
    return sheet.rows()


def _told(decisions: Decisions) -> Bools:
    """Which of what each reader asked for is told of any of their papers, as many as fit."""
    wishes = decisions.asked.shape[1]
    told = np.zeros((len(decisions), wishes + 1), dtype=np.bool_)
    for places in (decisions.first, decisions.second):
        np.put_along_axis(told, np.minimum(places, wishes).astype(np.int64), True, axis=1)
    named = told[:, 1:] & (decisions.asked != NONE)
    return np.asarray(named & (named.cumsum(axis=1) <= MOST_REASONS))


def _weights(sheet: Sheet, decisions: Decisions, order: Ints, column: int) -> None:
    """Relevance, trending, which reasons (two places of four bits), the second one's strength."""
    there, counted = decisions.papers[:, column] != NONE, np.pad(order, ((0, 0), (1, 0)))
    rows = np.arange(len(decisions))
    one, two = (
        counted[rows, np.minimum(reasons[:, column], order.shape[1])]
        for reasons in (decisions.first, decisions.second)
    )
    sheet.octet(decisions.relevance[:, column], there)
    sheet.octet(decisions.trending[:, column], there)
    sheet.octet(one << 4 | two, there)
    sheet.octet(decisions.strength[:, column], there & (two > 0))


def papers(row: bytes) -> list[int]:
    """The numbers of a row's papers: the never-twice memory, which near misses are not in."""
    return [paper for paper, *_ in _entries(_Cursor(row).skip_head())]


def near(row: bytes) -> list[int]:
    """The numbers of a row's near misses."""
    return _Cursor(row).head().near


def made(row: bytes, day: date) -> datetime:
    """When the choice in a day's row was made."""
    return _instant(day, _Cursor(row).head().seconds)


def reasons(row: bytes) -> list[int]:
    """The numbers of the reasons that a row names."""
    return _Cursor(row).head().reasons


def unpack(row: bytes, address: str, day: date, names: Names) -> Selection:
    """The selection of a row; its reasons lack the words, which follow from the papers' text."""
    cursor = _Cursor(row)
    mood, considered, seconds, known, missed = cursor.head()
    told = [names.reasons[number] for number in known]
    return Selection(
        address=address,
        day=day,
        choices=tuple(_choice(entry, told, mood, names) for entry in _entries(cursor)),
        mood=mood,
        considered=considered,
        at=_instant(day, seconds),
        near=tuple(names.papers[number] for number in missed),
    )


def _instant(day: date, seconds: int) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)


Entry = tuple[int, int, int, int, int]
"""Paper, relevance, trending, both reasons' places, the second one's strength."""


def _choice(entry: Entry, told: list[Named], mood: Mood, names: Names) -> Choice:
    paper, relevance, trending, places, second = entry
    relevant, rising = relevance / STEPS, trending / STEPS
    reasons = _reasons(
        _named(told, places >> 4), relevance, _named(told, places & 15), second, trending
    )
    return Choice(
        paper=names.papers[paper],
        score=told_score(relevant, rising, mood, DEFAULT.lift),
        relevance=relevant,
        trending=rising,
        reasons=reasons,
    )


def _named(told: list[Named], place: int) -> Named | None:
    return told[place - 1] if place else None


@lru_cache(maxsize=32_768)
def _reasons(
    first: Named | None, relevance: int, second: Named | None, strength: int, trending: int
) -> tuple[Reason, ...]:
    """The reasons of an entry; readers of one topic share the object, and so its ready card."""
    told = [(first, relevance), (second, strength), ((ReasonKind.VOTES, ""), trending)]
    return tuple(Reason(*name, value / STEPS) for name, value in told if name)


def _entries(cursor: "_Cursor") -> Iterator[Entry]:
    paper = 0
    while cursor.more:
        paper += cursor.signed()
        relevance, trending, places = cursor.octet(), cursor.octet(), cursor.octet()
        yield paper, relevance, trending, places, cursor.octet() if places & 15 else 0


class _Head(NamedTuple):
    mood: Mood
    considered: int
    seconds: int
    """After the day began."""
    reasons: list[int]
    near: list[int]


class _Cursor:
    """Reads a row from left to right."""

    def __init__(self, row: bytes) -> None:
        self._row, self._at = row, 0

    @property
    def more(self) -> bool:
        return self._at < len(self._row)

    def octet(self) -> int:
        self._at += 1
        return self._row[self._at - 1]

    def number(self) -> int:
        value = shift = 0
        while (octet := self.octet()) & 0x80:
            value |= (octet & 0x7F) << shift
            shift += 7
        return value | octet << shift

    def signed(self) -> int:
        number = self.number()
        return number >> 1 ^ -(number & 1)

    def head(self) -> _Head:
        first, considered, seconds = self.octet(), self.number(), self.signed()
        reasons = [self.number() for _ in range(self.number())]
        missed = accumulate(self.signed() for _ in range(first >> NEAR_BITS))
        return _Head(MOODS[first & 0xF], considered, seconds, reasons, list(missed))

    def skip_head(self) -> "_Cursor":
        self.head()
        return self
