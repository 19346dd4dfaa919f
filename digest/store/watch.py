"""What whoever watches over an installation remembers, and asks."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.model import SEEN, Delivery, DeliveryState
from digest.model.cause import Notice
from digest.store.database import Database, Queries, Value, from_instant, to_instant
from digest.store.states import CODES, STATES

REMEMBERED = timedelta(days=60)
"""How long it is known what the operator was told."""


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that went out."""

    cause: str
    subject: str
    day: date
    detail: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last run ended."""

    day: date
    ended: datetime
    status: int


class WatchStore:
    """Preflights, alerts, the last run, and figures over the ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("watch", database.dialect)

    def proved(self, domain: str) -> dict[str, datetime]:
        """The relays that were found fit for a domain, or vouched for, and when."""
        rows = self._db.all(self._sql["proved"], {"domain": domain})
        return {relay: from_instant(at) for relay, at, _ in rows}

    def prove(self, domain: str, relays: Iterable[str], at: datetime, word: str) -> None:
        """Remembers that relays are fit for a domain; `word`: `doctor`, or `operator`."""
        for relay in sorted(relays):
            row: dict[str, Value] = {"domain": domain, "relay": relay, "word": word}
            self._db.execute(self._sql["prove"], {**row, "at": to_instant(at)})

    def told(self, day: date) -> set[tuple[str, str]]:
        """Cause and subject of what the operator was told on a day, or later."""
        rows = self._db.all(self._sql["told"], {"day": day.toordinal()})
        return {(cause, subject) for cause, subject in rows}

    def tell(self, notices: Iterable[Notice], day: date) -> None:
        """Remembers that the operator was told."""
        with self._db.transaction():
            for each in notices:
                row: dict[str, Value] = {"cause": each.cause.value, "subject": each.subject}
                row |= {"day": day.toordinal(), "detail": each.detail}
                self._db.execute(self._sql["tell"], row)
            self._db.execute(self._sql["forget_alerts"], {"day": (day - REMEMBERED).toordinal()})

    def alerts(self, day: date) -> list[Told]:
        """What the operator was told on a day, or later."""
        rows = self._db.all(self._sql["alerts"], {"day": day.toordinal()})
        return [Told(cause, subject, date.fromordinal(d), said) for cause, subject, d, said in rows]

    def ended(self, day: date, at: datetime, status: int) -> None:
        """Remembers how a run ended."""
        row: dict[str, Value] = {"day": day.toordinal(), "ended": to_instant(at)}
        self._db.execute(self._sql["ended"], {**row, "status": status})

    def last_run(self) -> LastRun | None:
        """How the last run ended; None: there was none."""
        rows = self._db.all(self._sql["last_run"])
        return (
            LastRun(date.fromordinal(rows[0][0]), from_instant(rows[0][1]), rows[0][2])
            if rows
            else None
        )

    def waiting(self) -> tuple[datetime | None, int]:
        """The first attempt of what waits longest for another, and how many wait."""
        code = CODES[DeliveryState.DEFERRED]
        [(began, number)] = self._db.all(self._sql["oldest"], {"deferred": code})
        return from_instant(began), number

    def count(self) -> dict[DeliveryState, int]:
        """How many deliveries are in each state, of all editions that are remembered."""
        return {STATES[code]: n for code, n in self._db.all(self._sql["count_all"])}

    def selected(self, day: date) -> int:
        """How many readers have a choice for an edition."""
        number: int = self._db.all(self._sql["selected"], {"day": day.toordinal()})[0][0]
        return number

    def delivery(self, address: str, day: date) -> tuple[Delivery, datetime | None] | None:
        """A reader's delivery of an edition, and when it is tried again; None: there is no row."""
        params: dict[str, Value] = {"address": address, "day": day.toordinal()}
        rows = self._db.all(self._sql["delivery"], params)
        if not rows:
            return None
        code, attempts, reply, updated, due = rows[0]
        state = STATES[code]
        found = Delivery(address, day, state, attempts, reply, from_instant(updated))
        return found, from_instant(due)

    def last_edition(self, address: str) -> date | None:
        """The newest edition that a reader got; None: they got none."""
        states = json.dumps(sorted(CODES[state] for state in SEEN))
        rows = self._db.all(self._sql["editions"], {"address": address, "states": states})
        return date.fromordinal(rows[0][0]) if rows else None
