"""Questions that an operator asks of the store; nothing else depends on the answers."""

from datetime import date

from digest.model import Delivery, DeliveryState
from digest.store.database import Database, Queries, Row, from_instant
from digest.store.states import CODES, STATES


class ReportStore:
    """Reads and never writes."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("reports", database.dialect)

    def editions(self, first: date) -> dict[date, dict[DeliveryState, int]]:
        """How many deliveries of the editions from a day on are in each state."""
        found: dict[date, dict[DeliveryState, int]] = {}
        rows = self._db.all(self._sql["editions"], {"first": first.toordinal()})
        for day, code, number in rows:
            found.setdefault(date.fromordinal(day), {})[STATES[code]] = number
        return found

    def domains(self, day: date) -> list[tuple[str, DeliveryState, int]]:
        """How many deliveries of an edition are in each state, by domain."""
        rows = self._db.all(self._sql["domains"], {"day": day.toordinal()})
        return [(domain, STATES[code], number) for domain, code, number in rows]

    def troubles(self, first: date, limit: int) -> list[Delivery]:
        """The newest deliveries, of editions from a day on, that were not accepted."""
        settled = (DeliveryState.ACCEPTED, DeliveryState.SKIPPED, DeliveryState.CLAIMED)
        codes = {state.value: CODES[state] for state in settled}
        params = {**codes, "first": first.toordinal(), "limit": limit}
        return [_delivery(row) for row in self._db.all(self._sql["troubles"], params)]

    def of_reader(self, address: str, limit: int) -> list[Delivery]:
        """What became of a reader's editions, newest first."""
        params: dict[str, str | int] = {"address": address, "limit": limit}
        return [_delivery(row) for row in self._db.all(self._sql["of_reader"], params)]

    def health(self, first: date) -> dict[str, dict[date, str]]:
        """Per source, how the newest fetch of each day ended."""
        found: dict[str, dict[date, str]] = {}
        rows = self._db.all(self._sql["health"], {"first": first.toordinal()})
        for source, day, verdict in rows:
            found.setdefault(source, {})[date.fromordinal(day)] = verdict
        return found


def _delivery(row: Row) -> Delivery:
    address, day, code, attempts, reply, updated = row
    when = from_instant(updated)
    return Delivery(address, date.fromordinal(day), STATES[code], attempts, reply, when)
