"""The consent dossier."""

from datetime import datetime

from digest.model.consent import Consent, Deed, Way
from digest.model.life import Act
from digest.store.database import Database, Queries, Value, from_instant, to_instant


class ConsentStore:
    """`ports.Consents` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("consents", database.dialect)

    def add(self, address: str, deed: Deed) -> None:
        """Adds a line to a reader's dossier."""
        params: dict[str, Value] = {
            "address": address,
            "at": to_instant(deed.at),
            "act": deed.act.value,
            "way": deed.consent.way.value,
            "origin": deed.consent.origin,
            "words": deed.consent.words,
        }
        self._db.execute(self._sql["add"], params)

    def of(self, address: str) -> list[Deed]:
        """A reader's dossier, oldest line first."""
        rows = self._db.all(self._sql["of"], {"address": address})
        return [
            Deed(from_instant(at), Act(act), Consent(Way(way), origin, words))
            for at, act, way, origin, words in rows
        ]

    def since(self, instant: datetime) -> dict[tuple[int, Act], int]:
        """How often each act happened from an instant on, by days since 1970."""
        rows = self._db.all(self._sql["since"], {"since": to_instant(instant)})
        return {(day, Act(act)): number for day, act, number in rows}
