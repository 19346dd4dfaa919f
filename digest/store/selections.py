"""What was chosen for whom: one packed row per (reader, day), the unit of "never twice"."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

import numpy as np

from digest.model import SEEN, DeliveryState, ReasonKind, Selection
from digest.rank.decisions import Decisions, Named
from digest.rank.ragged import Ints
from digest.store.database import Database, Params, Queries, Value, to_instant
from digest.store.selection_row import Names, made, near, pack, papers, reasons, unpack
from digest.store.states import CODES


class SelectionStore:
    """`ports.Selections` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("selections", database.dialect)
        self._reasons: dict[Named, int] = {}

    def put(self, decisions: Decisions, day: date, at: datetime) -> None:
        """Records what was decided `at`; a choice already recorded for (address, day) stays."""
        seconds = to_instant(at) - to_instant(datetime.combine(day, time(), UTC))
        with self._db.transaction():
            papers = self._paper_numbers(decisions.ids)
            reasons = self._reason_numbers(decisions.names)
            packed = pack(decisions, papers, reasons, seconds)
            rows: list[Params] = [
                {"address": address, "day": day.toordinal(), "chosen": row}
                for address, row in zip(decisions.addresses, packed, strict=True)
            ]
            interned: Params = {"addresses": json.dumps(list(decisions.addresses))}
            self._db.execute(self._sql["intern"], interned)
            self._db.many(self._sql["put"], rows)
            self._db.execute(self._sql["began"], {"day": day.toordinal(), "at": to_instant(at)})

    def recorded(self, addresses: Sequence[str], day: date) -> set[str]:
        """Of these, who has a recorded choice for a day."""
        params: Params = {"addresses": json.dumps(list(addresses)), "day": day.toordinal()}
        return {row[0] for row in self._db.all(self._sql["recorded"], params)}

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

    def chosen(
        self, addresses: Sequence[str], day: date
    ) -> dict[str, dict[str, tuple[date, datetime]]]:
        """The same with the last edition each was in, and when it was last chosen."""
        found: defaultdict[str, dict[int, tuple[date, datetime]]] = defaultdict(dict)
        for address, number, row in self._db.all(self._sql["seen"], _asked(addresses, day)):
            on = date.fromordinal(number)
            at = made(row, on)
            for paper in papers(row):
                last, before = found[address].get(paper, (on, at))
                found[address][paper] = max(on, last), max(at, before)
        ids = self._papers({paper for held in found.values() for paper in held})
        return {
            address: {ids[number]: when for number, when in held.items()}
            for address, held in found.items()
        }

    def last_days(self, addresses: Sequence[str], day: date) -> dict[str, date]:
        """Per reader, the newest edition before a day that they got; never tried: left out.

        Who was tried and got none is told the day before the first: nothing since is lost.
        """
        rows = self._db.all(self._sql["last_days"], _asked(addresses, day))
        return {address: date.fromordinal(last) for address, last in rows}

    def fold(self, addresses: Sequence[str], first: date, day: date, now: datetime) -> int:
        """Gives up editions from `first` on that wait for another attempt; returns how many.

        The edition of `day` is chosen from the same papers: both would bring them twice.
        """
        states = (DeliveryState.IN_DOUBT, DeliveryState.EXPIRED, DeliveryState.DEFERRED)
        params: dict[str, Value] = {state.value: CODES[state] for state in states}
        params |= {"first": first.toordinal(), "day": day.toordinal(), "now": to_instant(now)}
        return self._db.execute(
            self._sql["fold"], {**params, "addresses": json.dumps(list(addresses))}
        )

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

    def _paper_numbers(self, ids: Sequence[str]) -> Ints:
        """What stands for papers in rows; 0 for one that is not stored."""
        params: Params = {"papers": json.dumps(list(ids))}
        held: dict[str, int] = dict(self._db.all(self._sql["paper_numbers"], params))
        return np.array([held.get(id_, 0) for id_ in ids], dtype=np.int64)

    def _reason_numbers(self, names: Sequence[Named]) -> Ints:
        """What stands for reasons in rows; new ones get numbers."""
        if new := [name for name in names if name not in self._reasons]:
            keys: list[Params] = [{"kind": kind.value, "label": label} for kind, label in new]
            self._db.many(self._sql["name_reason"], keys)
            labels: Params = {"labels": json.dumps([label for _, label in new])}
            rows = self._db.all(self._sql["reason_numbers"], labels)
            self._reasons |= {(ReasonKind(kind), label): id_ for kind, label, id_ in rows}
        return np.array([self._reasons[name] for name in names], dtype=np.int64)

    def _names(self, rows: Sequence[bytes]) -> Names:
        """What the numbers in rows stand for."""
        told = {number for row in rows for number in reasons(row)}
        params: Params = {"numbers": json.dumps(sorted(told))}
        names = self._db.all(self._sql["reasons"], params)
        listed = {number for row in rows for number in (*papers(row), *near(row))}
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
        "deferred": CODES[DeliveryState.DEFERRED],
        "skipped": CODES[DeliveryState.SKIPPED],
    }
