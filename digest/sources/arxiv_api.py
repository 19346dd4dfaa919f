"""arXiv's API: `GET /api/query`, an Atom feed of whole records (https://info.arxiv.org/help/api)."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from digest.errors import Unreachable
from digest.model import Page, Paper, Request, Response
from digest.model.calendar import arxiv_announces, arxiv_window
from digest.sources import fields
from digest.sources.arxiv_feed import made, withdrawn
from digest.sources.reading import (
    Unreadable,
    children,
    expect_of_most,
    mapping,
    parse,
    parse_xml,
    read_each,
    words,
)

PER_PAGE, MOST = 500, 30_000
"""Entries that are asked for at a time; entries that a query can reach at all."""

_UPDATED = re.compile(r"<updated>\s*(\d{4}-\d\d-\d\d)")
_WINDOW = re.compile(r"submittedDate:\[(\d{12}) TO (\d{12})\]")


def asked(base: str, categories: Sequence[str], day: date, pace: float) -> Request:
    """The papers submitted in the hours that a day announces, oldest first."""
    since, until = (f"{at:%Y%m%d%H%M}" for at in arxiv_window(day))
    within = " OR ".join(f"cat:{category}" for category in categories)
    return _query(base, f"({within}) AND submittedDate:[{since} TO {until}]", 0, pace)


def _query(base: str, query: str, start: int, pace: float) -> Request:
    params = {
        "search_query": query,
        "sortBy": "submittedDate",
        "sortOrder": "ascending",
        "start": str(start),
        "max_results": str(PER_PAGE),
    }
    return Request(f"{base}/api/query", params, pace=pace)


def is_answer(text: str) -> bool:
    """Whether a feed is an answer of the API, not one of the feeds of a day."""
    return "a9.com/-/spec/opensearch" in text[:2000] or "arxiv.org/api/" in text[:2000]


def read_envelope(text: str, response: Response) -> Page:
    """An answer that was kept with its URL and status. Raises Unreachable for another than 200."""
    held = mapping(parse(text))
    body, url = held.get("body"), fields.web_address(held.get("url"))
    if not isinstance(body, str) or "arxiv.org/" not in url:
        raise Unreadable("an answer of arXiv with `url`, `status_code` and `body`")
    if held.get("status_code") != 200:
        error = Unreachable(
            f"{response.url}: arXiv answered {held.get('status_code')}: {_error(body)}"
        )
        told = _UPDATED.search(body)
        error.day = fields.day(told[1]) if told else None
        raise error
    return read(body, Response(url, b"", response.at), 0.0)


def read(text: str, response: Response, pace: float) -> Page:
    """The papers of an answer, of the day whose hours were asked for, else of that of asking."""
    feed = parse_xml(text)
    entries = children(feed, "entry")
    if any(_is_error(entry) for entry in entries):
        raise Unreachable(f"{response.url}: arXiv answered an error: {_error(text)}")
    papers, notes = read_each(entries, _paper, "entry")
    expect_of_most("an abstract", [bool(p.abstract) for p in papers])
    title = fields.text(words(feed, "title"))
    window, updated = _WINDOW.search(title), fields.instant(words(feed, "updated"))
    day = _announced(window[2]) if window else updated.date() if updated else None
    following = _following(feed, response, len(entries), pace)
    if not entries and updated is None:
        raise Unreadable("an Atom feed with `updated` or entries, found neither")
    return Page(papers, day, following, notes, _lacks(feed, title, len(entries)))


def _announced(until: str) -> date | None:
    """The day whose announcement has that cut-off."""
    try:
        end = datetime.strptime(until, "%Y%m%d%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    days = (end.date() + timedelta(days=n) for n in range(6))
    return next((d for d in days if arxiv_announces(d) and arxiv_window(d)[1] == end), None)


def _lacks(feed: etree._Element, title: str, found: int) -> str:
    if re.search(r"id_list=[^&]", title):
        return "an answer about single papers, not the list of a day"
    numbers = [
        fields.abbreviated(words(feed, n)) for n in ("totalResults", "startIndex", "itemsPerPage")
    ]
    total, start, per_page = (number or 0 for number in numbers)
    told = min(per_page, max(0, total - start))
    return f"{found} entries of the {told} that it tells of" if found < told else ""


def _following(feed: etree._Element, response: Response, found: int, pace: float) -> Request | None:
    """The next page of our own query; an answer that is short of entries ends nothing."""
    address = urlsplit(response.url)
    query = parse_qs(address.query)
    total = fields.abbreviated(words(feed, "totalResults")) or 0
    start = int(query["start"][0]) if query.get("start", [""])[0].isdigit() else 0
    ours = query.get("max_results") == [str(PER_PAGE)] and address.path.endswith("/api/query")
    if not ours or not found or start + found >= min(total, MOST):
        return None
    base = response.url.partition("/api/query")[0]
    return _query(base, query["search_query"][0], start + found, pace)


def _is_error(entry: etree._Element) -> bool:
    return words(entry, "title") == "Error" or "/api/errors" in words(entry, "id")


def _error(text: str) -> str:
    try:
        entries = children(parse_xml(text), "entry")
    except Unreadable:
        return fields.text(text)[:200]
    return fields.text(" ".join(words(entry, "summary") for entry in entries))[:200]


def _paper(entry: etree._Element) -> Paper:
    key = fields.text(words(entry, "id")).rpartition("/abs/")[2]
    abstract, comment = (fields.text(words(entry, name)) for name in ("summary", "comment"))
    people = (fields.text(words(author, "name")) for author in children(entry, "author"))
    other = fields.doi(fields.text(words(entry, "doi")))
    return made(
        key,
        title=fields.text(words(entry, "title")),
        abstract=abstract,
        authors=tuple(filter(None, people)),
        categories=tuple(c.get("term", "") for c in children(entry, "category") if c.get("term")),
        published=fields.instant(words(entry, "published")),
        venue=fields.text(words(entry, "journal_ref")),
        also=(other,) if other else (),
        withdrawn=withdrawn(abstract, comment),
    )
