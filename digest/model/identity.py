"""One work under many names: pure. Which names mean the same work, and what is told of it in all.

A name is `arxiv:…`, `doi:…`, `SOURCE:…`, or a fingerprint `title:…/surname`. Two records are one
work when they share a name; by a fingerprint only when they were not given different arXiv ids, for
arXiv itself says that these are two works.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from digest.model.paper import Paper

SHORTEST, FEWEST = 24, 4
"""Letters and words of a title that is no fingerprint by being short: "Editorial", "A reply"."""

_KINDS = ("arxiv:", "doi:")
_TEX = re.compile(r"\\[a-zA-Z]+|[${}^_\\]")

COUNTED = frozenset({"upvotes", "comments", "stars", "observed"})
LISTED = frozenset({"day", "listed", "announced", "sources"})
TOLD = tuple(f.name for f in fields(Paper) if f.name not in COUNTED | LISTED | {"id"})
"""Fields of a work that a source tells: not what is counted, nor how it was listed."""

AUTHORITY = ("arxiv", "biorxiv", "openreview", "crossref", "openalex", "huggingface")
"""Whose word counts for what a work is, first to last; others after them."""
FIRST_HAND = dict.fromkeys(
    ("url", "summary", "organization", "keywords", "code", "project", "thumbnail"),
    ("huggingface", "semanticscholar"),
)
"""Whose word counts for what surrounds a work."""

Value = Any
Telling = Mapping[str, tuple[Value, int]]
"""What one source tells: by field, the value and since when (seconds since 1970)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field of a work comes from."""

    source: str
    since: datetime


def names(paper: Paper) -> tuple[str, ...]:
    """The identifiers of a work, its own first."""
    return tuple(dict.fromkeys((paper.id, *paper.also)))


def fingerprint(paper: Paper) -> str:
    """What a title and its first author come to; "" where that says too little."""
    title = _folded(_TEX.sub(" ", paper.title))
    author = _folded(paper.authors[0]).split() if paper.authors else []
    letters = title.replace(" ", "")
    if len(letters) < SHORTEST or len(title.split()) < FEWEST or not author:
        return ""
    return f"title:{letters}/{author[-1]}"


def best(ids: Iterable[str]) -> str:
    """The id that stands for a work: arXiv's, else a DOI, else the least."""
    return min(ids, key=lambda id_: (_kind(id_), id_))


def apart(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether names are surely of two works: both have arXiv ids, and share none."""
    first, second = ({id_ for id_ in ids if id_.startswith("arxiv:")} for ids in (one, other))
    return bool(first and second and not first & second)


def retold(before: Telling, paper: Paper, at: datetime) -> dict[str, tuple[Value, int]]:
    """What a source tells now: what it no longer tells stays, what it repeats keeps its hour."""
    told, hour = dict(before), int(at.timestamp())
    for name in TOLD:
        value = to_plain(getattr(paper, name))
        if value not in ("", [], None, False) and told.get(name, (None, 0))[0] != value:
            told[name] = (value, hour)
    if "withdrawn" in told and not paper.withdrawn and (paper.version or 0) > 1:
        del told["withdrawn"]
    return told


def merged(id_: str, tellings: Mapping[str, Telling]) -> Paper:
    """The work as all sources tell it: each field by whoever knows best, none lost."""
    values = {name: tellings[o.source][name][0] for name, o in origins(tellings).items()}
    plain = {name: _from_plain(name, value) for name, value in values.items()}
    plain["also"] = _all(tellings, "also", id_)
    plain["signals"] = tuple(sorted(_signals(tellings).items()))
    return replace(Paper(id=id_, title=""), **plain)


def origins(tellings: Mapping[str, Telling]) -> dict[str, Origin]:
    """For each field that anybody tells, whose word counts, and since when it is told so."""
    found = {}
    for name in TOLD:
        told = [
            (_rank(name, source), -t[name][1], source)
            for source, t in tellings.items()
            if name in t
        ]
        if told:
            _, since, source = min(told)
            found[name] = Origin(source, datetime.fromtimestamp(-since, UTC))
    return found


def to_plain(value: Value) -> Value:
    """A field as JSON holds it."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    return [to_plain(item) for item in value] if isinstance(value, tuple) else value


def _from_plain(name: str, value: Value) -> Value:
    if name == "published":
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, list):
        return tuple(tuple(item) if isinstance(item, list) else item for item in value)
    return value


def _rank(name: str, source: str) -> int:
    order = FIRST_HAND.get(name, AUTHORITY)
    return order.index(source) if source in order else len(order)


def _all(tellings: Mapping[str, Telling], name: str, own: str) -> tuple[str, ...]:
    told = (value for t in tellings.values() for value in (t[name][0] if name in t else ()))
    return tuple(sorted({value for value in told if value != own}))


def _signals(tellings: Mapping[str, Telling]) -> dict[str, int]:
    newest = sorted((t["signals"][1], t["signals"][0]) for t in tellings.values() if "signals" in t)
    return {name: count for _, pairs in newest for name, count in pairs}


def _kind(id_: str) -> int:
    return next((n for n, kind in enumerate(_KINDS) if id_.startswith(kind)), len(_KINDS))


def _folded(text: str) -> str:
    """Lower-case letters and digits without marks, words parted by one blank."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
