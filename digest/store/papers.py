"""The papers of every day, and how their votes grew."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from digest.model import Collection, Paper, Verdict
from digest.store.database import Database, Params, Queries, Row, Value, from_instant, to_instant

FOR_EVER = 2**40
"""An instant, in seconds, that nothing is after."""


class PaperStore:
    """`ports.Papers` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("papers", database.dialect)

    def add(self, collection: Collection, papers: Iterable[Paper]) -> Collection:
        """Stores one fetch, and returns it with `new` and `updated` counted."""
        listed = list({paper.id: paper for paper in papers}.values())
        with self._db.transaction():
            before = self.get([paper.id for paper in listed])
            self._db.many(self._sql["put"], map(_columns, listed))
            self._db.many(self._sql["list"], (_listing(collection, p) for p in listed))
            self._db.many(self._sql["observe"], (_observation(collection, p) for p in listed))
            counted = replace(
                collection,
                papers=len(listed),
                new=sum(paper.id not in before for paper in listed),
                updated=sum(_differs(paper, before.get(paper.id)) for paper in listed),
            )
            self._db.execute(self._sql["collected"], _collection(counted))
        return counted

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
            "until": FOR_EVER if until is None else to_instant(until),
        }
        found = _merge(self._db.all(self._sql["of_day"], params))
        return sorted(found, key=lambda paper: (-(paper.upvotes or 0), paper.id))

    def collections(self, day: date) -> list[Collection]:
        """The newest fetch of each source for a day."""
        rows = self._db.all(self._sql["collections"], {"day": day.toordinal()})
        return [_to_collection(row) for row in rows]

    def get(self, ids: Sequence[str], until: datetime | None = None) -> dict[str, Paper]:
        """Papers by id, with the votes known at `until`; unknown ids are left out."""
        params: Params = {
            "papers": json.dumps(list(ids)),
            "until": FOR_EVER if until is None else to_instant(until),
        }
        return {paper.id: paper for paper in _merge(self._db.all(self._sql["get"], params))}

    def history(self, before: date, limit: int) -> list[Paper]:
        """The newest papers listed before a day: what corpus statistics are made of."""
        params: Params = {"before": before.toordinal(), "limit": limit}
        return _merge(self._db.all(self._sql["history"], params))

    def days(self, until: date, limit: int = 366) -> list[date]:
        """The days that hold papers, newest first."""
        params: Params = {"until": until.toordinal(), "limit": limit}
        return [date.fromordinal(row[0]) for row in self._db.all(self._sql["days"], params)]


def _columns(paper: Paper) -> Mapping[str, Value]:
    return {
        "paper": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": json.dumps(paper.authors),
        "url": paper.url,
        "summary": paper.summary,
        "organization": paper.organization,
        "categories": json.dumps(paper.categories),
        "keywords": json.dumps(paper.keywords),
        "pdf": paper.pdf,
        "code": paper.code,
        "project": paper.project,
        "thumbnail": paper.thumbnail,
        "published": to_instant(paper.published),
    }


def _listing(collection: Collection, paper: Paper) -> Mapping[str, Value]:
    return {
        "day": collection.day.toordinal(),
        "source": collection.source,
        "paper": paper.id,
        "listed": to_instant(paper.listed),
    }


def _observation(collection: Collection, paper: Paper) -> Mapping[str, Value]:
    return {
        "paper": paper.id,
        "observed": to_instant(paper.observed or collection.at),
        "source": collection.source,
        "upvotes": paper.upvotes,
        "comments": paper.comments,
        "stars": paper.stars,
    }


def _collection(collection: Collection) -> Mapping[str, Value]:
    return {
        "day": collection.day.toordinal(),
        "source": collection.source,
        "at": to_instant(collection.at),
        "verdict": collection.verdict.value,
        "papers": collection.papers,
        "new": collection.new,
        "updated": collection.updated,
        "detail": collection.detail,
    }


def _to_collection(row: Row) -> Collection:
    source, day, verdict, papers, new, updated, at, detail = row
    return Collection(
        source=source,
        day=date.fromordinal(day),
        verdict=Verdict(verdict),
        papers=papers,
        new=new,
        updated=updated,
        at=from_instant(at),
        detail=detail,
    )


def _differs(paper: Paper, before: Paper | None) -> bool:
    """Whether a fetch told something new of a paper that was already known."""
    if before is None:
        return False
    told = (paper.title, paper.abstract, paper.upvotes, paper.comments, paper.stars)
    return told != (before.title, before.abstract, before.upvotes, before.comments, before.stars)


def _merge(rows: Iterable[Row]) -> list[Paper]:
    """One paper per work, with all sources that list it and the votes of the one that has them."""
    papers: dict[str, Paper] = {}
    for row in rows:
        paper = _to_paper(row)
        earlier = papers.get(paper.id)
        papers[paper.id] = paper if earlier is None else _join(earlier, paper)
    return list(papers.values())


def _join(first: Paper, second: Paper) -> Paper:
    sources = tuple(dict.fromkeys(first.sources + second.sources))
    if first.upvotes is None and second.upvotes is not None:
        first, second = second, first
    return replace(first, sources=sources)


def _to_paper(row: Row) -> Paper:
    return Paper(
        id=row[0],
        title=row[1],
        abstract=row[2],
        authors=tuple(json.loads(row[3])),
        url=row[4],
        summary=row[5],
        organization=row[6],
        categories=tuple(json.loads(row[7])),
        keywords=tuple(json.loads(row[8])),
        pdf=row[9],
        code=row[10],
        project=row[11],
        thumbnail=row[12],
        published=from_instant(row[13]),
        upvotes=row[14],
        comments=row[15],
        stars=row[16],
        day=date.fromordinal(row[17]),
        listed=from_instant(row[18]),
        observed=from_instant(row[19]),
        sources=(row[20],),
    )
