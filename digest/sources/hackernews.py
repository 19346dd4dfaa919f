"""Hacker News, by Algolia's search (https://hn.algolia.com/api): how much a paper is talked of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each

URL = "https://hn.algolia.com"
MOST = 1_000
"""Hits that one query reaches; pages beyond answer 200 and nothing."""
SINCE = timedelta(days=14)
"""How long before an edition a story may lie."""


@dataclass(frozen=True, slots=True)
class HackerNewsSettings:
    """`[sources.hackernews]`."""

    url: str = URL


class HackerNews(PlainSource):
    """Stories that lead to papers; a signal, so a run asks it only to enrich."""

    name = "hackernews"
    enabled = False

    def __init__(self, url: str = URL) -> None:
        """`url` is the search's host."""
        self.url = url.rstrip("/")

    def first(self, day: date) -> Request:
        """Stories of a day that lead to arXiv."""
        start = datetime.combine(day, time(), UTC)
        return self._stories(start, start + timedelta(days=1))

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterator[Request]:
        """The stories of two weeks: one request, whatever the number of papers."""
        if papers:
            yield self._stories(now - SINCE, now)

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer of the search."""
        return b'"hits"' in body and b'"objectID"' in body

    def take(self, text: str, response: Response) -> Page:
        """Every story, under the day that most of them are of."""
        told = mapping(parse(text))
        if not isinstance(told.get("hits"), list):
            raise Unreadable(f"an array at `hits`, found an object with {list(told)!r:.120}")
        papers, notes = read_each(told["hits"], _story, "hit")
        total = fields.count(told.get("nbHits")) or 0
        if not papers and total:
            raise Unreadable(f"hits of the {total} that it tells of, found none")
        days = Counter(paper.published.date() for paper in papers if paper.published)
        day, times = days.most_common(1)[0] if days else (None, 0)
        lacks = f"{MOST} stories of {total}" if len(papers) >= MOST < total else ""
        return Page(papers, day if times * 2 > len(papers) else None, notes=notes, lacks=lacks)

    def _stories(self, since: datetime, until: datetime) -> Request:
        between = f"created_at_i>={since.timestamp():.0f},created_at_i<{until.timestamp():.0f}"
        params = {
            "query": "arxiv.org",
            "restrictSearchableAttributes": "url",
            "tags": "story",
            "numericFilters": between,
            "hitsPerPage": str(MOST),
        }
        return Request(f"{self.url}/api/v1/search_by_date", params)


def _story(value: object) -> Paper:
    told = mapping(value)
    key, title = fields.text(told.get("objectID")), fields.text(told.get("title"))
    points, comments = fields.count(told.get("points")), fields.count(told.get("num_comments"))
    if not key or not title or points is None:
        raise Unreadable("`objectID`, `title` and `points`, found less")
    there = fields.web_address(told.get("url"))
    counts = {"points": points, "discussion": comments}
    return Paper(
        id=fields.work_at(there) or f"hackernews:{key}",
        title=title,
        url=there or f"https://news.ycombinator.com/item?id={key}",
        published=fields.instant(told.get("created_at")),
        signals=tuple((name, count) for name, count in counts.items() if count is not None),
        sources=("hackernews",),
    )
