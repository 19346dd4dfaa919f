"""What was chosen for whom: one packed row per (reader, day), the unit of "never twice"."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from digest.model import SEEN, Choice, Mood, Reason, ReasonKind, Selection
from digest.store.database import Database, Params, Queries, Row, from_instant, to_instant
from digest.store.states import CODES


class SelectionStore:
    """`ports.Selections` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("selections", database.dialect)

    def put(self, selections: Iterable[Selection]) -> None:
        """Records choices; one that is already recorded for (address, day) stays."""
        rows: list[Params] = [
            {"address": s.address, "day": s.day.toordinal(), "chosen": _pack(s)} for s in selections
        ]
        with self._db.transaction():
            self._db.many(self._sql["intern"], ({"address": row["address"]} for row in rows))
            self._db.many(self._sql["put"], rows)

    def get(self, address: str, day: date) -> Selection | None:
        """The recorded choice."""
        return self.several([address], day).get(address)

    def several(self, addresses: Sequence[str], day: date) -> dict[str, Selection]:
        """The recorded choices of readers for a day."""
        params: Params = {"addresses": json.dumps(list(addresses)), "day": day.toordinal()}
        return {row[0]: _unpack(row) for row in self._db.all(self._sql["get"], params)}

    def seen(self, addresses: Sequence[str], day: date) -> Mapping[str, frozenset[str]]:
        """Per reader, the ids of papers they got in an edition other than `day`'s."""
        found: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        params: Params = {
            "addresses": json.dumps(list(addresses)),
            "day": day.toordinal(),
            "seen": json.dumps(sorted(CODES[state] for state in SEEN)),
        }
        for row in self._db.all(self._sql["seen"], params):
            found[row[0]] |= {choice.paper for choice in _unpack(row).choices}
        return found

    def prove(self, proofs: Mapping[str, bytes], day: date) -> None:
        """Keeps the checksums of rendered messages, by address."""
        key: Params = {"day": day.toordinal()}
        rows = ({**key, "address": address, "proof": proof} for address, proof in proofs.items())
        self._db.many(self._sql["prove"], rows)

    def unprove(self, addresses: Sequence[str], day: date) -> None:
        """Forgets checksums: these messages are to be rendered again."""
        params: Params = {"addresses": json.dumps(list(addresses)), "day": day.toordinal()}
        self._db.execute(self._sql["unprove"], params)

    def proofs(self, addresses: Sequence[str], day: date) -> dict[str, bytes]:
        """The checksums of messages that were rendered."""
        params: Params = {"addresses": json.dumps(list(addresses)), "day": day.toordinal()}
        return dict(self._db.all(self._sql["proofs"], params))


def _pack(selection: Selection) -> bytes:
    held = asdict(selection)
    del held["address"], held["day"]
    held["at"] = to_instant(selection.at)
    return json.dumps(held, separators=(",", ":")).encode()


def _unpack(row: Row) -> Selection:
    address, day, packed = row
    held: dict[str, Any] = json.loads(packed)
    return Selection(
        address=address,
        day=date.fromordinal(day),
        choices=tuple(_choice(choice) for choice in held["choices"]),
        mood=Mood(held["mood"]),
        considered=held["considered"],
        at=from_instant(held["at"]),
    )


def _choice(held: dict[str, Any]) -> Choice:
    reasons = tuple(
        Reason(ReasonKind(r["kind"]), r["label"], r["value"], tuple(r["words"]))
        for r in held["reasons"]
    )
    return Choice(held["paper"], held["score"], held["relevance"], held["trending"], reasons)
