"""Any RSS, Atom or JSON feed that is named in digest.toml: each is a source of its own."""

from calendar import timegm
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.markup import plain
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each


@dataclass(frozen=True, slots=True)
class FeedsSettings:
    """`[sources.feeds]`."""

    urls: tuple[str, ...] = ()
    """Feeds, each an http(s) URL."""


class Feeds(PlainSource):
    """The feeds of an installation; read one, it stands for any of them."""

    name = "feeds"
    rolling = True
    """An answer holds the newest entries, of whatever days."""

    def __init__(self, urls: Sequence[str] = ()) -> None:
        """`urls`: the feeds; none: it is asked nothing."""
        self.urls, self.enabled = tuple(urls), bool(urls)

    def each(self) -> list["Feeds"]:
        """A source for every feed, so that one which fails does not hide the others."""
        return [_Feed(url) for url in self.urls]

    def first(self, day: date) -> Request:
        """The feed itself."""
        return Request(self.urls[0] if self.urls else "")

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like a feed that is nobody else's."""
        start = body[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
        ours = (
            b"arxiv.org/schemas" not in body[:2000] and b"huggingface.co/papers" not in body[:2000]
        )
        marks = (b"<rss", b"<feed", b"<rdf:RDF", b"jsonfeed.org/version")
        return ours and any(mark in start for mark in marks)

    def take(self, text: str, response: Response) -> Page:
        """Every entry, each under its own day."""
        made, entries = _json(text) if text.lstrip().startswith("{") else _parsed(text)
        papers, notes = read_each(entries, lambda entry: _paper(entry, self.name), "entry")
        return Page(papers, made if not papers else None, notes=notes)


class _Feed(Feeds):
    """One of them, under a name of its own."""

    def __init__(self, url: str) -> None:
        super().__init__((url,))
        parts = urlsplit(url)
        self.name = f"feeds:{parts.netloc}{parts.path}".rstrip("/")[:80]


def _json(text: str) -> tuple[date | None, list[dict[str, Any]]]:
    """Items of a JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), in feedparser's names."""
    told = mapping(parse(text))
    if "jsonfeed.org/version" not in str(told.get("version")) or not isinstance(
        told.get("items"), list
    ):
        raise Unreadable(f"a JSON Feed, found an object with {list(told)!r:.120}")
    return None, [_renamed(mapping(item)) for item in told["items"]]


def _renamed(item: dict[str, Any]) -> dict[str, Any]:
    people = fields.listed(item.get("authors"))
    return {
        "id": item.get("id"),
        "title": item.get("title"),
        "link": item.get("url") or item.get("external_url"),
        "summary": item.get("content_html") or item.get("content_text") or item.get("summary"),
        "authors": [person for person in people if isinstance(person, dict)],
        "at": fields.instant(item.get("date_published") or item.get("date_modified")),
    }


def _parsed(text: str) -> tuple[date | None, list[dict[str, Any]]]:
    if "<!ENTITY" in text or "<" not in text:
        raise Unreadable("a feed, found none")
    import feedparser

    found = feedparser.parse(
        text.encode(), response_headers={"content-type": "text/xml; charset=utf-8"}
    )
    if not found.get("version") or found.get("bozo"):
        raise Unreadable(
            f"a whole RSS or Atom feed, found {found.get('bozo_exception', 'none')!s:.120}"
        )
    return None, [{**entry, "at": _instant(entry)} for entry in found.entries]


def _instant(entry: Any) -> datetime | None:
    told = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime.fromtimestamp(timegm(told), UTC) if told else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _paper(entry: dict[str, Any], source: str) -> Paper:
    title, link = _plain(entry.get("title")), fields.web_address(entry.get("link"))
    own = fields.text(entry.get("id")) or link
    if not title or not own:
        raise Unreadable("a title and an id or a link, found less")
    at = entry.get("at")
    told = [fields.doi(entry.get(name)) for name in ("prism_doi", "dc_identifier", "id")]
    ids = [
        *filter(None, [fields.work_at(link), *told]),
        f"feeds:{sha256(own.encode()).hexdigest()[:16]}",
    ]
    return Paper(
        id=ids[0],
        title=title,
        also=tuple(dict.fromkeys(ids[1:])),
        abstract=_plain(entry.get("summary")),
        authors=tuple(_people(entry)),
        url=link,
        published=at,
        day=at.date() if at else None,
        sources=(source,),
    )


def _people(entry: dict[str, Any]) -> Iterator[str]:
    people = entry.get("authors") or ([{"name": entry["author"]}] if entry.get("author") else [])
    for person in people:
        yield from filter(None, (fields.text(n) for n in str(person.get("name") or "").split(";")))


def _plain(value: object) -> str:
    written = value if isinstance(value, str) else ""
    return plain(written)
