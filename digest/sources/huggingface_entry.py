"""One entry of Hugging Face's daily papers: the same in API answers and embedded in pages."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from digest.model import Paper
from digest.sources import fields
from digest.sources.reading import Unreadable, mapping, shown

PUBLIC = "https://huggingface.co"
"""Where people read; links never lead to the mirror or replay that a paper was read from."""

LISTED_UNTIL = datetime(2025, 3, 19, tzinfo=UTC)
"""From here on the outer `publishedAt` no longer tells when an entry was listed."""

_OTHER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def read_entry(entry: object, observed: datetime) -> Paper:
    """The paper of one entry. Raises Unreadable without an id, a title or a number of votes."""
    outer = mapping(entry)
    inner = mapping(outer.get("paper"), "an object at `paper`")
    key = paper_id(inner.get("id"))
    title = fields.text(inner.get("title")) or fields.text(outer.get("title"))
    upvotes = fields.count(inner.get("upvotes"))
    if not key:
        raise _unlike("an arXiv id", "id", inner)
    if not title:
        raise _unlike("a title", "title", inner)
    if upvotes is None:
        raise _unlike("a number of votes", "upvotes", inner)
    published = fields.instant(inner.get("publishedAt"))
    code, project = _code_and_project(inner)
    return Paper(
        id=key,
        title=title,
        abstract=fields.text(inner.get("summary")) or fields.text(outer.get("summary")),
        authors=_authors(inner.get("authors")),
        url=page_of(key),
        summary=fields.text(inner.get("ai_summary")),
        organization=_organization(inner) or _organization(outer),
        keywords=_keywords(inner.get("ai_keywords")),
        pdf=pdf_of(key),
        code=code,
        project=project,
        thumbnail=fields.web_address(outer.get("thumbnail")),
        published=published,
        upvotes=upvotes,
        comments=fields.count(outer.get("numComments")),
        stars=fields.count(inner.get("githubStars")),
        day=fields.day(inner.get("submittedOnDailyAt")),
        listed=_listed(outer, inner, published),
        observed=observed,
        sources=("huggingface",),
    )


def paper_id(value: object) -> str:
    """`arxiv:ID` without version, `huggingface:ID` for what is none of arXiv's, "" for no id."""
    arxiv = fields.arxiv_id(value)
    if arxiv:
        return f"arxiv:{arxiv}"
    other = isinstance(value, str) and _OTHER_ID.fullmatch(value)
    return f"huggingface:{value}" if other else ""


def page_of(key: str) -> str:
    """The public page about a paper."""
    return f"{PUBLIC}/papers/{key.partition(':')[2]}"


def pdf_of(key: str) -> str:
    """The paper itself, which arXiv serves."""
    return f"https://arxiv.org/pdf/{key[6:]}" if key.startswith("arxiv:") else ""


def _unlike(expected: str, field: str, inner: Mapping[str, Any]) -> Unreadable:
    found = shown(inner[field]) if field in inner else "nothing"
    return Unreadable(f"{expected} at `paper.{field}`, found {found}")


def _authors(value: object) -> tuple[str, ...]:
    people = value if isinstance(value, list) else []
    seen = (person for person in people if isinstance(person, dict) and not person.get("hidden"))
    names = (fields.text(person.get("name")) for person in seen)
    return tuple(name for name in names if name)


def _keywords(value: object) -> tuple[str, ...]:
    words = (fields.text(word) for word in value) if isinstance(value, list) else ()
    return tuple(dict.fromkeys(word for word in words if word))


def _organization(holder: Mapping[str, Any]) -> str:
    organization = holder.get("organization")
    if not isinstance(organization, dict):
        return ""
    return fields.text(organization.get("fullname")) or fields.text(organization.get("name"))


def _code_and_project(inner: Mapping[str, Any]) -> tuple[str, str]:
    """Repository and project page; a repository given as the page is the repository."""
    code = fields.repository(inner.get("githubRepo"))
    project = fields.web_address(inner.get("projectPage"))
    there = fields.repository(project)
    if there and code in {"", there}:
        return there, ""
    return code, project


def _listed(
    outer: Mapping[str, Any], inner: Mapping[str, Any], published: datetime | None
) -> datetime | None:
    """When the entry was listed; midnight where the source tells no more than the day."""
    told = fields.instant(inner.get("submittedOnDailyAt"))
    if told is not None:
        return told
    earlier = fields.instant(outer.get("publishedAt"))
    if earlier is None or earlier >= LISTED_UNTIL or (published and earlier < published):
        return None
    return earlier
