"""Who reads, and what they asked for."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache

from digest.model import WHOLE, Part, Rhythm, Subscriber, SubscriberState, Topic
from digest.store.database import Database, Queries, Row, Value, from_instant, to_instant

PAGE = 1_000
"""Readers fetched at a time: memory stays flat however many there are."""


class SubscriberStore:
    """`ports.Subscribers` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("subscribers", database.dialect)

    def put(
        self, subscribers: Iterable[Subscriber], now: datetime, consent: str = "operator"
    ) -> int:
        """Adds or changes readers; returns how many. Never brings back who left."""
        rows = [{**_columns(s), "now": to_instant(now), "consent": consent} for s in subscribers]
        with self._db.transaction():
            self._db.many(self._sql["intern"], ({"address": row["address"]} for row in rows))
            self._db.many(self._sql["put"], rows)
        return len(rows)

    def get(self, address: str) -> Subscriber | None:
        """One reader, whatever their state."""
        return self.several([address]).get(address)

    def several(self, addresses: Sequence[str]) -> dict[str, Subscriber]:
        """Readers by address; unknown addresses are left out."""
        rows = self._db.all(self._sql["get"], {"addresses": json.dumps(list(addresses))})
        return {row[0]: _to_subscriber(row, row[12]) for row in rows}

    def numbers(self, addresses: Sequence[str]) -> dict[str, int]:
        """The number that stands for each address in tokens and keys."""
        rows = self._db.all(self._sql["get"], {"addresses": json.dumps(list(addresses))})
        return {row[0]: row[-1] for row in rows}

    def active(self, part: Part = WHOLE) -> Iterator[Subscriber]:
        """Everyone in a part to whom mail may go, by address."""
        return self._pages(SubscriberState.ACTIVE.value, part)

    def schedules(self) -> Iterator[Subscriber]:
        """One reader without address for each way to be mailed that somebody has chosen."""
        for zone, send_at, rhythm in self._db.all(self._sql["schedules"]):
            at = None if send_at is None else time.fromisoformat(send_at)
            yield Subscriber("", timezone=zone, send_at=at, rhythm=Rhythm(rhythm))

    def all(self) -> Iterator[Subscriber]:
        """Everyone, by address."""
        return self._pages("", WHOLE)

    def _pages(self, state: str, part: Part) -> Iterator[Subscriber]:
        among: Mapping[str, Value] = {"state": state, "part": part.index, "parts": part.of}
        after = ""
        while True:
            params: Mapping[str, Value] = {**among, "after": after, "limit": PAGE}
            rows = self._db.all(self._sql["page"], params)
            yield from (_to_subscriber(row, row[12]) for row in rows)
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def remove(self, address: str) -> bool:
        """Forgets a reader; False when there was none."""
        return self._db.execute(self._sql["remove"], {"address": address}) > 0

    def count(self) -> dict[SubscriberState, int]:
        """How many readers are in each state."""
        return {SubscriberState(state): n for state, n in self._db.all(self._sql["count"])}


def _columns(subscriber: Subscriber) -> dict[str, Value]:
    return {
        "address": subscriber.address,
        "name": subscriber.name,
        "topics": json.dumps([str(topic) for topic in subscriber.topics]),
        "mute": json.dumps(subscriber.mute),
        "authors": json.dumps(subscriber.authors),
        "liked": json.dumps(subscriber.liked),
        "papers": subscriber.papers,
        "timezone": subscriber.timezone,
        "send_at": None if subscriber.send_at is None else subscriber.send_at.strftime("%H:%M"),
        "rhythm": subscriber.rhythm.value,
        "locale": subscriber.locale,
        "state": subscriber.state.value,
    }


def _to_subscriber(row: Row, since: int | None = None) -> Subscriber:
    return Subscriber(
        address=row[0],
        name=row[1],
        topics=tuple(map(_topic, _words(row[2]))),
        mute=tuple(_words(row[3])),
        authors=tuple(_words(row[4])),
        liked=tuple(_words(row[5])),
        papers=row[6],
        timezone=row[7],
        send_at=None if row[8] is None else time.fromisoformat(row[8]),
        rhythm=Rhythm(row[9]),
        locale=row[10],
        state=SubscriberState(row[11]),
        since=from_instant(since),
    )


@lru_cache(maxsize=65_536)
def _topic(written: str) -> Topic:
    """A topic, read once however many readers have it."""
    return Topic.parse(written)


def _words(held: str) -> list[str]:
    """A list as it is stored; most are empty, and a run reads those of every reader."""
    words: list[str] = [] if held == "[]" else json.loads(held)
    return words
