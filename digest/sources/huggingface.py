"""Hugging Face's daily papers: https://huggingface.co/papers, as JSON and as pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qs, urljoin, urlsplit

from digest.model import Page, Paper, Request, Response, is_weekend
from digest.sources.huggingface_entry import PUBLIC
from digest.sources.huggingface_json import Listing, read_array
from digest.sources.huggingface_page import read_page
from digest.sources.huggingface_paper import read_answer
from digest.sources.plain import PlainSource
from digest.sources.reading import parse

MOST_ASKED = 20
"""Papers of a day that are asked about one by one."""

PER_PAGE = 100
"""Entries per answer: the most that the API grants; without `limit` it gives 50."""

_API = "/api/daily_papers"
_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*?\brel\s*=\s*"?next\b', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HuggingFaceSettings:
    """`[sources.huggingface]`."""

    url: str = PUBLIC
    """Pages and API hang below it at their public paths."""


class HuggingFace(PlainSource):
    """Daily papers; pure: it says what to ask, and reads what came back."""

    name = "huggingface"

    def __init__(self, url: str = PUBLIC) -> None:
        """`url` is the site, or a mirror of it."""
        self.url = url.rstrip("/")

    def expects(self, day: date) -> bool:
        """Nothing is listed under a Saturday or Sunday."""
        return not is_weekend(day)

    def first(self, day: date) -> Request:
        """The API's first answer for a day; later ones follow as `Page.next`."""
        return Request(self.url + _API, {"date": day.isoformat(), "limit": str(PER_PAGE)})

    def fallbacks(self, day: date) -> tuple[Request, ...]:
        """The day's page for people, at its address of today and at the one before."""
        page = f"{self.url}/papers"
        return Request(f"{page}/date/{day.isoformat()}"), Request(page, {"date": day.isoformat()})

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like a page or an answer of Hugging Face, or was one."""
        start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"["):
            return b'"paper"' in body or not start.strip(b"[] \r\n\t")
        if start.startswith(b"{"):
            return b'"dailyPapers"' in body
        return start.startswith(b"<") and (b"huggingface" in body or b"DailyPapers" in body)

    def take(self, text: str, response: Response) -> Page:
        """The papers of an API answer or of a page (of a day, or trending), told by its content.

        `Page.day` is the day that it says it is of, whatever was asked. An empty array is a page
        without papers; everything that is neither is Changed, and so is a list of which more than
        a tenth cannot be read. What was left out stands in `Page.notes`.
        """
        if text.lstrip().startswith("<"):
            listing = read_page(text, response.at)
            return _page(listing)
        value = parse(text)
        if alone := read_answer(value, response.at):
            return _page(alone)
        listing = read_array(value, response.at)
        return Page(listing.papers, listing.day, self._following(response, listing), listing.notes)

    def period(self, written: str) -> Request:
        """The API's first answer for a week (`2026-W31`) or a month (`2026-07`)."""
        kind = "week" if "W" in written else "month"
        return Request(self.url + _API, {kind: written, "limit": str(PER_PAGE)})

    def trending(self) -> Request:
        """The page of what trends there, whatever its day."""
        return Request(f"{self.url}/papers/trending")

    def search(self, words: str) -> Request:
        """The page of what is found for some words; more than 250 characters are not read."""
        return Request(f"{self.url}/papers", {"q": words[:250]})

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterator[Request]:
        """The API's answers about the papers with most votes: models, datasets, Spaces."""
        for paper in [p for p in papers if p.id.startswith("arxiv:")][:MOST_ASKED]:
            yield Request(f"{self.url}/api/papers/{paper.id[6:]}")

    def _following(self, response: Response, listing: Listing) -> Request | None:
        """The next page: the one that `Link` names (RFC 8288 §3), else after a full one the next.

        A `Link` that leads elsewhere than to this API is not followed.
        """
        address = urlsplit(response.url)
        if not address.path.endswith(_API) or not listing.papers:
            return None
        link = _NEXT.search(response.headers.get("link", ""))
        if link:
            url = urljoin(response.url, link[1])
            return Request(url) if url.startswith(f"{self.url}{_API}?") else None
        asked = parse_qs(address.query)
        if len(listing.papers) < PER_PAGE or asked.get("limit") != [str(PER_PAGE)]:
            return None
        page = int(asked.get("p", ["0"])[-1]) + 1
        params = {name: values[-1] for name, values in asked.items()} | {"p": str(page)}
        return Request(self.url + _API, params)


def _page(listing: Listing) -> Page:
    return Page(listing.papers, listing.day, notes=listing.notes, lacks=listing.lacks)
