"""Which work each told paper is, and what is known of it in all: joins names, never splits one."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.model import Paper
from digest.model.identity import (
    Origin,
    Telling,
    apart,
    best,
    fingerprint,
    merged,
    names,
    origins,
    retold,
)
from digest.store.database import Database, Params, Queries, Value
from digest.store.paper_row import columns

HANGING = ("listings", "observations", "revisions")
"""What hangs on a work, and passes to the one it turns out to be."""


@dataclass(slots=True)
class Work:
    """A stored work: its number, the id that stands for it, and all its names."""

    number: int
    id: str
    names: set[str] = field(default_factory=set)


class Works:
    """The works of a store. Only within a transaction."""

    def __init__(self, database: Database, queries: Queries) -> None:
        self._db, self._sql = database, queries

    def find(self, papers: Sequence[Paper]) -> dict[str, Work]:
        """The known works behind told papers, by every name of theirs."""
        asked = {name for paper in papers for name in _all_names(paper)}
        rows = self._db.all(self._sql["known"], {"names": json.dumps(sorted(asked))})
        works = {number: Work(number, id_) for _, number, id_ in rows}
        held = self._db.all(self._sql["names"], {"works": json.dumps(sorted(works))})
        for number, alias in held:
            works[number].names.add(alias)
        return {alias: works[number] for number, alias in held}

    def place(self, papers: Sequence[Paper], known: dict[str, Work]) -> list[Work]:
        """The work that each paper is of, made or joined as its names demand."""
        return [self._place(paper, known) for paper in papers]

    def tell(
        self,
        told: Sequence[tuple[Work, Paper]],
        source: str,
        at: datetime,
        before: Mapping[int, Paper],
    ) -> None:
        """Takes in what a source tells; every work is then known as all sources tell it.

        `before`: the works as they were known, for those of an older program, which did not keep
        who told what.
        """
        tellings: list[Params] = []
        rows: list[Params] = []
        held_before = self._tellings([work.number for work, _ in told])
        for work, paper in told:
            held = held_before[work.number]
            if not held and work.number in before:
                old = before[work.number]
                held[old.sources[0]] = retold({}, old, old.observed or at)
                tellings.append(_row(work, old.sources[0], held[old.sources[0]]))
            now = retold(held.get(source, {}), paper, at)
            if now == held.get(source):
                continue
            held[source] = now
            tellings.append(_row(work, source, now))
            rows.append({"work": work.number, **columns(merged(work.id, held))})
        self._db.many(self._sql["tell"], tellings)
        self._db.many(self._sql["put"], rows)

    def origins(self, id_: str) -> Mapping[str, Origin]:
        """Whose word each field of a work is, and since when; empty for an unknown one."""
        rows = self._db.all(self._sql["known"], {"names": json.dumps([id_])})
        return origins(self._tellings([rows[0][1]])[rows[0][1]]) if rows else {}

    def _tellings(self, numbers: Sequence[int]) -> defaultdict[int, dict[str, Telling]]:
        found: defaultdict[int, dict[str, Telling]] = defaultdict(dict)
        asked: Params = {"works": json.dumps(sorted(set(numbers)))}
        for number, source, told in self._db.all(self._sql["tellings"], asked):
            found[number][source] = {n: (value, at) for n, (value, at) in json.loads(told).items()}
        return found

    def _place(self, paper: Paper, known: dict[str, Work]) -> Work:
        own = names(paper)
        works = {w.number: w for n in own if (w := known.get(n)) and not apart(own, w.names)}
        mark = fingerprint(paper)
        alike = known.get(mark)
        if alike and not apart([*own, *_names_of(works.values())], alike.names):
            works[alike.number] = alike
        found = sorted(works.values(), key=lambda work: (best([work.id]) != best(own), work.number))
        work = found[0] if found else self._make(best(own), known)
        for other in found[1:]:
            if not apart(work.names, other.names):
                self._join(work, other, known)
        self._name(work, [*own, mark], known)
        return work

    def _make(self, id_: str, known: dict[str, Work]) -> Work:
        self._db.execute(self._sql["make"], {"paper": id_})
        self._db.execute(self._sql["name_made"], {"alias": id_, "paper": id_})
        [(_, number, _)] = self._db.all(self._sql["known"], {"names": json.dumps([id_])})
        known[id_] = Work(number, id_, {id_})
        return known[id_]

    def _name(self, work: Work, told: Sequence[str], known: dict[str, Work]) -> None:
        """Gives a work names that nobody has, and the best of them as its id."""
        for alias in told:
            if alias and alias not in known:
                self._db.execute(self._sql["name"], {"alias": alias, "work": work.number})
                known[alias] = work
                work.names.add(alias)
        id_ = best(n for n in work.names if not n.startswith("title:"))
        if best([id_, work.id]) != work.id:
            self._db.execute(self._sql["rename"], {"paper": id_, "work": work.number})
            work.id = id_

    def _join(self, work: Work, other: Work, known: dict[str, Work]) -> None:
        """Two works turn out to be one: nothing of the second is lost, and its number stays."""
        both: Params = {"work": work.number, "other": other.number}
        held = self._tellings([work.number, other.number])
        for source, told in held[other.number].items():
            if source not in held[work.number]:
                self._db.execute(self._sql["tell"], _row(work, source, told))
        for step in (*map("join_{}".format, HANGING), "join_names", "join_works"):
            self._db.execute(self._sql[step], both)
        for step in (*map("leave_{}".format, HANGING), "leave_tellings"):
            self._db.execute(self._sql[step], {"other": other.number})
        # The row stays, for selections name its number; its id is free for the work.
        self._db.execute(
            self._sql["rename"], {"paper": f"joined:{other.number}", "work": other.number}
        )
        work.names |= other.names
        known |= dict.fromkeys(other.names, work)


def _names_of(works: Iterable[Work]) -> set[str]:
    return set().union(*(work.names for work in works))


def _row(work: Work, source: str, told: Telling) -> Mapping[str, Value]:
    return {"work": work.number, "source": source, "told": json.dumps(told)}


def _all_names(paper: Paper) -> list[str]:
    return [name for name in (*names(paper), fingerprint(paper)) if name]
