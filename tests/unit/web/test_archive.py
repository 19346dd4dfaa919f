"""The archive's pages and feeds, over ASGI."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import anyio
import pytest
from example_mails import BASE
from jinja2 import ChoiceLoader, DictLoader
from starlette.applications import Starlette
from starlette.responses import HTMLResponse

from digest.render.examples import Example
from digest.render.feeds import issue
from digest.render.languages import language, negotiated
from digest.render.templates import pages, templates
from digest.web.archive import FEED_DAYS, Archive

TODAY = Example.load("rich-day").selection.day
DAYS = [TODAY - timedelta(days=n) for n in range(9)]
STUB = {
    "web/base.html": "<title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}"
    "{% block main %}{% endblock %}",
    "web/macros.html": "{% macro papers(digest) %}{% for card in digest.cards %}"
    "<h3>{{ card.title }}</h3>{% endfor %}{% endmacro %}",
    "web/said.html": "{{ said }}",
}
PAGES = pages(ChoiceLoader([DictLoader(STUB), templates()]))


@dataclass
class Settings:
    base_url: str = BASE
    product: str = "Paper Digest"
    locale: str = "fr"


class Shelf:
    """A few days of the same example."""

    def __init__(self, papers=True):
        self.papers, self.asked = papers, []

    def days(self):
        return DAYS if self.papers else []

    def topics(self):
        return ["a/b", "LLM agents"]

    def issue(self, day, locale):
        self.asked.append((day, locale))
        example = Example.load("rich-day")
        return issue(example.selection, example.papers, language(locale), "Paper Digest", BASE)

    def topic(self, text, locale):
        self.asked.append((text, locale))
        return self.issue(TODAY, locale) if self.papers else None


class Frame:
    """What the site gives to the archive."""

    at, settings = "/at", Settings()

    def __init__(self, busy=False):
        self.busy = busy

    def page(self, request, template, status=200, **values: Any):
        said = {"language": self.words(request), "at": self.at, "product": "Paper Digest"}
        page = PAGES.get_template(f"web/{template}").render(said | values)
        return HTMLResponse(page, status)

    def words(self, request):
        return negotiated(request.headers.get("accept-language", ""))

    async def study(self, call: Callable[..., Any], *values: Any):
        return None if self.busy else call(*values)


def ask(path, shelf=None, headers=(), busy=False):
    """One GET: status, headers, body."""
    app = Starlette(routes=Archive(Frame(busy), shelf or Shelf(), PAGES).routes)
    raw, query = path.encode(), b""
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "https", "path": path,
        "raw_path": raw, "query_string": query, "root_path": "", "server": ("x", 443),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }  # fmt: skip
    sent: list[Any] = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    anyio.run(lambda: app(scope, receive, send))
    head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], head, b"".join(part.get("body", b"") for part in sent).decode()


def test_the_archive_lists_days_in_the_visitor_s_language():
    status, head, body = ask("/archive/", headers=[("accept-language", "de")])
    assert status == 200
    assert head["cache-control"].startswith("public")
    assert f'<a href="/at/archive/{TODAY}/" dir="auto">Freitag, 21. August 2026</a>' in body
    assert body.count("<li>") == len(DAYS)


def test_a_day_tells_its_papers_and_the_ways_on():
    status, _, body = ask(f"/archive/{DAYS[1]}/")
    assert status == 200
    assert body.count("<h3>") == 10
    assert f"/at/archive/{DAYS[0]}/" in body
    assert f"/at/archive/{DAYS[2]}/" in body
    assert 'href="/at/feed.xml"' in body


@pytest.mark.parametrize("day", ["2019-01-01", "tomorrow", "2026-8-21", "..", "2026-08-21x"])
def test_a_day_that_there_is_not_is_missing(day):
    shelf = Shelf()
    assert ask(f"/archive/{day}/", shelf)[0] == 404
    assert not shelf.asked


def test_topics_have_pages_and_feeds_whatever_they_are_called():
    assert 'href="/at/topics/a%2Fb/"' in ask("/topics/")[2]
    text = "<b> é"
    status, _, body = ask(f"/topics/{text}/")
    assert status == 200
    assert "&lt;b&gt; é" in body
    assert f'href="/at/topics/{quote(text, "")}/feed.xml"' in body
    told = json.loads(ask(f"/topics/{text}/feed.json")[2])
    assert told["title"] == f"Paper Digest: {text}"
    assert told["feed_url"] == f"{BASE}/topics/{quote(text, '')}/feed.json"
    assert ask(f"/topics/{'x' * 81}/")[0] == 404
    assert ask(f"/topics/{'x' * 81}/feed.xml")[0] == 404


def test_feeds_go_back_some_days_in_the_installation_s_language():
    shelf = Shelf()
    status, head, body = ask("/feed.xml", shelf, headers=[("accept-language", "de")])
    assert status == 200
    assert head["content-type"].startswith("application/atom+xml")
    assert [day for day, _ in shelf.asked] == DAYS[:FEED_DAYS]
    assert {locale for _, locale in shelf.asked} == {"fr"}
    assert body.count("<entry>") == 10
    assert json.loads(ask("/feed.json")[2])["language"] == "fr"
    assert ask("/feed.rss")[0] == 404


def test_who_has_a_feed_already_is_told_so():
    tag = ask("/feed.json")[1]["etag"]
    status, _, body = ask("/feed.json", headers=[("if-none-match", tag)])
    assert (status, body) == (304, "")


def test_nothing_known_and_too_many_at_once_are_said():
    assert ask("/archive/", Shelf(papers=False))[0] == 200
    assert ask("/topics/x/", Shelf(papers=False))[0] == 200
    assert ask("/feed.xml", busy=True)[0] == 503
    assert ask("/topics/x/feed.xml", busy=True)[0] == 503
    assert json.loads(ask("/feed.json", Shelf(papers=False))[2])["items"] == []


def test_a_missing_slash_is_added():
    status, head, _ = ask("/archive")
    assert (status, head["location"]) == (308, "/archive/")
