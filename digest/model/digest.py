"""A finished digest: all that a template prints, nothing left to compute."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A link with the words that stand for it."""

    kind: str
    """What it leads to: PDF, Code, Project or Rate, in the reader's language."""
    label: str
    """The kind with a word of the target, so that no two links of a mail read the same."""
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """One paper as the reader sees it. All text is plain; templates escape.

    It holds nothing personal but `why_you`, which readers of one topic share: a card is
    rendered once and joined into the mails of all of them. Its number is its place in the mail.
    """

    title: str
    url: str
    """"" when the paper has no page that may be linked."""
    authors: str
    """"A. One, B. Two, C. Three + 4 more"."""
    organization: str
    summary: str
    why_you: str
    """What of the reader's interests it meets; "" when it is here for its votes alone."""
    why_now: str
    """Votes, comments, stars, and the hour they were read."""
    links: tuple[Link, ...]
    language: str = ""
    """BCP 47 tag of the text where it is not the digest's own; "" otherwise."""
    direction: str = "ltr"
    """Of title and summary."""
    rate: Link = Link("", "", "")
    """Where a reader says more, less or save: its `url` follows `Digest.feedback_url`."""
    thumbnail: str = ""
    """A picture, https; "" where none is known. The card is complete without it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A paper that is named and no more. It holds nothing personal."""

    title: str
    url: str
    """"" when the paper has no page that may be linked."""
    direction: str = "ltr"
    """Of the title."""


@dataclass(frozen=True, slots=True)
class Section:
    """Cards under one heading."""

    heading: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader gets in one edition, ready to print."""

    subject: str
    product: str
    """The digest's own name."""
    lead: str
    """The first visible line: what this edition holds."""
    day: str
    """The edition's day in words, "Friday 21 August 2026"."""
    greeting: str
    """Whom it is for, "for Ada Lovelace"; "" when we know no name."""
    sections: tuple[Section, ...]
    notice: str = ""
    """An honest line: a quiet day, a source that failed."""
    more: int = 0
    """Papers that did not fit and stand in the web view alone."""
    near: tuple[Mention, ...] = ()
    """Papers just below the reader's cut or floor."""
    why: str = ""
    """Why this mail came: whose address subscribes."""
    follows: str = ""
    """What the reader follows; "" for nothing but what trends."""
    manage_url: str = ""
    unsubscribe_url: str = ""
    feedback_url: str = ""
    """What each card's `rate.url` follows."""
    web_url: str = ""
    imprint: str = ""
    language: str = "en"
    direction: str = "ltr"

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of all sections, in the order that numbers them."""
        return tuple(card for section in self.sections for card in section.cards)
