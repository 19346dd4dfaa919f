"""The papers of every day, each work once, and how their votes grew."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.model import Collection, Paper, Precedent, Revision, Sighting
from digest.model.identity import Origin
from digest.model.judgement import ALIKE
from digest.rank.revision import major
from digest.store.database import Database, Params, Queries, Value, from_instant, to_instant
from digest.store.paper_row import (
    counted,
    fetch,
    listing,
    observation,
    one_a_work,
    revision,
    to_fetch,
    to_revision,
)
from digest.store.works import Work, Works

FOR_EVER = 2**40
"""An instant, in seconds, that nothing is after."""


class PaperStore:
    """`ports.Papers` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        queries = Queries("papers", database.dialect)
        self._sql, self._columns = queries, queries["columns"]
        self._works = Works(database, queries)

    def add(
        self, collection: Collection, papers: Iterable[Paper], *, backfill: bool = False
    ) -> Collection:
        """Stores one fetch, and returns it with `new` and `updated` counted.

        `backfill`: what it brings was never missed by anybody, so it is late for no edition.
        """
        told = list({paper.id: paper for paper in papers}.values())
        with self._db.transaction():
            listed, before = self._take_in(told, collection.source, collection.at)
            rows = (listing(collection, p, work.number, backfill=backfill) for work, p in listed)
            self._db.many(self._sql["list"], rows)
            after = self.get([work.id for work, _ in listed])
            self._db.many(self._sql["revise"], _revisions(collection, listed, before, after))
            stored = replace(
                collection,
                papers=len({work.number for work, _ in listed}),
                new=sum(id_ not in before for id_ in after),
                updated=sum(_differs(before[id_], after[id_]) for id_ in after if id_ in before),
            )
            self._db.execute(self._sql["collected"], fetch(stored))
        return stored

    def enrich(self, source: str, papers: Iterable[Paper], at: datetime) -> int:
        """Takes in what somebody tells of papers without listing them; returns of how many.

        What is told of a work that no list has is left alone.
        """
        told = list(papers)
        with self._db.transaction():
            known = self._works.find(told)
            own = [p for p in told if any(name in known for name in (p.id, *p.also))]
            listed, _ = self._take_in(own, source, at)
        return len({work.number for work, _ in listed})

    def of_day(self, day: date, source: str | None = None) -> list[Paper]:
        """What was listed under a day, as last observed, most votes first, ties by id."""
        return self.of_days(day, day, source)

    def of_days(
        self,
        first: date,
        last: date,
        source: str | None = None,
        until: datetime | None = None,
        *,
        earliest: bool = False,
    ) -> list[Paper]:
        """What was listed from `first` to `last`, with the votes as they were known at `until`.

        `earliest`: with the votes as they were first read.
        """
        params: Params = {
            "first": first.toordinal(),
            "last": last.toordinal(),
            "source": source or "",
            "earliest": int(earliest),
            "until": _until(until),
        }
        found = one_a_work(self._db.all(self._query("of_day"), params))
        return sorted(found, key=lambda paper: (-(paper.upvotes or 0), paper.id))

    def late(self, first: date, last: date) -> dict[str, tuple[date, datetime]]:
        """What was first seen after choices for its day had begun: its day, and when."""
        params: Params = {"first": first.toordinal(), "last": last.toordinal()}
        rows = self._db.all(self._sql["late"], params)
        return {id_: (date.fromordinal(day), from_instant(seen)) for id_, day, seen in rows}

    def collections(self, day: date, until: datetime | None = None) -> list[Collection]:
        """The newest fetch of each source for a day, as known at `until`."""
        params: Params = {"day": day.toordinal(), "until": _until(until)}
        return [to_fetch(row) for row in self._db.all(self._sql["collections"], params)]

    def precedent(self, source: str, day: date) -> Precedent:
        """What a source had on the days before one."""
        params: Params = {"source": source, "day": day.toordinal()}
        alike: Params = {**params, "since": day.toordinal() - 7 * ALIKE, "limit": ALIKE}
        return Precedent(
            frozenset(row[0] for row in self._db.all(self._sql["previous"], params)),
            tuple(row[0] for row in self._db.all(self._sql["usual"], alike)),
        )

    def get(self, ids: Sequence[str], until: datetime | None = None) -> dict[str, Paper]:
        """Papers by any name of theirs, with the votes known at `until`; unknown are left out."""
        params: Params = {"papers": json.dumps(list(ids)), "until": _until(until)}
        rows: dict[str, list[tuple[object, ...]]] = {}
        for row in self._db.all(self._query("get"), params):
            rows.setdefault(row[-1], []).append(row)
        return {alias: one_a_work(held)[0] for alias, held in rows.items()}

    def revisions(self, ids: Iterable[str], day: date) -> dict[str, Revision]:
        """The newest major revision of each work that was listed up to a day, where it has one."""
        params: Params = {"papers": json.dumps(sorted(ids)), "day": day.toordinal()}
        return {row[0]: to_revision(row) for row in self._db.all(self._sql["revisions"], params)}

    def origins(self, id_: str) -> Mapping[str, Origin]:
        """Whose word each field of a work is, and since when."""
        return self._works.origins(id_)

    def series(self, day: date) -> dict[str, list[Sighting]]:
        """How the counts of a day's papers grew, oldest first, by paper."""
        found: dict[str, list[Sighting]] = {}
        for id_, at, *counts in self._db.all(self._sql["series"], {"day": day.toordinal()}):
            found.setdefault(id_, []).append(Sighting(from_instant(at), *counts))
        return found

    def history(self, before: date, limit: int) -> list[Paper]:
        """The newest papers listed before a day: what corpus statistics are made of."""
        params: Params = {"before": before.toordinal(), "limit": limit}
        return one_a_work(self._db.all(self._query("history"), params))

    def days(self, until: date, limit: int = 366) -> list[date]:
        """The days that hold papers, newest first."""
        params: Params = {"until": until.toordinal(), "limit": limit}
        return [date.fromordinal(row[0]) for row in self._db.all(self._sql["days"], params)]

    def _take_in(
        self, told: Sequence[Paper], source: str, at: datetime
    ) -> tuple[list[tuple[Work, Paper]], dict[str, Paper]]:
        """The works of told papers, as now known; and as they were known before, by id."""
        known = self._works.find(told)
        before = dict(self._known(known))
        works = self._works.place(told, known)
        placed = list(zip(works, told, strict=True))
        self._works.tell(placed, source, at, before)
        rows = (observation(source, at, p, w.number) for w, p in placed if counted(p))
        self._db.many(self._sql["observe"], rows)
        return placed, {work.id: before[work.number] for work in works if work.number in before}

    def _known(self, known: Mapping[str, Work]) -> Iterable[tuple[int, Paper]]:
        works = {work.id: work.number for work in known.values()}
        return ((works[id_], paper) for id_, paper in self.get(list(works)).items())

    def _query(self, name: str) -> str:
        return self._sql[name].replace("{columns}", self._columns)


def _until(instant: datetime | None) -> int:
    return FOR_EVER if instant is None else to_instant(instant)


def _revisions(
    collection: Collection,
    listed: Iterable[tuple[Work, Paper]],
    before: Mapping[str, Paper],
    after: Mapping[str, Paper],
) -> Iterator[Mapping[str, Value]]:
    """The major revisions that a fetch tells of works that were known before it."""
    for work, told in listed:
        if old := before.get(work.id):
            found = major(old, told, after[work.id], collection.day, collection.at)
            if found:
                yield revision(found, work.number)


def _differs(before: Paper, after: Paper) -> bool:
    """Whether a fetch told something new of a paper that was already known."""
    return any(
        getattr(before, name) != getattr(after, name)
        for name in ("title", "abstract", "upvotes", "comments", "stars")
    )
