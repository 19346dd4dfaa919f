"""Who got which edition. Key: (address, day); this table is the only authority on it."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

from digest.model import TRANSITIONS, Claim, Delivery, DeliveryState, Outcome
from digest.store.database import Database, Params, Queries, Row, Value, from_instant, to_instant
from digest.store.journal import Left, Mark
from digest.store.states import CODES, STATES

RESEND_AFTER = timedelta(minutes=1)
"""Before what is in doubt is sent again, if it is: time for the server to get over its trouble."""

KILLED = "its process ended after the final dot, before the server's answer was recorded"
FORGOTTEN = "its process ended, and the server's words with it"

OPEN = frozenset({DeliveryState.IN_DOUBT, DeliveryState.EXPIRED})
"""What a person may decide."""

PAGE = 1_000


class LedgerStore:
    """`ports.Ledger` over a database."""

    def __init__(
        self, database: Database, retry_after: int | None = None, *, resend: bool = False
    ) -> None:
        """`retry_after`, in seconds, replaces what the server's reply asked for.

        `resend`: what is in doubt is sent once more, rather than held.
        """
        self._db = database
        self._sql = Queries("ledger", database.dialect)
        self._common: dict[str, Value] = {
            **{state.value: code for state, code in CODES.items()},
            "retry_after": -1 if retry_after is None else retry_after,
            "resends": int(resend),
        }

    def _all(self, name: str, **params: Value) -> list[Row]:
        return self._db.all(self._sql[name], {**self._common, **params})

    def _execute(self, name: str, **params: Value) -> int:
        return self._db.execute(self._sql[name], {**self._common, **params})

    def _many(self, name: str, rows: Iterable[Params]) -> None:
        self._db.many(self._sql[name], ({**self._common, **row} for row in rows))

    def one_commit(self) -> AbstractContextManager[None]:
        """What is asked within is durable together, when it ends: a sync costs milliseconds."""
        return self._db.transaction()

    def claim(
        self, addresses: Sequence[str], day: date, now: datetime, journal: int
    ) -> list[Claim]:
        """Takes what is free, or deferred and due; returns what was won, in order of address.

        `journal` is the number of the one that will tell what became of it, should we not.
        """
        rows = self._all(
            "claim",
            addresses=json.dumps(list(addresses)),
            day=day.toordinal(),
            now=to_instant(now),
            journal=journal,
        )
        return [Claim(address, day, reader, journal) for address, reader in sorted(rows)]

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

    def waiting_days(self) -> list[date]:
        """Editions that somebody still waits for."""
        return [date.fromordinal(row[0]) for row in self._all("waiting_days")]

    def record(self, ended: Sequence[tuple[Claim, Outcome]], now: datetime) -> None:
        """Writes how attempts ended, in one transaction."""
        accepted: defaultdict[tuple[date, int], list[int]] = defaultdict(list)
        others: list[dict[str, Value]] = []
        for claim, outcome in ended:
            if outcome.state is DeliveryState.ACCEPTED:
                accepted[claim.day, claim.journal].append(claim.reader)
            else:
                others.append(_settled(claim, outcome, now))
        with self._db.transaction():
            for (day, journal), readers in accepted.items():
                key: dict[str, Value] = {"day": day.toordinal(), "readers": json.dumps(readers)}
                self._execute("accept", **key, journal=journal, now=to_instant(now))
                self._execute("drop_replies", **key)
            self._many("settle", others)
            self._many("keep_reply", (row for row in others if row["reply"]))

    def take_over(self, left: Iterable[Left], now: datetime, *, alone: bool = True) -> int:
        """Settles what dead processes had claimed, by their journals; returns how many it doubts.

        `alone`: for whoever holds the run lock; then no other process can be alive, and what no
        journal explains is in doubt.
        """
        doubted = {"now": to_instant(now), "due": to_instant(now + RESEND_AFTER)}
        with self._db.transaction():
            before = self._doubts()
            for journal in left:
                rows = [_recovered(journal.number, mark, now) for mark in journal.marks]
                self._many("recover", rows)
                self._many("keep_reply", (row for row in rows if row["reply"]))
                if journal.whole:
                    self._execute("free", journal=journal.number, now=to_instant(now))
                elif journal.number:
                    self._execute("doubt", journal=journal.number, **doubted)
            if alone:  # what is still claimed has nobody to explain it
                self._execute("doubt", journal=0, **doubted)
            return self._doubts() - before

    def lose(self, first: int, last: int, now: datetime) -> int:
        """Doubts what was claimed under these numbers of journals, and returns how many.

        For another machine that is gone: should it come back, its journals tell more, and count.
        """
        due = to_instant(now + RESEND_AFTER)
        return self._execute("lose", first=first, last=last, now=to_instant(now), due=due)

    def _doubts(self) -> int:
        count: int = self._all("doubts")[0][0]
        return count

    def expire(self, day: date, oldest: datetime, now: datetime) -> int:
        """Gives up what was first tried at `oldest` or before; returns how many."""
        return self._execute(
            "expire", day=day.toordinal(), oldest=to_instant(oldest), now=to_instant(now)
        )

    def decide(self, address: str, day: date, state: DeliveryState, now: datetime) -> bool:
        """Settles by a person's word what no program can know; False: there was nothing to settle.

        In doubt → accepted, or expired when it was lost; either of these → deferred, due at once.
        """
        known = [s for s, following in TRANSITIONS.items() if state in following and s in OPEN]
        return (
            self._execute(
                "decide",
                address=address,
                day=day.toordinal(),
                state=CODES[state],
                due=to_instant(now) if state is DeliveryState.DEFERRED else None,
                now=to_instant(now),
                **{"from": json.dumps([CODES[s] for s in known])},
            )
            > 0
        )

    def bounce(self, reader: int, day: date, reply: str, now: datetime) -> bool:
        """A DSN came for what had been accepted; False: nothing such is known."""
        key: dict[str, Value] = {"day": day.toordinal(), "reader": reader, "now": to_instant(now)}
        with self._db.transaction():
            done = self._execute("bounce", **key) > 0
            if done and reply:
                state = CODES[DeliveryState.BOUNCED]
                self._execute("keep_reply", **key, state=state, reply=reply)
        return done

    def deliveries(
        self,
        day: date | None = None,
        state: DeliveryState | None = None,
        sending: Collection[tuple[int, int]] = (),
    ) -> Iterator[Delivery]:
        """The rows, by day and address; of those claimed, journals tell which are `sending`."""
        wanted = DeliveryState.CLAIMED if state is DeliveryState.SENDING else state
        after: Row = (0, "")
        while True:
            rows = self._all(
                "deliveries",
                day=day.toordinal() if day else 0,
                state=CODES[wanted] if wanted else 0,
                after_day=after[0],
                after_address=after[1],
                limit=PAGE,
            )
            found = (_to_delivery(row, sending) for row in rows)
            yield from (delivery for delivery in found if state in {None, delivery.state})
            if len(rows) < PAGE:
                return
            after = (rows[-1][1], rows[-1][0])

    def again_at(self, delivery: Delivery, due: datetime | None) -> datetime | None:
        """When a delivery is tried again: as the reply asked, or as the operator has it."""
        pause: Value = self._common["retry_after"]
        if due is None or not isinstance(pause, int) or pause < 0 or delivery.updated is None:
            return due
        return delivery.updated + timedelta(seconds=pause)

    def count(self, day: date) -> dict[DeliveryState, int]:
        """How many deliveries of a day are in each state."""
        return {STATES[code]: number for code, number in self._all("count", day=day.toordinal())}

    def next_due(self, day: date) -> datetime | None:
        """When the first deferred delivery of a day is due again."""
        seconds: int | None = self._all("next_due", day=day.toordinal())[0][0]
        return from_instant(seconds)


def _to_delivery(row: Row, sending: Collection[tuple[int, int]]) -> Delivery:
    address, day, code, attempts, reply, updated, reader = row
    state = STATES[code]
    if state is DeliveryState.CLAIMED and (day, reader) in sending:
        state = DeliveryState.SENDING
    return Delivery(
        address=address,
        day=date.fromordinal(day),
        state=state,
        attempts=attempts,
        reply=reply,
        updated=from_instant(updated),
    )


def _settled(claim: Claim, outcome: Outcome, now: datetime) -> dict[str, Value]:
    """A row of parameters: how an attempt ended."""
    return {
        "day": claim.day.toordinal(),
        "reader": claim.reader,
        "journal": claim.journal,
        "state": CODES[outcome.state],
        "due": _due(outcome.state, outcome.retry_after, now),
        "now": to_instant(now),
        "reply": outcome.reply,
    }


def _recovered(journal: int, mark: Mark, now: datetime) -> dict[str, Value]:
    """The same, as a journal tells it."""
    sending = mark.state is DeliveryState.SENDING
    state = DeliveryState.IN_DOUBT if sending else mark.state
    accepted = state is DeliveryState.ACCEPTED
    return {
        "day": mark.day,
        "reader": mark.reader,
        "journal": journal,
        "state": CODES[state],
        "due": _due(state, mark.retry_after, now),
        "now": to_instant(now),
        "reply": "" if accepted else KILLED if sending else FORGOTTEN,
    }


def _due(state: DeliveryState, retry_after: int, now: datetime) -> int | None:
    """When it is tried again, if it is."""
    if state is DeliveryState.DEFERRED:
        return to_instant(now + timedelta(seconds=retry_after))
    return to_instant(now + RESEND_AFTER) if state is DeliveryState.IN_DOUBT else None
