"""What each mail of a batch says beside its cards, made column by column.

Doing one thing for many readers costs half of doing all things for one: the code stays in the
processor's cache, and what is joined, hashed or encoded is so in one call.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from operator import attrgetter
from struct import Struct
from typing import NamedTuple, cast

from digest.mail.message_id import HALF, Names
from digest.mail.tokens import Signer, Spliced
from digest.model import Mood, Selection, Subscriber
from digest.render import compose
from digest.render.holes import easy
from digest.render.links import BOUNCES

_ADDRESS = re.compile(
    r"[a-z0-9][\w+-]*+(?:\.[\w+-]++)*+@[a-z0-9-]++(?:\.[a-z0-9-]++)++", re.ASCII
).fullmatch
"""The address of nearly everybody: easy to print, and no more than an address."""
_HALVES = Struct(f"{HALF}s{HALF}s").iter_unpack

Topics = tuple[int | str, ...]
"""How many there are, then the texts of the first few."""


class Letter(NamedTuple):
    """What one mail says beside its cards."""

    mood: Mood
    digits: tuple[bytes, bytes]
    """Of the Message-ID, and of the boundary."""
    tokens: Spliced
    dated: bytes
    name: str
    named: bytes
    """The octets of the name, if it is an easy one (`digest.render.holes`)."""
    address: str
    addressed: bytes
    """So with the address."""
    topics: Topics
    message_id: str
    reverse_path: str
    lacking: tuple[str, ...]
    """Sources whose list was not whole."""


class Personal:
    """Makes the letters of one edition."""

    def __init__(self, names: Names, signer: Signer, bounces: str, day: date) -> None:
        """`bounces`: the domain of the reverse-path."""
        self._names, self._signer, self._bounces, self._day = names, signer, f"@{bounces}", day

    def letters(
        self,
        readers: Sequence[Subscriber],
        selections: Sequence[Selection],
        numbers: Sequence[int],
        dates: Mapping[datetime, bytes],
    ) -> Iterator[Letter]:
        """One for each reader; `dates` holds the Date fields."""
        tokens = self._signer.editions(numbers, self._day)
        addresses = [reader.address for reader in readers]
        octets = [address.encode() for address in addresses]
        digits = self._names.all_digits(octets)
        names = [reader.name for reader in readers]
        named = [_easy(name) for name in names]
        begun, ended = self._names.around
        rows = zip(
            map(attrgetter("mood"), selections),
            _HALVES("".join(digits).encode()),
            tokens,
            [dates[selection.at or dated(selection)] for selection in selections],
            [n if easily else compose.named(n) for n, easily in zip(names, named, strict=True)],
            named,
            addresses,
            [o if _ADDRESS(a) else b"" for a, o in zip(addresses, octets, strict=True)],
            [_topics(reader) for reader in readers],
            [f"{begun}{found[:HALF]}{ended}" for found in digits],
            [f"{BOUNCES}{own[4]}{self._bounces}" for own in tokens],
            map(attrgetter("lacking"), selections),
            strict=True,
        )
        return cast("Iterator[Letter]", rows)  # plain tuples: to name them costs as much again


def _easy(name: str) -> bytes:
    return easy(name) if len(name) <= compose.NAME_LONGEST else b""


def _topics(reader: Subscriber) -> Topics:
    topics = reader.topics
    return (len(topics), *[topic.text for topic in topics[: compose.TOPICS_NAMED]])


def dated(selection: Selection) -> datetime:
    """The Date of a mail: when its papers were chosen, so that it never changes."""
    return selection.at or datetime.combine(selection.day, time(), UTC)
