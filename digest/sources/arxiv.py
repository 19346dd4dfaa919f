"""arXiv: its feeds, its API, its OAI-PMH answers and, when all else fails, its listing pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from digest.model import Page, Request, Response
from digest.model.calendar import arxiv_announces
from digest.sources import arxiv_api, arxiv_feed, arxiv_listing, arxiv_oai
from digest.sources.plain import PlainSource

PACE = 3.0
"""Seconds between two requests, over all machines, one connection at a time
(https://info.arxiv.org/help/api/tou.html)."""

SOME = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
"""What is asked for when arXiv is named on the command line and no category is set."""


RSS, API = "https://rss.arxiv.org", "https://export.arxiv.org"
OAI, WEB = "https://oaipmh.arxiv.org", "https://arxiv.org"


@dataclass(frozen=True, slots=True)
class ArxivSettings:
    """`[sources.arxiv]`."""

    rss_url: str = RSS
    api_url: str = API
    oai_url: str = OAI
    web_url: str = WEB
    """Where the listing pages are."""
    categories: tuple[str, ...] = ()
    """Categories as arXiv writes them, "cs.LG"; with none, a run does not ask arXiv."""


class Arxiv(PlainSource):
    """New papers of some categories; pure: it says what to ask, and reads what came back."""

    name = "arxiv"

    def __init__(
        self,
        rss_url: str = RSS,
        api_url: str = API,
        oai_url: str = OAI,
        web_url: str = WEB,
        categories: Sequence[str] = (),
    ) -> None:
        """The URLs are the hosts, or mirrors of them; their public paths hang below."""
        self._rss, self._api = rss_url.rstrip("/"), api_url.rstrip("/")
        self._oai, self._web = oai_url.rstrip("/"), web_url.rstrip("/")
        self.enabled = bool(categories)
        self.categories = tuple(categories) or SOME

    def expects(self, day: date) -> bool:
        """Whether arXiv announces anything on a day."""
        return arxiv_announces(day)

    def first(self, day: date) -> Request:
        """All categories in one feed; it holds one day, so for a past one it tells of another."""
        return Request(f"{self._rss}/rss/{'+'.join(self.categories)}", pace=PACE)

    def fallbacks(self, day: date) -> tuple[Request, ...]:
        """The API over the hours that the day announces; OAI-PMH; the newest listing page."""
        listing = f"{self._web}/list/{self.categories[0]}/new"
        return (
            arxiv_api.asked(self._api, self.categories, day, PACE),
            arxiv_oai.asked(self._oai, self.categories, day, PACE),
            *([Request(listing, pace=PACE)] if len(self.categories) == 1 else []),
        )

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer of arXiv."""
        head = body[:4096].replace(b"\0", b"")
        if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
            empty = not body.strip(b"[] \r\n\t")
            return empty or b"arxiv.org/api/query" in head or b"oai:arXiv.org" in body
        marks = (
            b"rss.arxiv.org",
            b"arxiv.org/api",
            b"oai:arXiv.org",
            b"arxiv.org/oai",
            b"//arxiv.org/",
        )
        return any(mark in body[:200_000].replace(b"\0", b"") for mark in marks) and (
            b"huggingface" not in body[:200_000]
        )

    def take(self, text: str, response: Response) -> Page:
        """The papers of a feed, an API or OAI-PMH answer or a listing page, told by its content.

        Raises Changed for anything else, Unreachable for an answer that is an error of arXiv's.
        """
        start = text.lstrip("\ufeff \r\n\t")
        if start.startswith("{"):
            return arxiv_api.read_envelope(start, response)
        if start.startswith("["):
            return arxiv_feed.read_rewritten(start)
        if arxiv_listing.is_listing(start):
            return arxiv_listing.read(start)
        if "OAI-PMH" in start[:2000] or start.startswith("<record"):
            return arxiv_oai.read(start, response, PACE)
        if arxiv_api.is_answer(start):
            return arxiv_api.read(start, response, PACE)
        return arxiv_feed.read(start)
