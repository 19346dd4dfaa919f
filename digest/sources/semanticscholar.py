"""Semantic Scholar's Graph API: TL;DR, venue and citations of known papers; lists for a query."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from digest.errors import Unreachable
from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each, shown

URL = "https://api.semanticscholar.org"
PACE = 1.1
"""Seconds: a key grants one request a second."""
BATCH = 500
"""Ids that one request may name."""
FIELDS = "externalIds,title,venue,citationCount,influentialCitationCount,tldr"
LISTED = FIELDS + ",abstract,authors,publicationDate,openAccessPdf"
SINGLE = "an answer about single papers, not the list of a day"


@dataclass(frozen=True, slots=True)
class SemanticScholarSettings:
    """`[sources.semanticscholar]`."""

    url: str = URL
    key: str = field(default="", repr=False)
    """Optional; without one the anonymous pool is shared with everybody."""
    query: str = ""
    """What a day is asked for; with none, it is not asked for lists."""


class SemanticScholar(PlainSource):
    """A source when it is given a query, and an enrichment; pure."""

    name = "semanticscholar"

    def __init__(self, url: str = URL, key: str = "", query: str = "") -> None:
        """`key` is the API key, if there is one."""
        self.url, self.query, self.enabled = url.rstrip("/") + "/graph/v1/paper", query, bool(query)
        self._headers = {"x-api-key": key} if key else {}

    def first(self, day: date) -> Request:
        """What was published on a day and is found for the query."""
        params = {"query": self.query or "learning", "publicationDateOrYear": f"{day}:{day}"}
        params |= {"fields": LISTED, "limit": "100", "offset": "0"}
        return Request(f"{self.url}/search", params, self._headers, pace=PACE)

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterator[Request]:
        """What enriches papers: batches of those that it can know."""
        ids = [_asked(p) for p in papers if _asked(p)]
        for some in _batched(ids, BATCH):
            body = json.dumps({"ids": some}).encode()
            headers = {**self._headers, "Content-Type": "application/json"}
            yield Request(f"{self.url}/batch", {"fields": FIELDS}, headers, body, PACE)

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer, or one kept with its URL."""
        return b"api.semanticscholar.org/" in body or b'"paperId"' in body[:200_000]

    def take(self, text: str, response: Response) -> Page:
        """The papers of a search or a batch, also of several that were kept together."""
        return self._read(parse(text), response)

    def _read(self, value: object, response: Response) -> Page:
        if kept := _kept_answers(value):
            pages = [self._read(parse(_body(each, response)), response) for each in kept]
            return _joined(pages, fields.mail_date(kept[0].get("date")))
        if isinstance(value, list):
            known = [each for each in value if each is not None]
            papers, notes = read_each(known, lambda each: _paper(each, ""), "entry")
            return Page(papers, None, notes=notes, lacks=SINGLE)
        told = mapping(value)
        if "error" in told or "message" in told:
            raise Unreachable(f"{response.url}: answered {fields.text(told.get('error'))!r:.200}")
        if "data" not in told and told.get("total") != 0:
            raise Unreadable(f"an array at `data`, found an object with {list(told)!r:.120}")
        return self._searched(told, response)

    def _searched(self, told: Mapping[str, Any], response: Response) -> Page:
        data = told.get("data", [])
        if not isinstance(data, list):
            raise Unreadable(f"an array at `data`, found {shown(data)}")
        total, start = (fields.count(told.get(n)) or 0 for n in ("total", "offset"))
        if not data and total > start:
            raise Unreadable(f"entries of the {total} that it tells of, found none")
        papers, notes = read_each(data, lambda each: _paper(each, "title"), "entry")
        following = fields.count(told.get("next"))
        request = None
        if following and response.url.startswith(f"{self.url}/search?"):
            query = response.url.partition("&offset=")[0]
            request = Request(f"{query}&offset={following}", {}, self._headers, pace=PACE)
        return Page(papers, None, request, notes)


def _batched(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    yield from (list(ids[n : n + size]) for n in range(0, len(ids), size))


def _kept_answers(value: object) -> list[Mapping[str, Any]]:
    """Answers that were kept with their URLs; none for an answer itself."""
    kept: list[Mapping[str, Any]] = [
        each for each in fields.listed(value) if isinstance(each, dict)
    ]
    return kept if all("body" in each and "url" in each for each in kept) else []


def _body(each: Mapping[str, Any], response: Response) -> str:
    if each.get("status") != 200:
        problem = f"Semantic Scholar answered {each.get('status')}: {each.get('body')!r:.120}"
        error, at = Unreachable(f"{response.url}: {problem}"), fields.mail_date(each.get("date"))
        error.day = at.date() if at else None
        raise error
    return str(each["body"])


def _joined(pages: Sequence[Page], at: datetime | None) -> Page:
    papers = {paper.id: paper for page in pages for paper in page.papers}
    notes = tuple(note for page in pages for note in page.notes)
    day = at.astimezone(UTC).date() if at else None
    return Page(tuple(papers.values()), day, notes=notes, lacks=pages[0].lacks)


def _asked(paper: Paper) -> str:
    for id_ in (paper.id, *paper.also):
        kind, _, key = id_.partition(":")
        if kind in {"arxiv", "doi"}:
            return f"{kind.upper() if kind == 'doi' else 'ARXIV'}:{key}"
    return ""


def _paper(value: object, needed: str) -> Paper:
    told = mapping(value)
    own, title = fields.text(told.get("paperId")), fields.text(told.get("title"))
    if not own or (needed and not title):
        raise Unreadable("`paperId` and `title`, found less")
    external = fields.held(told.get("externalIds"))
    arxiv, doi = fields.arxiv_id(external.get("ArXiv")), fields.doi(external.get("DOI"))
    ids = [f"arxiv:{arxiv}" if arxiv else "", doi, f"semanticscholar:{own}"]
    known = list(dict.fromkeys(filter(None, ids)))
    names = (fields.text(fields.held(p).get("name")) for p in fields.listed(told.get("authors")))
    counts = {
        "citations": fields.count(told.get("citationCount")),
        "influential citations": fields.count(told.get("influentialCitationCount")),
    }
    return Paper(
        id=known[0],
        title=title,
        also=tuple(known[1:]),
        abstract=fields.text(told.get("abstract")),
        authors=tuple(filter(None, names)),
        url=fields.web_address(told.get("url")) or f"https://www.semanticscholar.org/paper/{own}",
        summary=fields.text(fields.held(told.get("tldr")).get("text")),
        pdf=fields.web_address(fields.held(told.get("openAccessPdf")).get("url")),
        venue=fields.text(told.get("venue")),
        published=fields.instant(told.get("publicationDate")),
        signals=tuple((name, count) for name, count in counts.items() if count is not None),
        sources=("semanticscholar",),
    )
