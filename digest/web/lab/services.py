"""What the lab needs of an installation, and how a page's address says which digest is meant."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from digest.errors import Misuse
from digest.model import Message, Subscriber
from digest.render.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which digest: an example, or a day's for a subscriber or for ad-hoc topics."""

    example: str = ""
    address: str = ""
    topics: tuple[str, ...] = ()
    day: date | None = None
    locale: str = ""
    """The language to see it in; "": the reader's own."""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From a page's query. Raises Misuse for a day that is none."""
        topics = tuple(topic.strip() for topic in query.get("topics", "").split(","))
        try:
            day = date.fromisoformat(query["day"]) if query.get("day") else None
        except ValueError as error:
            raise Misuse(f"{query['day']!r} is not a day: write it as 2026-08-21") from error
        named = tuple(topic for topic in topics if topic)
        locale = query.get("locale", "")
        locale = locale if locale in LANGUAGES else ""
        if named:
            return cls(topics=named, day=day, locale=locale)
        if query.get("for"):
            return cls(address=query["for"], day=day, locale=locale)
        return cls(example=query.get("example", ""), locale=locale)

    @property
    def query(self) -> str:
        """The same as a query, without the question mark."""
        parts = {
            "example": self.example,
            "for": self.address,
            "topics": ", ".join(self.topics),
            "day": self.day.isoformat() if self.day else "",
            "locale": self.locale,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    @property
    def reader(self) -> str:
        """Who it is for, in a word or two."""
        return self.address or ", ".join(self.topics) or self.example

    def spoken(self, reader: Subscriber) -> Subscriber:
        """A reader who wants the language that is looked at."""
        return replace(reader, locale=self.locale) if self.locale else reader

    def on(self, day: date) -> Self:
        """The same reader's on another day."""
        return replace(self, day=day)


@dataclass(frozen=True, slots=True)
class Services:
    """An installation, as far as the lab asks it. It records nothing."""

    examples: Sequence[str]
    days: Callable[[], Sequence[date]]
    """Collected days, the newest first."""
    readers: Callable[[], Sequence[str]]
    """Addresses, at most some hundreds."""
    message: Callable[[Wanted], Message]
    """The mail with inert links, made of the templates as they are now. Raises DigestError."""
    test_copy: Callable[[Wanted, str], Message]
    """The same, addressed to somebody who wants to see it. Raises DigestError."""
    hand_over: Callable[[Message], str]
    """Hands a message to the outbox; returns the relay's words. Raises DigestError."""
    folders: Sequence[Path]
    """Where the templates lie: when a file in there changes, the page comes anew."""
