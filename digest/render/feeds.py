"""Editions that everybody may read, as feeds: Atom (RFC 4287) and JSON Feed 1.1.

Both say the same, in the same order, and hold no token: a feed is passed on.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import quote, urlsplit

from jinja2 import Environment, TemplateError

from digest.model import Card, Digest, Paper, Selection
from digest.render import wording
from digest.render.card import card
from digest.render.compose import public
from digest.render.hostile import plain
from digest.render.languages import Language
from digest.render.templates import explained

AUTHORS = 20
"""Authors that an entry names."""
ATOM, JSON = "application/atom+xml", "application/feed+json"
"""Media types."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of a feed. All text is plain."""

    id: str
    """A tag URI (RFC 4151): it stays, wherever the site moves to a page of another name."""
    url: str
    title: str
    summary: str
    note: str
    """Why it is there: the topic that it matches, votes."""
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    updated: str
    """The end of its day, RFC 3339."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What one day held, for everybody or on one topic."""

    day: date
    digest: Digest
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands at the head of a feed."""

    title: str
    about: str
    home: str
    """The page that says the same."""
    here: str
    """The feed's own address."""
    language: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> str:
        """When its newest entry came; the beginning of time when it has none (RFC 4287 §4.1.1)."""
        return max((entry.updated for entry in self.entries), default="1970-01-01T00:00:00Z")


def issue(
    selection: Selection,
    papers: Mapping[str, Paper],
    words: Language,
    product: str,
    base_url: str,
) -> Issue:
    """What was chosen for nobody in particular; papers that are unknown are left out."""
    known = [choice for choice in selection.choices if choice.paper in papers]
    host = urlsplit(base_url).hostname or "localhost"
    return Issue(
        selection.day,
        public(selection, papers, words, product),
        tuple(
            _entry(papers[c.paper], card(papers[c.paper], c.reasons, words), selection.day, host)
            for c in known
        ),
    )


def _entry(paper: Paper, shown: Card, day: date, host: str) -> Entry:
    listed = paper.day or day
    names = (wording.shortened(plain(name), 80) for name in paper.authors[:AUTHORS])
    return Entry(
        id=f"tag:{host},{listed}:{quote(plain(paper.id), ':/')}",
        url=shown.url,
        title=shown.title,
        summary=shown.summary,
        note=" · ".join(part for part in (shown.why_you, shown.why_now) if part),
        authors=tuple(name for name in names if name),
        tags=tuple(plain(tag) for tag in paper.categories[:8]),
        updated=f"{datetime.combine(listed + timedelta(days=1), time(), UTC):%Y-%m-%dT%H:%M:%SZ}",
    )


def unique(issues: Sequence[Issue]) -> tuple[Entry, ...]:
    """The entries of several issues, each paper once: where it came first."""
    found: dict[str, Entry] = {}
    for one in issues:
        for entry in one.entries:
            found.setdefault(entry.id, entry)
    return tuple(found.values())


def atom(feed: Feed, environment: Environment) -> str:
    """The feed in Atom. Raises RenderError."""
    try:
        return environment.get_template("web/feed.xml").render(feed=feed)
    except TemplateError as error:
        raise explained(error) from error


def json_feed(feed: Feed) -> str:
    """The feed as JSON Feed 1.1."""
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.about,
        "home_page_url": feed.home,
        "feed_url": feed.here,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(head, ensure_ascii=False, indent=1) + "\n"


def _item(entry: Entry) -> dict[str, object]:
    text = "\n\n".join(part for part in (entry.summary, entry.note) if part)
    told: dict[str, object] = {
        "id": entry.id,
        "title": entry.title,
        "content_text": text or entry.title,
        "date_published": entry.updated,
        "authors": [{"name": name} for name in entry.authors],
        "tags": list(entry.tags),
    }
    return told | ({"url": entry.url} if entry.url else {})
