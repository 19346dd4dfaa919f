"""arXiv by OAI-PMH 2.0 (https://info.arxiv.org/help/oa): records by the day they last changed."""

import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from lxml import etree

from digest.errors import Unreachable
from digest.model import Page, Paper, Request, Response
from digest.model.calendar import arxiv_window
from digest.sources import fields
from digest.sources.arxiv_feed import made, withdrawn
from digest.sources.reading import Unreadable, children, parse_xml, read_each, words

_NOTHING = "noRecordsMatch"
_ARCHIVES = ("cs", "econ", "eess", "math", "q-bio", "q-fin", "stat")
_COMMENT = re.compile(r"^Comments?:\s*")


def asked(base: str, categories: Sequence[str], day: date, pace: float) -> Request:
    """The first category's records of a day; the others follow, one after the other.

    arXiv's datestamps are days in UTC, and what is announced at 20:00 US/Eastern is stamped after
    midnight UTC.
    """
    return _records(base, list(categories), 0, day, pace)


def _records(base: str, categories: Sequence[str], which: int, day: date, pace: float) -> Request:
    params = {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "set": _set(categories[which]),
        "from": day.isoformat(),
        "until": day.isoformat(),
    }
    return Request(f"{base}/oai", params, pace=pace)


def _set(category: str) -> str:
    """`cs:cs:AI` for cs.AI, `physics:hep-th` for hep-th, as `ListSets` names them."""
    archive, _, subject = category.partition(".")
    group = archive if archive in _ARCHIVES else "physics"
    return ":".join(filter(None, (group, archive, subject)))


def read(text: str, response: Response, pace: float) -> Page:
    """The records of an answer, or a single record; what was deleted is left out."""
    root = parse_xml(text)
    error = next((e for e in root.iter("{*}error")), None)
    if error is not None and error.get("code") != _NOTHING:
        told = fields.text("".join(map(str, error.itertext())))
        raise Unreachable(f"{response.url}: arXiv answered {error.get('code')}: {told}")
    records = [r for r in root.iter("{*}record") if not _deleted(r)]
    lists = next(root.iter("{*}ListRecords"), None) is not None or error is not None
    if not records and error is None and not lists:
        raise Unreadable("records of OAI-PMH, found none")
    day = _day(root)
    papers, notes = read_each(
        records, lambda record: _paper(record, day if lists else None), "record"
    )
    lacks = "" if lists else "an answer about single papers, not the list of a day"
    return Page(papers, day, _following(root, response, pace), notes, lacks)


def _deleted(record: etree._Element) -> bool:
    return any(header.get("status") == "deleted" for header in children(record, "header"))


def _day(root: etree._Element) -> date | None:
    """The day that was asked for, else that of the answer, else that of its only record."""
    request = next(root.iter("{*}request"), None)
    since = request.get("from", "") if request is not None else ""
    until = request.get("until", "") if request is not None else ""
    if since and until in {"", since}:
        return fields.day(since)
    answered = next(root.iter("{*}responseDate"), None)
    if answered is not None and not since:
        return fields.day(answered.text)
    stamps = {fields.day((stamp.text or "").strip()) for stamp in root.iter("{*}datestamp")}
    return stamps.pop() if len(stamps) == 1 else None


def _following(root: etree._Element, response: Response, pace: float) -> Request | None:
    """The rest of a list, by its token (OAI-PMH §3.5)."""
    token = next(root.iter("{*}resumptionToken"), None)
    written = (token.text or "").strip() if token is not None else ""
    address = urlsplit(response.url)
    if not written or not address.path.endswith("/oai"):
        return None
    base = response.url.partition("?")[0]
    return Request(base, {"verb": "ListRecords", "resumptionToken": written}, pace=pace)


def _paper(record: etree._Element, day: date | None) -> Paper:
    metadata = next(iter(children(record, "metadata")), None)
    held = metadata[0] if metadata is not None and len(metadata) else None
    header = next(iter(children(record, "header")), record)
    if held is None:
        raise Unreadable("metadata, found none")
    dc = bool(children(held, "identifier"))
    comment, abstract = _dublin(held) if dc else _own(held)
    created = fields.instant(words(held, "date" if dc else "created").strip())
    others = [
        fields.doi(fields.text(i.text)) for i in children(held, "identifier" if dc else "doi")
    ]
    own = "new"
    if day is not None and created is not None:
        since, until = arxiv_window(day)
        own = "new" if since.date() <= created.date() <= until.date() else "replace"
    return made(
        fields.text(words(held, "id")) or fields.text(words(header, "identifier")),
        title=fields.text(words(held, "title")),
        abstract=abstract,
        authors=tuple(filter(None, _people(held, dc))),
        categories=tuple(words(held, "categories").split()),
        published=created,
        venue=fields.text(words(held, "journal-ref")),
        also=tuple(o for o in dict.fromkeys(others) if o.startswith("doi:")),
        withdrawn=withdrawn(comment, abstract),
        announced=own if day is not None else "",
    )


def _own(held: etree._Element) -> tuple[str, str]:
    return fields.text(words(held, "comments")), fields.text(words(held, "abstract"))


def _dublin(held: etree._Element) -> tuple[str, str]:
    """Comment and abstract of Dublin Core, which has one name for both."""
    told = [fields.text(d.text) for d in children(held, "description")]
    comment = next((_COMMENT.sub("", t) for t in told if _COMMENT.match(t)), "")
    return comment, next((t for t in told if not _COMMENT.match(t)), "")


def _people(held: etree._Element, dc: bool) -> list[str]:
    if dc:
        return [
            " ".join(reversed(fields.text(c.text).split(", ", 1)))
            for c in children(held, "creator")
        ]
    return [
        fields.text(f"{words(author, 'forenames')} {words(author, 'keyname')}")
        for group in children(held, "authors")
        for author in children(group, "author")
    ]
