"""OpenReview, API v2 (https://docs.openreview.net): submissions to venues. From documentation.

Without a login it may answer 403 ChallengeRequired: the verdict is then `failed`, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from digest.errors import Unreachable
from digest.model import Page, Paper, Request, Response
from digest.sources import fields
from digest.sources.plain import PlainSource
from digest.sources.reading import Unreadable, mapping, parse, read_each

URL = "https://api2.openreview.net"
PUBLIC = "https://openreview.net"


@dataclass(frozen=True, slots=True)
class OpenReviewSettings:
    """`[sources.openreview]`."""

    url: str = URL
    invitations: tuple[str, ...] = ()
    """As `ICLR.cc/2027/Conference/-/Submission`; with none, a run does not ask it."""
    token: str = field(default="", repr=False)
    """Optional: what a login gives."""


class OpenReview(PlainSource):
    """Submissions of a day, one invitation after the other."""

    name = "openreview"

    def __init__(self, url: str = URL, invitations: Sequence[str] = (), token: str = "") -> None:
        """`url` is the API's host."""
        self.url, self.invitations = url.rstrip("/"), tuple(invitations)
        self.enabled = bool(invitations)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def first(self, day: date) -> Request:
        """The notes that a day brought to the first invitation."""
        start = int(datetime.combine(day, time(), UTC).timestamp() * 1000)
        return self._notes(0, str(start), str(start + 86_400_000))

    def _notes(self, which: int, since: str, until: str) -> Request:
        params = {"invitation": (*self.invitations, "")[which], "sort": "cdate:asc"}
        params |= {"mintcdate": since, "maxtcdate": until, "limit": "1000"}
        return Request(f"{self.url}/notes", params, self._headers)

    def _following(self, response: Response) -> Request | None:
        """The next invitation's notes of the same day."""
        asked = {n: v[-1] for n, v in parse_qs(urlsplit(response.url).query).items()}
        if asked.get("invitation") not in self.invitations[:-1] or "mintcdate" not in asked:
            return None
        which = self.invitations.index(asked["invitation"]) + 1
        return self._notes(which, asked["mintcdate"], asked.get("maxtcdate", ""))

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer of `/notes`."""
        return b'"notes"' in body and b'"invitations"' in body

    def take(self, text: str, response: Response) -> Page:
        """The notes of an answer, each under the day it was made."""
        told = mapping(parse(text))
        if "notes" not in told and ("name" in told or "errors" in told):
            raise Unreachable(f"{response.url}: answered {told.get('name')}: {told.get('message')}")
        if not isinstance(told.get("notes"), list):
            raise Unreadable(f"an array at `notes`, found {list(told)!r:.120}")
        papers, notes = read_each(told["notes"], _paper, "note")
        return Page(papers, None, self._following(response), notes)


def _value(content: Mapping[str, Any], name: str) -> Any:
    """A field of API v2, which wraps every value."""
    held = content.get(name)
    return held.get("value") if isinstance(held, dict) else held


def _paper(value: object) -> Paper:
    note = mapping(value)
    content = mapping(note.get("content"), "an object at `content`")
    key, title = (
        fields.text(note.get("forum") or note.get("id")),
        fields.text(_value(content, "title")),
    )
    if not key or not title:
        raise Unreadable("`forum` and `content.title`, found less")
    people, words = _value(content, "authors"), _value(content, "keywords")
    at = fields.epoch(note.get("cdate"), 1_000)
    return Paper(
        id=f"openreview:{key}",
        title=title,
        abstract=fields.text(_value(content, "abstract")),
        authors=tuple(map(fields.text, people)) if isinstance(people, list) else (),
        keywords=tuple(map(fields.text, words)) if isinstance(words, list) else (),
        summary=fields.text(_value(content, "TLDR")),
        venue=fields.text(_value(content, "venue")),
        url=f"{PUBLIC}/forum?id={key}",
        pdf=f"{PUBLIC}/pdf?id={key}",
        published=at,
        day=at.date() if at else None,
        sources=("openreview",),
    )
