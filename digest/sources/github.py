"""GitHub (https://docs.github.com/rest): stars of papers' repositories. From documentation.

Each run's count is kept, so what a repository gained in a day follows from two of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse

URL = "https://api.github.com"
MOST, MOST_WITH_TOKEN = 40, 500
"""Repositories that one run asks about: 60 requests an hour are free, 5,000 with a token."""
_REPOSITORY = re.compile(r"https://github\.com/([^/]+/[^/]+)")


@dataclass(frozen=True, slots=True)
class GitHubSettings:
    """`[sources.github]`."""

    url: str = URL
    token: str = field(default="", repr=False)
    """Optional."""


class GitHub(PlainSource):
    """An enrichment; nothing is listed by it."""

    name = "github"
    enabled = False

    def __init__(self, url: str = URL, token: str = "") -> None:
        """`url` is the API's host."""
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/vnd.github+json"}
        self._headers |= {"Authorization": f"Bearer {token}"} if token else {}
        self._most = MOST_WITH_TOKEN if token else MOST
        self._asked: dict[str, Paper] = {}

    def first(self, day: date) -> Request:
        """Whether it answers at all."""
        return Request(f"{self.url}/rate_limit", {}, self._headers)

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterator[Request]:
        """The repositories of the papers with most votes."""
        coded = {m[1].lower(): p for p in papers if (m := _REPOSITORY.fullmatch(p.code))}
        self._asked = coded
        for name in list(coded)[: self._most]:
            yield Request(f"{self.url}/repos/{name}", {}, self._headers)

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer about a repository."""
        return b'"stargazers_count"' in body and b'"full_name"' in body

    def take(self, text: str, response: Response) -> Page:
        """The paper whose repository it is, with its stars; none when nobody asked for it."""
        told = mapping(parse(text))
        stars = fields.count(told.get("stargazers_count"))
        name = fields.text(told.get("full_name")).lower()
        if stars is None or "/" not in name:
            raise Unreadable("`full_name` and `stargazers_count`, found less")
        paper = self._asked.get(name)
        held = () if paper is None else (_starred(paper.id, stars, response.at),)
        return Page(held, None, lacks="an answer about a repository, not the list of a day")


def _starred(id_: str, stars: int, at: datetime) -> Paper:
    return Paper(id_, "", stars=stars, observed=at, signals=(("stars", stars),))
