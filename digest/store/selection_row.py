"""A selection as one compact row of bytes: decisions only, what follows from them is told again.

    mood, considered, when (seconds after the day began)
    how many different reasons, their numbers
    a paper: its number less the one before, relevance, trending (255ths),
             which reasons (two places of four bits), the second one's strength (255ths)

Numbers are LEB128, signed ones in zigzag order. The score is not stored: it is the relevance
lifted by the trend (`digest.rank.score`), and on a quiet day the trend itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from digest.model import Choice, Mood, Reason, ReasonKind, Selection
from digest.rank.parameters import DEFAULT
from digest.rank.score import STEPS

MOODS = (Mood.ON_TOPIC, Mood.QUIET, Mood.NOTE, Mood.SKIP)
MOST_REASONS = 15
"""Different reasons that a row can name."""

Named = tuple[ReasonKind, str]
"""A reason without its strength."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands for papers and reasons in rows, both ways."""

    papers: Mapping[str, int]
    reasons: Mapping[Named, int]


@dataclass(frozen=True, slots=True)
class Names:
    """The way back."""

    papers: Mapping[int, str]
    reasons: Mapping[int, Named]


def named(selection: Selection) -> list[Named]:
    """The reasons that a row names, in the order of their first use."""
    told = (reason for choice in selection.choices for reason in _told(choice))
    return list(dict.fromkeys((reason.kind, reason.label) for reason in told))[:MOST_REASONS]


def pack(selection: Selection, numbers: Numbers) -> bytes:
    """The row of a selection."""
    row = bytearray([MOODS.index(selection.mood)])
    reasons = named(selection)
    row += _number(selection.considered) + _number(_zigzag(_seconds(selection)))
    row += _number(len(reasons)) + b"".join(_number(numbers.reasons[name]) for name in reasons)
    before = 0
    for choice in selection.choices:
        paper = numbers.papers[choice.paper]
        row += _number(_zigzag(paper - before)) + _weights(choice, reasons)
        before = paper
    return bytes(row)


def papers(row: bytes) -> list[int]:
    """The numbers of a row's papers: the never-twice memory."""
    return [paper for paper, *_ in _entries(_Cursor(row).skip_head())]


def reasons(row: bytes) -> list[int]:
    """The numbers of the reasons that a row names."""
    return _Cursor(row).head()[3]


def unpack(row: bytes, address: str, day: date, names: Names) -> Selection:
    """The selection of a row; its reasons lack the words, which follow from the papers' text."""
    cursor = _Cursor(row)
    mood, considered, seconds, known = cursor.head()
    told = [names.reasons[number] for number in known]
    return Selection(
        address=address,
        day=day,
        choices=tuple(_choice(entry, told, mood, names) for entry in _entries(cursor)),
        mood=mood,
        considered=considered,
        at=datetime.combine(day, time(), UTC) + timedelta(seconds=seconds),
    )


Entry = tuple[int, int, int, int, int]
"""Paper, relevance, trending, both reasons' places, the second one's strength."""


def _choice(entry: Entry, told: list[Named], mood: Mood, names: Names) -> Choice:
    paper, relevance, trending, places, second = entry
    relevant, rising = relevance / STEPS, trending / STEPS
    reasons = _reasons(
        _named(told, places >> 4), relevance, _named(told, places & 15), second, trending
    )
    lift = DEFAULT.lift
    lifted = relevant * (1 + lift * rising) / (1 + lift)
    return Choice(
        paper=names.papers[paper],
        score=rising if mood is Mood.QUIET else lifted,
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


def _told(choice: Choice) -> list[Reason]:
    return [reason for reason in choice.reasons if reason.kind is not ReasonKind.VOTES][:2]


def _weights(choice: Choice, reasons: list[Named]) -> bytes:
    told = [(r, reasons.index((r.kind, r.label)) + 1) for r in _told(choice) if _in(r, reasons)]
    places = [place for _, place in told] + [0, 0]
    row = [_step(choice.relevance), _step(choice.trending), places[0] << 4 | places[1]]
    return bytes([*row, _step(told[1][0].value)] if places[1] else row)


def _in(reason: Reason, reasons: list[Named]) -> bool:
    return (reason.kind, reason.label) in reasons


def _entries(cursor: "_Cursor") -> Iterator[Entry]:
    paper = 0
    while cursor.more:
        paper += cursor.signed()
        relevance, trending, places = cursor.octet(), cursor.octet(), cursor.octet()
        yield paper, relevance, trending, places, cursor.octet() if places & 15 else 0


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

    def head(self) -> tuple[Mood, int, int, list[int]]:
        mood, considered, seconds = MOODS[self.octet()], self.number(), self.signed()
        return mood, considered, seconds, [self.number() for _ in range(self.number())]

    def skip_head(self) -> "_Cursor":
        self.head()
        return self


def _seconds(selection: Selection) -> int:
    """When it was chosen, from the beginning of the edition's day (UTC)."""
    start = datetime.combine(selection.day, time(), UTC)
    return int(((selection.at or start) - start).total_seconds())


def _step(value: float) -> int:
    return round(min(max(value, 0.0), 1.0) * STEPS)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _number(value: int) -> bytes:
    octets = bytearray()
    while value > 0x7F:
        octets.append(value & 0x7F | 0x80)
        value >>= 7
    octets.append(value)
    return bytes(octets)
