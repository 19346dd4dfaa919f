"""The archive: each day and each topic as a page and as feeds, for everybody.

Nothing here is any reader's: what a day held is what would be chosen for somebody without topics,
and a topic what would be chosen for somebody with that one alone.
"""

from collections.abc import Callable, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from digest.mail.characters import one_line
from digest.render.feeds import ATOM, JSON, Feed, Issue, atom, json_feed, unique
from digest.render.languages import Language, language
from digest.render.templates import pages as templates

Result = TypeVar("Result")
FEED_DAYS = 7
"""Days that a feed goes back."""
TOPIC_LONGEST = 80
FRESH = {"cache-control": "public, max-age=300"}


class Shelf(Protocol):
    """What the archive asks an installation for: all of it may take a while."""

    def days(self) -> Sequence[date]:
        """The days that are over and hold papers, newest first."""

    def topics(self) -> Sequence[str]:
        """Topics that the newest papers are about."""

    def issue(self, day: date, locale: str) -> Issue | None:
        """What a day held; None: there is nothing of it."""

    def topic(self, text: str, locale: str) -> Issue | None:
        """What the newest days held on a topic; None: there are no papers at all."""


class Frame(Protocol):
    """What prints pages: `digest.web.site.pages.Pages`."""

    at: str
    """Begins the path of every page."""
    settings: Any
    """With `base_url`, `product` and `locale`."""

    def page(self, request: Request, template: str, status: int = 200, **values: Any) -> Response:
        """A page in the visitor's language."""

    def words(self, request: Request) -> Language:
        """What that is."""

    async def study(self, call: Callable[..., Result], *values: Any) -> Result | None:
        """Something that takes a while; None: too many wait for it already."""


class Archive:
    """`/archive/`, `/topics/`, `/feed.xml` and `/feed.json`."""

    def __init__(self, frame: Frame, shelf: Shelf, environment: Environment | None = None) -> None:
        self._frame, self._shelf = frame, shelf
        self._environment = environment or templates()

    @property
    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/archive/", self.days),
            Route("/archive/{day}/", self.day),
            Route("/topics/", self.topics),
            Route("/topics/{topic}/", self.topic),
            Route("/topics/{topic}/feed.{kind}", self.topic_feed),
            Route("/feed.{kind}", self.feed),
            *(Route(path, _with_slash) for path in ("/archive", "/archive/{day}", "/topics")),
        ]

    async def days(self, request: Request) -> Response:
        """All days."""
        words, at = self._frame.words(request), self._frame.at
        days = await self._frame.study(self._shelf.days)
        pages = [(words.day(day), f"{at}/archive/{day}/") for day in days or ()]
        beside = [(words.gettext("Topics"), f"{at}/topics/")]
        return self._shown(request, "shelf.html", words.gettext("Archive"), pages, beside)

    async def topics(self, request: Request) -> Response:
        """Topics to begin with; any other has a page, too."""
        words, at = self._frame.words(request), self._frame.at
        topics = await self._frame.study(self._shelf.topics)
        pages = [(topic, f"{at}/topics/{quote(topic, '')}/") for topic in topics or ()]
        beside = [(words.gettext("Archive"), f"{at}/archive/")]
        return self._shown(request, "shelf.html", words.gettext("Topics"), pages, beside)

    async def day(self, request: Request) -> Response:
        """One day, and the ways to those before and after it."""
        wanted, words, at = request.path_params["day"], self._frame.words(request), self._frame.at
        days = await self._frame.study(self._shelf.days) or ()
        day = next((day for day in days if str(day) == wanted), None)
        found = await self._frame.study(self._shelf.issue, day, words.tag) if day else None
        if day is None or found is None:
            return self._frame.page(request, "said.html", 404, said="missing")
        beside = [
            (words.short_day(near), f"{at}/archive/{near}/") for near in _around(days, day)
        ] + [(words.gettext("Archive"), f"{at}/archive/")]
        return self._issue(request, words.day(day), found, beside, f"{at}/")

    async def topic(self, request: Request) -> Response:
        """What the newest days held on a topic."""
        text, words, at = _topic(request), self._frame.words(request), self._frame.at
        if not text:
            return self._frame.page(request, "said.html", 404, said="missing")
        found = await self._frame.study(self._shelf.topic, text, words.tag)
        beside = [
            (words.gettext("Topics"), f"{at}/topics/"),
            (words.gettext("Archive"), f"{at}/archive/"),
        ]
        return self._issue(request, text, found, beside, f"{at}/topics/{quote(text, '')}/")

    async def feed(self, request: Request) -> Response:
        """The newest days, in the language of the installation: a feed has one for all."""
        words = language(self._frame.settings.locale)
        days = await self._frame.study(self._shelf.days)
        if days is None:
            return _busy()
        issues = []
        for day in days[:FEED_DAYS]:
            found = await self._frame.study(self._shelf.issue, day, words.tag)
            issues += [found] if found else []
        return self._fed(request, words, "", "archive/", issues)

    async def topic_feed(self, request: Request) -> Response:
        """A topic's newest papers."""
        text, words = _topic(request), language(self._frame.settings.locale)
        if not text:
            return self._frame.page(request, "said.html", 404, said="missing")
        found = await self._frame.study(self._shelf.topic, text, words.tag)
        if found is None:
            return _busy()
        return self._fed(request, words, text, f"topics/{quote(text, '')}/", [found])

    def _fed(
        self, request: Request, words: Language, topic: str, path: str, issues: Sequence[Issue]
    ) -> Response:
        kind = request.path_params["kind"]
        if kind not in {"xml", "json"}:
            return self._frame.page(request, "said.html", 404, said="missing")
        settings = self._frame.settings
        base, folder = settings.base_url.rstrip("/"), path if topic else ""
        feed = Feed(
            title=f"{settings.product}: {topic}" if topic else settings.product,
            about=words.gettext("Papers that are trending and on your topics"),
            home=f"{base}/{path}",
            here=f"{base}/{folder}feed.{kind}",
            language=words.tag,
            entries=unique(issues),
        )
        body = atom(feed, self._environment) if kind == "xml" else json_feed(feed)
        return _kept(request, body, ATOM if kind == "xml" else JSON)

    def _issue(
        self,
        request: Request,
        heading: str,
        issue: Issue | None,
        beside: Sequence[tuple[str, str]],
        feed: str,
    ) -> Response:
        page = self._frame.page(
            request, "archive.html", heading=heading, issue=issue, beside=beside, feed=feed
        )
        page.headers.update(FRESH)
        return page

    def _shown(
        self,
        request: Request,
        template: str,
        heading: str,
        pages: Sequence[tuple[str, str]],
        beside: Sequence[tuple[str, str]],
    ) -> Response:
        page = self._frame.page(request, template, heading=heading, pages=pages, beside=beside)
        page.headers.update(FRESH)
        return page


async def _with_slash(request: Request) -> Response:
    return RedirectResponse(f"{request.url.path}/", 308)


def _topic(request: Request) -> str:
    text = one_line(request.path_params["topic"])
    return text if len(text) <= TOPIC_LONGEST else ""


def _around(days: Sequence[date], day: date) -> list[date]:
    """The day before, and the one after, as far as there are any."""
    place = list(days).index(day)
    return [*days[place + 1 : place + 2], *days[max(place - 1, 0) : place]]


def _busy() -> Response:
    return PlainTextResponse("try again in a minute\n", 503, {"retry-after": "60"})


def _kept(request: Request, body: str, media_type: str) -> Response:
    """A feed, unless who asks has it already (RFC 9110 §13.1.2)."""
    content = body.encode()
    headers = {"etag": f'"{blake2b(content, digest_size=8).hexdigest()}"', **FRESH}
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)
