"""What was taken in by mail, what waits for a yes, and answers that wait to be handed over."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from digest.store.database import Database, Queries, Value, to_instant

MAILS_KEPT = timedelta(days=60)
"""For how long a mail is known again: queues give up after days, mailboxes are read by weeks."""
ANSWERS_KEPT = timedelta(days=1)
"""For how long an answer is still tried; who asks by mail waits minutes, not days."""
ITEM = 255
"""What a reader may ask for by mail on a day, at most: a token's item is an octet."""


class InboxStore:
    """`ports.Inbox` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("inbox", database.dialect)

    def take_in(self, mail: str, now: datetime) -> bool:
        """Notes a mail by its name; False when it was taken in before."""
        return self._db.execute(self._sql["take_in"], {"mail": mail, "at": to_instant(now)}) > 0

    def ask(self, reader: int, day: date, commands: Sequence[str]) -> int:
        """Keeps what was asked for until its reader says yes; 0 when it is too much for a day."""
        key = {"reader": reader, "day": day.toordinal()}
        item = int(self._db.all(self._sql["items"], key)[0][0]) + 1
        if item > ITEM:
            return 0
        row: dict[str, Value] = {**key, "item": item, "commands": json.dumps(list(commands))}
        return item if self._db.execute(self._sql["ask"], row) else 0

    def asked(self, reader: int, day: date, item: int) -> tuple[list[str], bool] | None:
        """What was asked for, and whether it was done already; None for what nobody asked."""
        key = {"reader": reader, "day": day.toordinal(), "item": item}
        rows = self._db.all(self._sql["asked"], key)
        return (json.loads(rows[0][0]), rows[0][1] is not None) if rows else None

    def do(self, reader: int, day: date, item: int, now: datetime) -> bool:
        """It is being done; False when it was done already."""
        key = {"reader": reader, "day": day.toordinal(), "item": item, "at": to_instant(now)}
        return self._db.execute(self._sql["do"], key) > 0

    def answer(self, address: str, answer: Mapping[str, Any], now: datetime) -> None:
        """Keeps an answer until it is handed over."""
        row: dict[str, Value] = {
            "address": address,
            "at": to_instant(now),
            "answer": json.dumps(answer),
        }
        self._db.execute(self._sql["answer"], row)

    def waiting(self, now: datetime, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Answers that are due, oldest first."""
        params = {"after": to_instant(now - ANSWERS_KEPT), "limit": limit}
        return [(row[0], json.loads(row[1])) for row in self._db.all(self._sql["waiting"], params)]

    def handed(self, ids: Iterable[int], at: datetime | None) -> None:
        """Answers are handed over; None: they were not, and are still due."""
        self._db.many(self._sql["handed"], ({"id": one, "at": to_instant(at)} for one in ids))

    def forget(self, now: datetime) -> None:
        """Drops what is too old to matter."""
        with self._db.transaction():
            oldest = now - MAILS_KEPT
            self._db.execute(self._sql["forget_mails"], {"before": to_instant(oldest)})
            self._db.execute(self._sql["forget_asked"], {"before": oldest.date().toordinal()})
            gone = {"before": to_instant(now - 2 * ANSWERS_KEPT)}
            self._db.execute(self._sql["forget_answers"], gone)
