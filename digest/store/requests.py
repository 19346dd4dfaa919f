"""Wishes that wait for their address to answer, and what has been used up of limits."""

import json
from datetime import date, datetime

from digest.model.consent import Consent, Way
from digest.model.request import Asked, LetterKind
from digest.store.database import Database, Queries, Row, Value, from_instant, to_instant
from digest.store.subscribers import columns, from_columns


class RequestStore:
    """`ports.Requests` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("requests", database.dialect)

    def put(self, asked: Asked) -> None:
        """Keeps a request; the first of a day stands while it is open."""
        params: dict[str, Value] = {
            "address": asked.wishes.address,
            "day": asked.day.toordinal(),
            "at": to_instant(asked.at),
            "wishes": json.dumps(columns(asked.wishes)),
            "way": asked.consent.way.value,
            "origin": asked.consent.origin,
            "words": asked.consent.words,
            "letter": asked.letter.value,
        }
        self._db.execute(self._sql["put"], params)

    def open(self, reader: int, day: date) -> Asked | None:
        """A request that waits for an answer."""
        rows = self._db.all(self._sql["open"], {"reader": reader, "day": day.toordinal()})
        return _asked(rows[0]) if rows else None

    def answered(self, reader: int, day: date) -> bool:
        """Whether there was such a request, and it is answered."""
        rows = self._db.all(self._sql["answered"], {"reader": reader, "day": day.toordinal()})
        return bool(rows) and rows[0][0] is not None

    def confirm(self, reader: int, day: date, now: datetime) -> None:
        """A request was answered: a first digest is due."""
        params = {"reader": reader, "day": day.toordinal(), "now": to_instant(now)}
        self._db.execute(self._sql["confirm"], params)

    def close(self, address: str, now: datetime) -> None:
        """No request of an address can be answered any more."""
        self._db.execute(self._sql["close"], {"address": address, "now": to_instant(now)})

    def unmailed(self, oldest: date, limit: int) -> list[Asked]:
        """Letters that are due, of requests from a day on, oldest first."""
        params: dict[str, Value] = {"oldest": oldest.toordinal(), "limit": limit}
        return [_asked(row) for row in self._db.all(self._sql["unmailed"], params)]

    def mailed(self, asked: Asked, at: datetime | None) -> None:
        """A letter is handed over; None: it was not, and is still due."""
        params = {"reader": asked.reader, "day": asked.day.toordinal(), "mailed": to_instant(at)}
        self._db.execute(self._sql["mailed"], params)

    def unwelcomed(self, since: datetime) -> list[str]:
        """Who has confirmed since an instant, and waits for a first digest."""
        return [
            row[0] for row in self._db.all(self._sql["unwelcomed"], {"since": to_instant(since)})
        ]

    def welcomed(self, address: str, now: datetime) -> None:
        """The first digest has been seen to."""
        self._db.execute(self._sql["welcomed"], {"address": address, "now": to_instant(now)})

    def take(self, bucket: str, span: int, most: int) -> bool:
        """Counts one use of a limit in a span of time; False: it is used up."""
        params: dict[str, Value] = {"bucket": bucket, "span": span, "most": most}
        return bool(self._db.all(self._sql["take"], params))

    def forget(self, oldest: date, span: int) -> None:
        """Drops requests of earlier days, and limits of earlier spans."""
        self._db.execute(self._sql["forget_requests"], {"oldest": oldest.toordinal()})
        self._db.execute(self._sql["forget_limits"], {"span": span})


def _asked(row: Row) -> Asked:
    _, reader, day, at, wishes, way, origin, words, letter = row
    return Asked(
        day=date.fromordinal(day),
        at=from_instant(at),
        wishes=from_columns(json.loads(wishes)),
        consent=Consent(Way(way), origin, words),
        letter=LetterKind(letter),
        reader=reader,
    )
