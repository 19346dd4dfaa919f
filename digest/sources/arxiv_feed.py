"""arXiv's RSS and Atom feeds: one day of some categories.

A description is "arXiv:2604.21935v1 Announce Type: new", then "Abstract: …"; a guid is
"oai:arXiv.org:2604.21935v1"; all authors stand in one `dc:creator`.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from digest.model import Page, Paper
from digest.model.calendar import EASTERN
from digest.sources import fields
from digest.sources.reading import (
    Unreadable,
    children,
    expect_of_most,
    local,
    mapping,
    parse,
    parse_xml,
    read_each,
    words,
)

MOST = 2_000
"""Entries of a feed; one that has so many may be cut."""

ANNOUNCED = frozenset({"new", "cross", "replace", "replace-cross"})
_HEAD = re.compile(r"^arXiv:\S+ Announce Type: (\S+)\s*(?:Abstract:\s*)?")
_SUBJECT = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z-]+)?")
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|manuscript|submission|work|it)\b.{0,60}\bwithdrawn\b", re.I
)


def read(text: str) -> Page:
    """The papers of a feed, with the day (US/Eastern) that it announces."""
    root = parse_xml(text)
    channel = next(iter(children(root, "channel")), None) if local(root) == "rss" else root
    if channel is None or local(channel) not in {"channel", "feed"}:
        raise Unreadable(f"a feed, found <{local(root)}>")
    if (
        "arxiv"
        not in (words(channel, "title") + words(channel, "id") + words(channel, "link")).lower()
    ):
        raise Unreadable("a feed of arXiv's, found another's")
    items = children(channel, "item" if local(channel) == "channel" else "entry")
    day = _day(channel)
    papers, notes = read_each(items, _paper, "entry")
    expect_of_most("an abstract", [bool(p.abstract) for p in papers])
    expect_of_most("names in `dc:creator`", [bool(p.authors) for p in papers])
    if not items and day is None:
        raise Unreadable("a feed with a date or entries, found neither")
    lacks = f"the feed holds {MOST} entries, and no more than that" if len(items) >= MOST else ""
    return Page(papers, day, notes=notes, lacks=lacks)


def read_rewritten(text: str) -> Page:
    """The same feed's items as somebody else kept them: an array of objects."""
    value = parse(text)
    if not isinstance(value, list):
        raise Unreadable("an array of items")
    papers, notes = read_each(value, _rewritten, "item")
    days = {paper.day for paper in papers}
    return Page(papers, days.pop() if len(days) == 1 else None, notes=notes)


def announced(description: str) -> tuple[str, str]:
    """How a paper was announced, and its abstract."""
    match = _HEAD.match(description)
    kind = match[1] if match and match[1] in ANNOUNCED else ""
    return kind, fields.text(description[match.end() :] if match else description)


def withdrawn(*told: str) -> bool:
    """Whether an abstract or a comment says that the authors took the paper back."""
    return any(_WITHDRAWN.search(words) or words.lower().startswith("withdrawn") for words in told)


def names(creators: Sequence[str]) -> tuple[str, ...]:
    """Authors of a comma-joined list, institutions in brackets left out."""
    joined = re.sub(r"\([^()]*\)", "", ", ".join(creators))
    return tuple(name for name in map(fields.text, joined.split(",")) if name)


def made(key: str, **told: Any) -> Paper:
    """A paper of arXiv's with the addresses that follow from its id."""
    arxiv = fields.arxiv_id(key.removeprefix("oai:arXiv.org:"))
    if not arxiv:
        raise Unreadable(f"an arXiv id, found {key!r:.60}")
    if not told.get("title"):
        raise Unreadable("a title, found none")
    return Paper(
        id=f"arxiv:{arxiv}",
        url=f"https://arxiv.org/abs/{arxiv}",
        pdf=f"https://arxiv.org/pdf/{arxiv}",
        version=fields.version(key),
        sources=("arxiv",),
        **told,
    )


def _paper(item: etree._Element) -> Paper:
    kind, abstract = announced(words(item, "description") or words(item, "summary"))
    told = words(item, "announce_type") or kind
    at = fields.mail_date(words(item, "pubDate")) or _iso(words(item, "published"))
    return made(
        fields.text(words(item, "guid") or words(item, "id")),
        title=fields.text(words(item, "title")),
        abstract=abstract,
        authors=names([words(item, "creator")]),
        categories=tuple(filter(None, map(_category, children(item, "category")))),
        announced=told if told in ANNOUNCED else "",
        withdrawn=withdrawn(abstract),
        day=at.date() if at else None,
    )


def _rewritten(item: object) -> Paper:
    told = mapping(item)
    at = fields.mail_date(told.get("pubdate"))
    kind, abstract = announced(str(told.get("description") or ""))
    kind = str(told.get("announce_type") or kind)
    listed = told.get("categories")
    return made(
        fields.text(told.get("guid")),
        title=fields.text(told.get("title")),
        abstract=abstract,
        authors=names([fields.text(told.get("creator"))]),
        categories=tuple(_SUBJECT.findall(str(listed or ""))),
        announced=kind if kind in ANNOUNCED else "",
        day=at.date() if at else None,
    )


def _category(element: etree._Element) -> str:
    return fields.text(element.get("term") or element.text)


def _iso(written: str) -> datetime | None:
    """An instant with the offset that it was written with."""
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        return None


def _day(channel: etree._Element) -> date | None:
    """The day of the feed itself: its date where arXiv is."""
    at = fields.mail_date(words(channel, "pubDate")) or _iso(words(channel, "updated"))
    return (
        (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(ZoneInfo(EASTERN)).date()
        if at
        else None
    )
