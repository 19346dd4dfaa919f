"""Papers as rows, and rows as papers."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from digest.model import Collection, Paper, Revision, Verdict
from digest.store.database import Row, Value, from_instant, to_instant

COLUMNS = (
    "id", "title", "abstract", "authors", "url", "summary", "organization", "categories",
    "keywords", "pdf", "code", "project", "thumbnail", "published", "extra",
    "day", "listed", "announced", "source", "upvotes", "comments", "stars", "observed",
)  # fmt: skip
"""What a query of papers gives: `{columns}` of sql/papers.sql, then what was counted."""

TEXTS = (
    "title",
    "abstract",
    "url",
    "summary",
    "organization",
    "pdf",
    "code",
    "project",
    "thumbnail",
)
LISTS = ("authors", "categories", "keywords")
EXTRA = ("also", "venue", "version", "withdrawn", "signals")
"""What few papers have: one column of JSON."""


def columns(paper: Paper) -> dict[str, Value]:
    """What is known of a work, for the statement `put`."""
    extra = {name: getattr(paper, name) for name in EXTRA}
    return {
        **{name: getattr(paper, name) for name in TEXTS},
        **{name: json.dumps(getattr(paper, name)) for name in LISTS},
        "published": to_instant(paper.published),
        "extra": json.dumps({name: value for name, value in extra.items() if value}),
    }


def listing(
    collection: Collection, paper: Paper, work: int, *, backfill: bool
) -> Mapping[str, Value]:
    """A place on a day's list."""
    return {
        "day": collection.day.toordinal(),
        "source": collection.source,
        "work": work,
        "listed": to_instant(paper.listed),
        "announced": paper.announced,
        "seen": None if backfill else to_instant(collection.at),
    }


def observation(source: str, at: datetime, paper: Paper, work: int) -> Mapping[str, Value]:
    """What was counted of a paper, and when."""
    return {
        "work": work,
        "observed": to_instant(paper.observed or at),
        "source": source,
        "upvotes": paper.upvotes,
        "comments": paper.comments,
        "stars": paper.stars,
    }


def revision(told: Revision, work: int) -> Mapping[str, Value]:
    """A major revision."""
    return {
        "work": work,
        "version": told.version,
        "day": told.day.toordinal(),
        "at": to_instant(told.at),
        "changed": round(100 * told.changed),
    }


def to_revision(row: Row) -> Revision:
    """A major revision of a row."""
    _, version, day, at, changed = row
    return Revision(version, date.fromordinal(day), from_instant(at), changed / 100)


def counted(paper: Paper) -> bool:
    """Whether anything was counted of a paper."""
    return not paper.upvotes is paper.comments is paper.stars is None


def fetch(collection: Collection) -> Mapping[str, Value]:
    """How a fetch ended, as a row."""
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


def to_fetch(row: Row) -> Collection:
    """How a fetch ended, of a row."""
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


def one_a_work(rows: Iterable[Row]) -> list[Paper]:
    """One paper per work, with all sources that list it and the votes of the one that has them."""
    papers: dict[str, Paper] = {}
    for paper in map(to_paper, rows):
        earlier = papers.get(paper.id)
        papers[paper.id] = paper if earlier is None else _join(earlier, paper)
    return list(papers.values())


def _join(first: Paper, second: Paper) -> Paper:
    """The newer listing's, with the votes of the one that has some; a list beats a replacement."""
    sources = tuple(dict.fromkeys(first.sources + second.sources))
    if first.upvotes is None and second.upvotes is not None:
        first, second = second, first
    new = first if not first.replaced else second
    return replace(first, sources=sources, announced=new.announced)


def to_paper(row: Row) -> Paper:
    """A paper of a row of `COLUMNS`."""
    told: dict[str, Any] = dict(zip(COLUMNS, row, strict=False))
    extra = json.loads(told.pop("extra"))
    source, day = told.pop("source"), told.pop("day")
    for name in LISTS:
        told[name] = tuple(json.loads(told[name]))
    for name in ("published", "listed", "observed"):
        told[name] = from_instant(told[name])
    if extra:
        told |= extra
        told["also"] = tuple(extra.get("also", ()))
        told["signals"] = tuple((name, count) for name, count in extra.get("signals", ()))
    return Paper(day=date.fromordinal(day), sources=(source,), **told)
