"""Somebody's wish that an address be mailed, until the address itself has answered."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from digest.model.consent import Consent
from digest.model.subscriber import Subscriber


class LetterKind(StrEnum):
    """What an address gets for a request; the page that took it says the same for all."""

    CONFIRM = "confirm"
    """Please confirm."""
    KNOWN = "known"
    """You read it already: here is your own page."""
    NONE = "none"
    """Nothing: the address is suppressed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; key: (address, day), so that an address gets one letter a day."""

    day: date
    """The day (UTC) on which the letter is due; its token holds it."""
    at: datetime
    wishes: Subscriber
    """What the address will be sent once it is confirmed."""
    consent: Consent
    letter: LetterKind
    reader: int = 0
    """The number that stands for the address."""


class Answer(StrEnum):
    """How a link or a command ended."""

    DONE = "done"
    ALREADY = "already"
    """It was so before: nothing changed."""
    TOO_LATE = "too-late"
    """The link has expired, or what it was for is over."""
    UNKNOWN = "unknown"
    """Not a link of ours, or of nobody who is here."""
