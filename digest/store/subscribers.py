"""Who reads, and what they asked for."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from digest.model import WHOLE, Part, Quiet, Rhythm, Subscriber, SubscriberState, Topic
from digest.model.life import Life
from digest.store.database import Database, Queries, Row, Value, from_instant, to_instant

PAGE = 1_000
"""Readers fetched at a time: memory stays flat however many there are."""
ERASED = "erased:"
"""Begins the name that an erased reader has among the readers, so that the ledger keeps its key."""
ORDER = tuple(
    "address name topics mute authors liked papers timezone send_at rhythm locale state "
    "manner".split()
)
"""Columns of a subscriber, as queries give them."""
MANNER = ("quiet", "fill", "serendipity", "again")
"""What stands together in the column `manner`."""
TRACES = (
    *("consents", "requests", "feedback", "selections", "replies"),
    *("health", "asked", "suppressions", "answers"),
)
"""What goes with a reader who is erased."""


class SubscriberStore:
    """`ports.Subscribers` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("subscribers", database.dialect)

    def put(
        self, subscribers: Iterable[Subscriber], now: datetime, consent: str = "operator"
    ) -> int:
        """Adds or changes readers; returns how many. Never brings back who left."""
        rows = [{**columns(s), "now": to_instant(now), "consent": consent} for s in subscribers]
        with self._db.transaction():
            addresses = json.dumps([row["address"] for row in rows])
            self._db.execute(self._sql["intern"], {"addresses": addresses})
            self._db.many(self._sql["put"], rows)
        return len(rows)

    def get(self, address: str) -> Subscriber | None:
        """One reader, whatever their state."""
        return self.several([address]).get(address)

    def several(self, addresses: Sequence[str]) -> dict[str, Subscriber]:
        """Readers by address; unknown addresses are left out."""
        rows = self._db.all(self._sql["get"], {"addresses": json.dumps(list(addresses))})
        return {row[0]: _to_subscriber(row, row[13]) for row in rows}

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
            yield from (_to_subscriber(row, row[13]) for row in rows)
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def change(self, subscriber: Subscriber, now: datetime) -> bool:
        """What a reader asks for, but not their state; False when there is no such reader."""
        params = {**columns(subscriber), "now": to_instant(now)}
        return self._db.execute(self._sql["change"], params) > 0

    def lives(self, addresses: Sequence[str]) -> dict[str, Life]:
        """Where readers stand; unknown addresses are left out."""
        rows = self._db.all(self._sql["life"], {"addresses": json.dumps(list(addresses))})
        return {row[0]: _life(row) for row in rows}

    def joined(self, address: str) -> tuple[datetime, str] | None:
        """Since when a reader is here, and by whose word."""
        rows = self._db.all(self._sql["life"], {"addresses": json.dumps([address])})
        return (from_instant(rows[0][5]), rows[0][6]) if rows else None

    def live(self, address: str, life: Life, now: datetime) -> None:
        """Where a reader, who is here, stands from now on."""
        params: dict[str, Value] = {
            "address": address,
            "state": None if life.state is None else life.state.value,
            "before": "" if life.before is None else life.before.value,
            "since": to_instant(life.since or now),
            "pause_until": None if life.pause_until is None else life.pause_until.toordinal(),
            "now": to_instant(now),
        }
        self._db.execute(self._sql["live"], params)

    def intern(self, address: str) -> int:
        """The number that stands for an address, which has one from now on."""
        self._db.execute(self._sql["intern"], {"addresses": json.dumps([address])})
        number: int = self._db.all(self._sql["number"], {"address": address})[0][0]
        return number

    def address(self, number: int) -> str | None:
        """The address that a number stands for; None: nobody's, or an erased reader's."""
        rows = self._db.all(self._sql["address"], {"reader": number})
        return None if not rows or rows[0][0].startswith(ERASED) else rows[0][0]

    def agreed(self, address: str, consent: str) -> None:
        """By whose word a reader is here from now on."""
        self._db.execute(self._sql["agreed"], {"address": address, "consent": consent})

    def rested(self, today: date) -> list[str]:
        """Whose pause is over on a day."""
        return [row[0] for row in self._db.all(self._sql["rested"], {"today": today.toordinal()})]

    def unanswered(self, oldest: datetime) -> list[str]:
        """Who has been pending since before an instant."""
        params = {"oldest": to_instant(oldest)}
        return [row[0] for row in self._db.all(self._sql["unanswered"], params)]

    def of_operator(self) -> Iterator[str]:
        """Whom the operator added and who has not left since, by address."""
        after, rows = "", [("",)]
        while rows:
            rows = self._db.all(self._sql["operators"], {"after": after, "limit": PAGE})
            yield from (row[0] for row in rows)
            after = rows[-1][0] if rows else ""

    def erase(self, address: str, mark: str, now: datetime, *, keep: bool) -> None:
        """Forgets all about a reader but the ledger's key, under a name that is a hash.

        `keep`: the hash also stands for their wish not to be brought back by a file.
        """
        with self._db.transaction():
            if keep:
                self._db.execute(self._sql["erase"], {"mark": mark, "at": to_instant(now)})
            traced: dict[str, Value] = {"address": address, "at": to_instant(now)}
            for trace in TRACES:
                self._db.execute(self._sql[f"forget_{trace}"], traced)
            self.remove(address)
            taken = self._db.all(self._sql["number"], {"address": ERASED + mark})
            name = f"{ERASED}{mark}.{self.intern(address)}" if taken else ERASED + mark
            self._db.execute(self._sql["rename"], {"address": address, "named": name})

    def recall(self, address: str, marks: Sequence[str]) -> None:
        """Gives an address the place back that it had before it was erased, if it had one."""
        if self._db.all(self._sql["number"], {"address": address}):
            return
        for mark in marks:
            params = {"address": ERASED + mark, "named": address}
            if self._db.execute(self._sql["rename"], params):
                return

    def any_erased(self) -> bool:
        """Whether anybody was ever erased: most files need not be hashed."""
        return bool(self._db.all(self._sql["any_erased"]))

    def erased(self, marks: Sequence[str]) -> set[str]:
        """Which of these hashes stand for a wish not to be brought back."""
        rows = self._db.all(self._sql["erased"], {"marks": json.dumps(list(marks))})
        return {row[0] for row in rows}

    def unerase(self, marks: Sequence[str]) -> None:
        """They have come back of their own accord."""
        self._db.execute(self._sql["unerase"], {"marks": json.dumps(list(marks))})

    def remove(self, address: str) -> bool:
        """Forgets a reader; False when there was none."""
        return self._db.execute(self._sql["remove"], {"address": address}) > 0

    def count(self) -> dict[SubscriberState, int]:
        """How many readers are in each state."""
        return {SubscriberState(state): n for state, n in self._db.all(self._sql["count"])}


def columns(subscriber: Subscriber) -> dict[str, Value]:
    """A subscriber as values by column."""
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
        "manner": _manner(subscriber),
    }


def from_columns(values: Mapping[str, Value]) -> Subscriber:
    """The subscriber of values by column."""
    return _to_subscriber(tuple({"manner": "", **values}[name] for name in ORDER))


def _life(row: Row) -> Life:
    _, state, before, since, until, _, _ = row
    return Life(
        SubscriberState(state),
        SubscriberState(before) if before else None,
        from_instant(since),
        None if until is None else date.fromordinal(until),
    )


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
        **_wished(row[12]),
    )


def _manner(subscriber: Subscriber) -> str:
    """What a reader wishes otherwise than the installation has it; "" where that is nothing."""
    wishes = {name: getattr(subscriber, name) for name in MANNER}
    wished = {name: wish for name, wish in wishes.items() if wish is not None}
    return json.dumps(wished) if wished else ""


def _wished(held: str) -> dict[str, Any]:
    if not held:
        return {}
    wishes: dict[str, Any] = json.loads(held)
    return wishes | ({"quiet": Quiet(wishes["quiet"])} if "quiet" in wishes else {})


@lru_cache(maxsize=65_536)
def _topic(written: str) -> Topic:
    """A topic, read once however many readers have it."""
    return Topic.parse(written)


def _words(held: str) -> list[str]:
    """A list as it is stored; most are empty, and a run reads those of every reader."""
    words: list[str] = [] if held == "[]" else json.loads(held)
    return words
