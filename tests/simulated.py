"""A world without a network: two sources, their calendar and their troubles, at HTTP's port."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from digest.clock import FixedClock
from digest.errors import Unreachable
from digest.model import Request, Response, is_weekend
from digest.model.calendar import EASTERN, arxiv_announces, arxiv_window

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PER_DAY = 6
"""Papers that Hugging Face lists under a day; arXiv announces five of its own, and one of these."""
OWN = 5
SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo zu".split()
WORDS = [a + b for a in SYLLABLES for b in SYLLABLES]


def words(day: date, number: int) -> list[str]:
    """What a paper speaks of: few words in all, for quick ranking, and no two papers alike."""
    random = Random(day.toordinal() * 1_000 + number)  # noqa: S311
    return random.sample(WORDS, 14)


def number_of(day: date, number: int) -> str:
    return f"{day:%y%m}.{day.day:02}{number:03}"


@cache
def entry(day: date, number: int) -> dict[str, object]:
    """A paper as Hugging Face's API tells it, without votes."""
    said = words(day, number)
    return {
        "id": number_of(day, number),
        "title": " ".join(said[:7]),
        "summary": " ".join(said[7:]) + ".",
        "authors": [{"name": f"A. Author{number}"}],
        "publishedAt": f"{day}T00:00:00.000Z",
        "submittedOnDailyAt": f"{day}T00:00:00.000Z",
    }


Trouble = Callable[[str, date, datetime], bytes | None]
"""What a source answers instead, asked for a day at an instant: a body; None for what is right."""


@dataclass
class World:
    """What the sources answer at the clock's instant; `asked` counts requests."""

    clock: FixedClock
    troubles: list[tuple[datetime, datetime, Trouble]] = field(default_factory=list)
    asked: list[tuple[datetime, str]] = field(default_factory=list)

    def trouble(self, first: datetime, last: datetime, what: Trouble) -> None:
        """From one instant to another, something else is answered."""
        self.troubles.append((first, last, what))

    def fetch(self, request: Request) -> Response:
        """`ports.Fetcher`."""
        now = self.clock.now()
        self.asked.append((now, request.url))
        source = "arxiv" if "arxiv" in request.url else "huggingface"
        day = self._day(source, request, now)
        way = source if source == "huggingface" or "/rss/" in request.url else "arxiv's API"
        for first, last, what in self.troubles:
            if first <= now < last and (body := what(way, day, now)) is not None:
                return Response(request.url, body, now)
        return Response(_url(request), self._right(source, request, day, now), now)

    def _day(self, source: str, request: Request, now: datetime) -> date:
        if source == "huggingface":
            return date.fromisoformat(request.params.get("date") or request.url[-10:])
        if "/rss/" in request.url:
            return now.astimezone(ZoneInfo(EASTERN)).date()
        if request.params.get("from"):
            return date.fromisoformat(request.params["from"])
        if "/list/" in request.url:
            raise Unreachable(f"{request.url}: answered 503")
        until = request.params["search_query"].rpartition(" TO ")[2][:12]
        end = datetime.strptime(until, "%Y%m%d%H%M").replace(tzinfo=UTC)
        days = (end.date() + n * DAY for n in range(6))
        return next(d for d in days if arxiv_announces(d) and arxiv_window(d)[1] == end)

    def _right(self, source: str, request: Request, day: date, now: datetime) -> bytes:
        if source == "huggingface":
            return listing(day, now)
        if "/rss/" in request.url:
            return feed(day, announced(day) if arxiv_announces(day) else [])
        if "/oai" in request.url:
            raise Unreachable(f"{request.url}: answered 503")
        return answer(request.params["search_query"], announced(day), now)


def _url(request: Request) -> str:
    return request.url + "?" + "&".join(f"{k}={v}" for k, v in request.params.items())


def share(day: date, now: datetime) -> int:
    """How many of a day's papers are listed by now: they come through the day."""
    if is_weekend(day):
        return 0
    hours = (now - datetime.combine(day, time(), UTC)) / HOUR
    return max(0, min(PER_DAY, int(hours * PER_DAY / 20)))


def listing(day: date, now: datetime) -> bytes:
    """The API's answer for a day; votes grow."""
    hours = max(0.0, (now - datetime.combine(day, time(), UTC)) / HOUR)
    papers = [entry(day, n) | {"upvotes": int(n + hours * n / 10)} for n in range(share(day, now))]
    return json.dumps([{"paper": paper, "numComments": 0} for paper in papers]).encode()


def announced(day: date) -> list[tuple[date, int]]:
    """What arXiv announces: five papers of its own, and one that Hugging Face lists, too."""
    own = [(day, 100 + n) for n in range(OWN)]
    return own if is_weekend(day) else [*own, (day, 0)]


def feed(day: date, papers: list[tuple[date, int]]) -> bytes:
    """An RSS feed of a day."""
    at = f"{day:%a, %d %b %Y} 00:00:00 -0400"
    items = "".join(
        f"<item><title>{entry(*p)['title']}</title>"
        f"<description>arXiv:{number_of(*p)}v1 Announce Type: new \nAbstract: "
        f"{entry(*p)['summary']}"
        f'</description><guid isPermaLink="false">oai:arXiv.org:{number_of(*p)}v1</guid>'
        f"<category>cs.LG</category><pubDate>{at}</pubDate>"
        f"<dc:creator>A. Author{p[1]}</dc:creator></item>"
        for p in papers
    )
    return (
        '<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>'
        f"<title>cs.LG updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.LG</link>"
        f"<pubDate>{at}</pubDate>{items}</channel></rss>"
    ).encode()


def answer(query: str, papers: list[tuple[date, int]], now: datetime) -> bytes:
    """An answer of the API."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{number_of(*p)}v1</id><title>{entry(*p)['title']}</title>"
        f"<summary>{entry(*p)['summary']}</summary>"
        f"<author><name>A. Author{p[1]}</name></author></entry>"
        for p in papers
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
        "<id>http://arxiv.org/api/x</id>"
        f"<title>arXiv Query: search_query={query}&amp;id_list=</title>"
        f"<updated>{now.isoformat()}</updated><o:itemsPerPage>500</o:itemsPerPage>"
        f"<o:totalResults>{len(papers)}</o:totalResults><o:startIndex>0</o:startIndex>{entries}</feed>"
    ).encode()


def listed(first: date, last: date) -> set[str]:
    """Every paper that either source lists from one day to another, by id."""
    days = [first + n * DAY for n in range((last - first).days + 1)]
    hub = {(d, n) for d in days if not is_weekend(d) for n in range(PER_DAY)}
    own = {paper for d in days if arxiv_announces(d) for paper in announced(d)}
    return {f"arxiv:{number_of(*paper)}" for paper in hub | own}


def busy(source: str) -> Trouble:
    """429 to everything that a source is asked."""

    def what(asked: str, day: date, now: datetime) -> bytes | None:
        if asked.startswith(source) or source == "*":
            raise Unreachable(f"{asked}: answered 429 Too Many Requests (asked 5 times)")
        return None

    return what


def changed(asked: str, day: date, now: datetime) -> bytes | None:
    """Another shape, from the API and the page alike."""
    return b'{"papers": [{"identifier": "1"}]}' if asked == "huggingface" else None


def stale(asked: str, day: date, now: datetime) -> bytes | None:
    """arXiv's feed serves the papers of the day before under today's date, and its API is busy."""
    if asked == "arxiv's API":
        raise Unreachable(f"{asked}: answered 429 Too Many Requests (asked 5 times)")
    before = day - DAY
    while not arxiv_announces(before):
        before -= DAY
    return feed(day, announced(before)) if asked == "arxiv" else None
