"""A finished digest: all that a template prints, nothing left to compute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A link with the words that stand for it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One paper as the reader sees it. All text is plain; templates escape."""

    number: int
    title: str
    url: str
    authors: str
    """"A. One, B. Two, C. Three + 4 more"."""
    organization: str
    summary: str
    evidence: str
    """Why you, why now, in one line."""
    links: tuple[Link, ...]
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading; the heading is "" when there is only one section."""

    heading: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader gets in one edition, ready to print."""

    subject: str
    lead: str
    """The first visible line: what this edition holds."""
    day: str
    """The edition's day in words, "Friday 21 August 2026"."""
    greeting: str
    sections: tuple[Section, ...]
    notice: str = ""
    """An honest line: a quiet day, a source that failed."""
    why: str = ""
    """Why this mail came."""
    manage_url: str = ""
    unsubscribe_url: str = ""
    web_url: str = ""
    imprint: str = ""
    language: str = "en"
    direction: str = "ltr"
