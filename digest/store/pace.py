"""What must be known of providers and relays from run to run."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from digest.model import Standing
from digest.store.database import Database, Queries, Value, from_instant, to_instant

REMEMBERED = timedelta(days=1)
"""For how long a provider's complaint is a reason for care."""


class PaceStore:
    """Standings with providers, and how much a new sender has sent."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("pace", database.dialect)

    def standings(self, now: datetime) -> list[Standing]:
        """Who has asked for rest lately and is not in full favour again, by name."""
        rows = self._db.all(self._sql["standings"], {"after": to_instant(now - REMEMBERED)})
        return [
            Standing(provider, from_instant(since), pause, connections, reply, bool(alert))
            for provider, since, pause, connections, reply, alert in rows
        ]

    def stand(self, standings: Iterable[Standing], now: datetime) -> None:
        """Records how we stand with providers; forgets what is too old."""
        rows: list[dict[str, Value]] = [
            {
                "provider": standing.provider,
                "since": to_instant(standing.since),
                "pause": standing.pause,
                "connections": standing.connections,
                "reply": standing.reply,
                "alert": int(standing.alert),
            }
            for standing in standings
        ]
        if rows:
            self._db.many(self._sql["stand"], rows)
            self._db.execute(self._sql["forget"], {"after": to_instant(now - REMEMBERED)})

    def sent(self, way: str, day: date, mails: int) -> None:
        """Counts mails that a new sender has sent."""
        self._db.execute(self._sql["sent"], {"way": way, "day": day.toordinal(), "mails": mails})

    def sendings(self, way: str) -> dict[date, int]:
        """On which days how many mails were sent."""
        rows = self._db.all(self._sql["sendings"], {"way": way})
        return {date.fromordinal(day): mails for day, mails in rows}
