"""Who must not be written to, and how addresses that bounce fare."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from digest.model.health import Health
from digest.model.suppression import Suppression
from digest.store.database import Database, Queries, Row, Value, from_instant, to_instant

PAGE = 1_000


class SuppressionStore:
    """`ports.Suppressions` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("suppressions", database.dialect)

    def put(self, suppressions: Iterable[Suppression]) -> None:
        """Adds some; one that is there already stays as it is."""
        rows: list[dict[str, Value]] = [
            {"address": s.address, "reason": s.reason, "since": to_instant(s.since)}
            for s in sorted(suppressions, key=lambda s: s.address)
        ]
        self._db.many(self._sql["suppress"], rows)

    def remove(self, address: str) -> bool:
        """Forgets one; False when there was none."""
        return self._db.execute(self._sql["release"], {"address": address}) > 0

    def get(self, address: str) -> Suppression | None:
        """That of an address."""
        return self.among([address]).get(address)

    def barred(self, addresses: Sequence[str]) -> set[str]:
        """Of these, who must not be written to."""
        return set(self.among(addresses))

    def among(self, addresses: Sequence[str]) -> dict[str, Suppression]:
        """Those of addresses; others are left out."""
        rows = self._db.all(self._sql["among"], {"addresses": json.dumps(list(addresses))})
        return {row[0]: _suppression(row) for row in rows}

    def all(self) -> Iterator[Suppression]:
        """All of them, by address."""
        after = ""
        while True:
            rows = self._db.all(self._sql["page"], {"after": after, "limit": PAGE})
            yield from map(_suppression, rows)
            if len(rows) < PAGE:
                return
            after = rows[-1][0]

    def health(self, reader: int) -> Health:
        """How an address fares."""
        rows = self._db.all(self._sql["health"], {"reader": reader})
        return _health(rows[0]) if rows else Health()

    def fare(self, reader: int, health: Health) -> bool:
        """How it fares from now on; False when a bounce of the same day has counted already."""
        if health.at is None or health.struck is None:
            return False
        params: dict[str, Value] = {
            "reader": reader,
            "score": health.score,
            "at": to_instant(health.at),
            "struck": health.struck.toordinal(),
            "probing": None if health.probing is None else health.probing.toordinal(),
        }
        return self._db.execute(self._sql["fare"], params) > 0

    def heal(self, address: str) -> None:
        """Forgets how an address fared."""
        self._db.execute(self._sql["heal"], {"address": address})


def _suppression(row: Row) -> Suppression:
    return Suppression(row[0], row[1], from_instant(row[2]))


def _health(row: Row) -> Health:
    score, at, day, probing = row
    began = None if probing is None else date.fromordinal(probing)
    return Health(float(score), from_instant(at), date.fromordinal(day), began)
