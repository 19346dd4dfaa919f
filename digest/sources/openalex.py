"""OpenAlex (https://docs.openalex.org): works of journals by topic. From documentation."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each

URL = "https://api.openalex.org"


@dataclass(frozen=True, slots=True)
class OpenAlexSettings:
    """`[sources.openalex]`."""

    url: str = URL
    query: str = ""
    """What titles and abstracts are searched for; with none, a run does not ask it."""


class OpenAlex(PlainSource):
    """What appeared on a day and is found for a query."""

    name = "openalex"

    def __init__(self, url: str = URL, query: str = "") -> None:
        """`url` is the API's host."""
        self.url, self.query, self.enabled = url.rstrip("/"), query, bool(query)

    def first(self, day: date) -> Request:
        """The first page, by cursor."""
        wanted = f"from_publication_date:{day},to_publication_date:{day}"
        if self.query:
            wanted += f",title_and_abstract.search:{self.query.replace(',', ' ')}"
        return self._page(wanted, "*")

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like a list of works."""
        return b"openalex.org/W" in body and b'"results"' in body

    def take(self, text: str, response: Response) -> Page:
        """One page of works."""
        told = mapping(parse(text))
        if not isinstance(told.get("results"), list):
            raise Unreadable(f"an array at `results`, found {list(told)!r:.120}")
        papers, notes = read_each(told["results"], _paper, "work")
        cursor = (told.get("meta") or {}).get("next_cursor")
        wanted = parse_qs(urlsplit(response.url).query).get("filter", [""])[0]
        more = papers and cursor and wanted and response.url.startswith(self.url)
        return Page(papers, None, self._page(wanted, str(cursor)) if more else None, notes)

    def _page(self, wanted: str, cursor: str) -> Request:
        return Request(f"{self.url}/works", {"filter": wanted, "per-page": "200", "cursor": cursor})


def _paper(value: object) -> Paper:
    told = mapping(value)
    own = fields.text(told.get("id")).rpartition("/")[2]
    title = fields.text(told.get("title") or told.get("display_name"))
    if not own or not title:
        raise Unreadable("`id` and `title`, found less")
    place = fields.held(told.get("primary_location"))
    ids = [
        fields.work_at(fields.web_address(place.get("landing_page_url"))),
        fields.doi(told.get("doi")),
    ]
    known = list(dict.fromkeys([*filter(None, ids), f"openalex:{own}"]))
    named = (fields.held(a).get("author") for a in fields.listed(told.get("authorships")))
    people = [fields.held(author) for author in named]
    return Paper(
        id=known[0],
        title=title,
        also=tuple(known[1:]),
        abstract=_abstract(told.get("abstract_inverted_index")),
        authors=tuple(filter(None, (fields.text(p.get("display_name")) for p in people))),
        url=fields.web_address(told.get("doi")) or fields.web_address(told.get("id")),
        pdf=fields.web_address(place.get("pdf_url")),
        venue=fields.text(fields.held(place.get("source")).get("display_name")),
        published=fields.instant(told.get("publication_date")),
        signals=(("citations", fields.count(told.get("cited_by_count")) or 0),),
        sources=("openalex",),
    )


def _abstract(index: object) -> str:
    """An abstract of an inverted index: each word with its places."""
    if not isinstance(index, dict):
        return ""
    places = ((at, word) for word, held in index.items() if isinstance(held, list) for at in held)
    return fields.text(
        " ".join(word for _, word in sorted(p for p in places if isinstance(p[0], int)))
    )
