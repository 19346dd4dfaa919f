"""Hugging Face's daily papers: https://huggingface.co/papers, as JSON and as pages."""

import re
from dataclasses import dataclass
from datetime import date
from json import detect_encoding
from urllib.parse import parse_qs, urljoin, urlsplit

from digest.errors import Changed
from digest.model import Page, Request, Response
from digest.sources.huggingface_entry import PUBLIC, Unreadable
from digest.sources.huggingface_json import Listing, parse, read_array
from digest.sources.huggingface_page import read_page

PER_PAGE = 100
"""Entries per answer: the most that the API grants; without `limit` it gives 50."""

_API = "/api/daily_papers"
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",  # as browsers read it: https://encoding.spec.whatwg.org/#names-and-labels
    "windows-1252": "cp1252",
}
_NEXT = re.compile(r'<([^>]+)>\s*;[^,]*?\brel\s*=\s*"?next\b', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HuggingFaceSettings:
    """`[sources.huggingface]`."""

    url: str = PUBLIC
    """Pages and API hang below it at their public paths."""


class HuggingFace:
    """Daily papers; pure: it says what to ask, and reads what came back."""

    name = "huggingface"

    def __init__(self, url: str = PUBLIC) -> None:
        """`url` is the site, or a mirror of it."""
        self.url = url.rstrip("/")

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

    def read(self, response: Response) -> Page:
        """The papers of an API answer or of a page (of a day, or trending), told by its content.

        `Page.day` is the day that it says it is of, whatever was asked. An empty array is a page
        without papers; everything that is neither is Changed, and so is a list of which more than
        a tenth cannot be read. What was left out stands in `Page.notes`.
        """
        try:
            text = _decoded(response)
            if text.lstrip().startswith("<"):
                listing = read_page(text, response.at)
                return Page(listing.papers, listing.day, notes=listing.notes)
            listing = read_array(parse(text), response.at)
        except Unreadable as fault:
            where = f"{response.url}: {fault.where}" if fault.where else response.url
            raise Changed(where, fault.expected, response.body) from fault
        return Page(listing.papers, listing.day, self._following(response, listing), listing.notes)

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


def _decoded(response: Response) -> str:
    """The text of a body, strictly: a page with broken letters is not what was served."""
    charset = _charset(response)
    try:
        return response.body.decode(charset)
    except UnicodeError as error:
        raise Unreadable(f"text in {charset}, found what is none: {error}") from error


def _charset(response: Response) -> str:
    """By its byte order mark, its header, its own words; else UTF-8."""
    detected = str(detect_encoding(response.body))
    if detected != "utf-8":
        return detected
    header = _CHARSET.search(response.headers.get("content-type", ""))
    meta = _CHARSET.search(response.body[:1024].decode("latin-1"))
    named = next((m[1].lower() for m in (header, meta) if m), "utf-8")
    if named not in _CHARSETS:
        raise Unreadable(f"text in UTF-8, found the charset {named!r}")
    return _CHARSETS[named]
