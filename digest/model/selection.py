"""Which papers one reader gets in one edition, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ReasonKind(StrEnum):
    """What a reason speaks of."""

    TOPIC = "topic"
    LIKED = "liked"
    VOTES = "votes"
    SERENDIPITY = "serendipity"
    """It trends, and is on none of the reader's topics."""
    RISING = "rising"
    """It was sent before and trends anew; the label is the edition it was in."""
    REVISED = "major revision"
    """It was sent before and says much else now; the label is the version: `v2`."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One addend or factor of a score, readable by itself."""

    kind: ReasonKind
    label: str
    """The topic as written, the liked paper's id, or what was counted."""
    value: float
    """How strong, 0 to 1."""
    words: tuple[str, ...] = ()
    """The words of the topic that the paper holds."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One paper's place in a selection; every number lies in 0 to 1."""

    paper: str
    """The paper's id."""
    score: float
    relevance: float
    trending: float
    reasons: tuple[Reason, ...] = ()


class Mood(StrEnum):
    """How a selection came about."""

    ON_TOPIC = "on_topic"
    QUIET = "quiet"
    """Nothing reached the reader's floor: an honest line, and the day's top papers."""
    NOTE = "note"
    """Nothing reached the reader's floor: an honest line alone."""
    SKIP = "skip"
    """Nothing to send."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The papers for one reader in one edition, best first; the unit of "never twice"."""

    address: str
    day: date
    choices: tuple[Choice, ...]
    mood: Mood = Mood.ON_TOPIC
    considered: int = 0
    """How many papers there were to choose from."""
    at: datetime | None = None
    """When it was chosen: votes are told as they stood then, and the mail is dated so."""
    lacking: tuple[str, ...] = ()
    """Sources that had not ended the day by then, and are told so; worked out, not stored."""
    near: tuple[str, ...] = ()
    """Ids of up to three papers just below the reader's cut or floor, best first: told in one line,
    and not remembered as sent."""
