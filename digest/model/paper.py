"""A work that a source listed, as it was known at one instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Paper:
    """One work with what the sources tell of it.

    Text is plain, one line a field, white space folded; it may hold anything a stranger typed,
    so whoever prints it escapes it. Absent text is "", an absent number or instant is None.
    """

    id: str
    """`arxiv:2406.01234` (no version), else `doi:…`, else `SOURCE:…`."""
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    url: str = ""
    """Its page for people, http(s)."""
    summary: str = ""
    """Two or three sentences that the source itself offers (Hugging Face's `ai_summary`)."""
    organization: str = ""
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    pdf: str = ""
    code: str = ""
    project: str = ""
    thumbnail: str = ""
    published: datetime | None = None
    """When its first version appeared."""
    upvotes: int | None = None
    """Votes when it was read; None where the source has no votes."""
    comments: int | None = None
    stars: int | None = None
    """Stars of its code repository."""
    day: date | None = None
    """The source's day (UTC) that listed it."""
    listed: datetime | None = None
    """The instant it was listed at, where the source tells it more finely than the day."""
    observed: datetime | None = None
    """The instant `upvotes`, `comments` and `stars` were read at."""
    sources: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other identifiers that sources know the work by: `doi:…`, `openreview:…`, `arxiv:…`."""
    venue: str = ""
    """Where it was published, as a source names the place."""
    announced: str = ""
    """How arXiv announced it: `new`, `cross`, `replace`, `replace-cross`; else ""."""
    version: int | None = None
    withdrawn: bool = False
    """Its authors took it back."""
    signals: tuple[tuple[str, int], ...] = ()
    """What else is counted of it, by name: `citations`, `models`, `points`, …"""

    @property
    def replaced(self) -> bool:
        """Whether it was listed only because a new version of a known work appeared."""
        return self.announced.startswith("replace")


def stars_gained(series: Sequence["Sighting"]) -> int | None:
    """Stars that a repository gained in the last day before it was last counted.

    None when it was not counted a day before, or earlier.
    """
    counted = [(each.at, each.stars) for each in series if each.stars is not None]
    if not counted:
        return None
    at, stars = counted[-1]
    before = [number for when, number in counted if at - when >= timedelta(hours=20)]
    return stars - before[-1] if before else None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was counted of a paper at an instant."""

    at: datetime
    upvotes: int | None
    comments: int | None
    stars: int | None
