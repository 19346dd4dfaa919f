"""Who got which edition. Key: (address, day); this table is the only authority on it."""

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from digest.model import Delivery, DeliveryState, Outcome
from digest.store.database import Database, Params, Queries, Row, Value, from_instant, to_instant

CODES: dict[DeliveryState, int] = {
    DeliveryState.CLAIMED: 1,
    DeliveryState.SENDING: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.DEFERRED: 4,
    DeliveryState.REJECTED: 5,
    DeliveryState.IN_DOUBT: 6,
    DeliveryState.EXPIRED: 7,
    DeliveryState.SKIPPED: 8,
    DeliveryState.BOUNCED: 9,
}
"""State → the number that stands for it in a row (PLANNED has no row)."""

STATES = {code: state for state, code in CODES.items()}

LEASE = timedelta(minutes=30)
"""How long a claim holds when its process cannot be seen to be dead: longer than the ten minutes
that one reply may take (RFC 5321 §4.5.3.2.6)."""

PAGE = 1_000


class LedgerStore:
    """`ports.Ledger` over a database."""

    def __init__(self, database: Database, retry_after: int | None = None) -> None:
        """`retry_after`, in seconds, replaces what the server's reply asked for."""
        self._db = database
        self._sql = Queries("ledger", database.dialect)
        self._codes: dict[str, Value] = {state.value: code for state, code in CODES.items()}
        self._retry: dict[str, Value] = {"retry_after": -1 if retry_after is None else retry_after}

    def _all(self, name: str, **params: Value) -> list[Row]:
        return self._db.all(self._sql[name], {**self._codes, **self._retry, **params})

    def _execute(self, name: str, **params: Value) -> int:
        return self._db.execute(self._sql[name], {**self._codes, **self._retry, **params})

    def claim(self, addresses: Sequence[str], day: date, now: datetime) -> list[str]:
        """Takes what is free, or deferred and due; returns what was won, in order of address."""
        rows = self._all(
            "claim",
            addresses=json.dumps(list(addresses)),
            day=day.toordinal(),
            now=to_instant(now),
            lease=to_instant(now + LEASE),
        )
        return sorted(row[0] for row in rows)

    def open(self, addresses: Sequence[str], day: date, now: datetime) -> list[str]:
        """Of these, who is free or deferred and due."""
        rows = self._all(
            "open",
            addresses=json.dumps(list(addresses)),
            day=day.toordinal(),
            now=to_instant(now),
        )
        return sorted(row[0] for row in rows)

    def held(self, addresses: Sequence[str], day: date) -> set[str]:
        """Of these, who has a row, whatever its state."""
        rows = self._all("held", addresses=json.dumps(list(addresses)), day=day.toordinal())
        return {row[0] for row in rows}

    def deferred_days(self) -> list[date]:
        """Editions that somebody still waits for."""
        return [date.fromordinal(row[0]) for row in self._all("deferred_days")]

    def sending(self, address: str, day: date, now: datetime) -> None:
        """Marks that the final dot is about to be written."""
        self._execute("sending", address=address, day=day.toordinal(), now=to_instant(now))

    def record(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Writes how attempts ended, in one transaction."""
        with self._db.transaction():
            for outcome in outcomes:
                key: Params = {"address": outcome.address, "day": outcome.day.toordinal()}
                self._settle(outcome, key, now)
                words = outcome.reply if outcome.state is not DeliveryState.ACCEPTED else ""
                self._execute("keep_reply" if words else "drop_reply", **key, reply=words)

    def _settle(self, outcome: Outcome, key: Params, now: datetime) -> None:
        if outcome.state is DeliveryState.SKIPPED:
            self._execute("skip", **key, now=to_instant(now))
        again = now + timedelta(seconds=outcome.retry_after)
        due = to_instant(again) if outcome.state is DeliveryState.DEFERRED else None
        self._execute("record", **key, now=to_instant(now), due=due, state=CODES[outcome.state])

    def take_over(self, now: datetime) -> int:
        """Settles what a dead process left: claimed is free again, sending is in doubt.

        Only for whoever holds the run lock: then no other process can be alive.
        """
        with self._db.transaction():
            freed = self._execute("free", now=to_instant(now))
            return freed + self._execute("doubt", now=to_instant(now))

    def expire(self, day: date, oldest: datetime, now: datetime) -> int:
        """Gives up what was first tried at `oldest` or before; returns how many."""
        return self._execute(
            "expire", day=day.toordinal(), oldest=to_instant(oldest), now=to_instant(now)
        )

    def deliveries(
        self, day: date | None = None, state: DeliveryState | None = None
    ) -> Iterator[Delivery]:
        """The rows, by day and address."""
        after: Row = (0, "")
        while True:
            rows = self._all(
                "deliveries",
                day=day.toordinal() if day else 0,
                state=CODES[state] if state else 0,
                after_day=after[0],
                after_address=after[1],
                limit=PAGE,
            )
            yield from map(_to_delivery, rows)
            if len(rows) < PAGE:
                return
            after = (rows[-1][1], rows[-1][0])

    def count(self, day: date) -> dict[DeliveryState, int]:
        """How many deliveries of a day are in each state."""
        return {STATES[code]: number for code, number in self._all("count", day=day.toordinal())}

    def next_due(self, day: date) -> datetime | None:
        """When the first deferred delivery of a day is due again."""
        seconds: int | None = self._all("next_due", day=day.toordinal())[0][0]
        return from_instant(seconds)


def _to_delivery(row: Row) -> Delivery:
    address, day, state, attempts, reply, updated = row
    return Delivery(
        address=address,
        day=date.fromordinal(day),
        state=STATES[state],
        attempts=attempts,
        reply=reply,
        updated=from_instant(updated),
    )
