"""Crossref (https://api.crossref.org): journal articles by topic. From documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.markup import plain
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each

URL = "https://api.crossref.org"


@dataclass(frozen=True, slots=True)
class CrossrefSettings:
    """`[sources.crossref]`."""

    url: str = URL
    query: str = ""
    """What is searched for; with none, a run asks it only for journals."""
    journals: tuple[str, ...] = ()
    """ISSNs, "1476-4687"; with neither, a run does not ask it."""


class Crossref(PlainSource):
    """What was registered on a day in some journals, or is found for a query."""

    name = "crossref"

    def __init__(self, url: str = URL, query: str = "", journals: Sequence[str] = ()) -> None:
        """`url` is the API's host."""
        self.url, self.query, self.journals = url.rstrip("/"), query, tuple(journals)
        self.enabled = bool(query or journals)

    def first(self, day: date) -> Request:
        """As many as one answer holds; a day of some journals is less."""
        wanted = [f"from-created-date:{day}", f"until-created-date:{day}"]
        wanted += [f"issn:{journal}" for journal in self.journals]
        params = {"filter": ",".join(wanted), "rows": "1000"}
        return Request(f"{self.url}/works", params | ({"query": self.query} if self.query else {}))

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like a list of works."""
        return b'"message-type"' in body and b'"work-list"' in body

    def take(self, text: str, response: Response) -> Page:
        """The works of an answer."""
        message = mapping(mapping(parse(text)).get("message"), "an object at `message`")
        if not isinstance(message.get("items"), list):
            raise Unreadable(f"an array at `message.items`, found {list(message)!r:.120}")
        papers, notes = read_each(message["items"], _paper, "item")
        total = fields.count(message.get("total-results")) or 0
        lacks = (
            f"{len(papers)} of {total} works" if len(message["items"]) < min(total, 1000) else ""
        )
        return Page(papers, None, notes=notes, lacks=lacks)


def _first(told: dict[str, Any], name: str) -> str:
    held = told.get(name)
    return fields.text(held[0]) if isinstance(held, list) and held else ""


def _paper(value: object) -> Paper:
    told = mapping(value)
    doi, title = fields.doi(told.get("DOI")), _plain(_first(told, "title"))
    if not doi or not title:
        raise Unreadable("`DOI` and `title`, found less")
    people = [p for p in told.get("author") or [] if isinstance(p, dict)]
    return Paper(
        id=doi,
        title=title,
        abstract=_plain(fields.text(told.get("abstract"))),
        authors=tuple(filter(None, map(_name, people))),
        url=fields.web_address(told.get("URL")),
        venue=_first(told, "container-title"),
        published=_date(told.get("issued")),
        signals=(("citations", fields.count(told.get("is-referenced-by-count")) or 0),),
        sources=("crossref",),
    )


def _name(person: dict[str, Any]) -> str:
    return fields.text(f"{person.get('given') or ''} {person.get('family') or ''}")


def _plain(written: str) -> str:
    return plain(written) if "<" in written else written


def _date(held: object) -> datetime | None:
    try:
        year, month, day = ([*held["date-parts"][0], 1, 1])[:3]  # type: ignore[index]
        return datetime(year, month, day, tzinfo=UTC)
    except (TypeError, KeyError, IndexError, ValueError):
        return None
