"""What was chosen for whom: one packed row per (reader, day), the unit of "never twice"."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from digest.model import SEEN, ReasonKind, Selection
from digest.store.database import Database, Params, Queries
from digest.store.selection_row import Names, Numbers, named, pack, papers, reasons, unpack
from digest.store.states import CODES


class SelectionStore:
    """`ports.Selections` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("selections", database.dialect)

    def put(self, selections: Iterable[Selection]) -> None:
        """Records choices; one that is already recorded for (address, day) stays."""
        chosen = list(selections)
        with self._db.transaction():
            numbers = self._numbers(chosen)
            rows: list[Params] = [
                {"address": s.address, "day": s.day.toordinal(), "chosen": pack(s, numbers)}
                for s in chosen
            ]
            self._db.many(self._sql["intern"], ({"address": row["address"]} for row in rows))
            self._db.many(self._sql["put"], rows)

    def get(self, address: str, day: date) -> Selection | None:
        """The recorded choice."""
        return self.several([address], day).get(address)

    def several(self, addresses: Sequence[str], day: date) -> dict[str, Selection]:
        """The recorded choices of readers for a day."""
        params: Params = {"addresses": json.dumps(list(addresses)), "day": day.toordinal()}
        rows = self._db.all(self._sql["get"], params)
        names = self._names([row[2] for row in rows])
        return {row[0]: unpack(row[2], row[0], day, names) for row in rows}

    def seen(self, addresses: Sequence[str], day: date) -> Mapping[str, frozenset[str]]:
        """Per reader, the ids of papers they got in an edition other than `day`'s."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for row in self._db.all(self._sql["seen"], _asked(addresses, day)):
            found[row[0]].update(papers(row[2]))
        ids = self._papers(set().union(*found.values()))
        return {
            address: frozenset(ids[number] for number in found.get(address, ()))
            for address in addresses
        }

    def last_days(self, addresses: Sequence[str], day: date) -> dict[str, date]:
        """Per reader, the newest edition before a day that they got; none: left out."""
        rows = self._db.all(self._sql["last_days"], _asked(addresses, day))
        return {address: date.fromordinal(last) for address, last in rows}

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

    def _numbers(self, selections: Sequence[Selection]) -> Numbers:
        """What stands for the papers and reasons of selections; new reasons get numbers."""
        ids = {choice.paper for selection in selections for choice in selection.choices}
        held: dict[str, int] = dict(
            self._db.all(self._sql["paper_numbers"], {"papers": json.dumps(sorted(ids))})
        )
        wanted = dict.fromkeys(name for selection in selections for name in named(selection))
        keys: list[Params] = [{"kind": kind.value, "label": label} for kind, label in wanted]
        self._db.many(self._sql["name_reason"], keys)
        labels: Params = {"labels": json.dumps([label for _, label in wanted])}
        rows = self._db.all(self._sql["reason_numbers"], labels)
        return Numbers(held, {(ReasonKind(kind), label): id_ for kind, label, id_ in rows})

    def _names(self, rows: Sequence[bytes]) -> Names:
        """What the numbers in rows stand for."""
        told = {number for row in rows for number in reasons(row)}
        params: Params = {"numbers": json.dumps(sorted(told))}
        names = self._db.all(self._sql["reasons"], params)
        listed = {number for row in rows for number in papers(row)}
        return Names(
            self._papers(listed), {id_: (ReasonKind(kind), label) for id_, kind, label in names}
        )

    def _papers(self, numbers: set[int]) -> dict[int, str]:
        params: Params = {"numbers": json.dumps(sorted(numbers))}
        return dict(self._db.all(self._sql["papers"], params))


def _asked(addresses: Sequence[str], day: date) -> Params:
    return {
        "addresses": json.dumps(list(addresses)),
        "day": day.toordinal(),
        "seen": json.dumps(sorted(CODES[state] for state in SEEN)),
    }
