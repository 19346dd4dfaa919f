"""Who reads, and what they asked for."""

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from digest.model.manner import Manner, Quiet
from digest.model.topic import Topic


class Rhythm(StrEnum):
    """On which days a digest is wanted."""

    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"


class SubscriberState(StrEnum):
    """Whether, and why not, mail may go to an address."""

    PENDING = "pending"
    """Asked for, not yet confirmed: only the confirmation may be sent."""
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"
    """Unsubscribed; nothing but the reader's own wish brings them back."""
    SUPPRESSED = "suppressed"
    """The address bounces or its reader complained."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One reader.

    `address` is the mailbox that mail goes to, normalised (`digest.mail.mailbox`), and the key.
    """

    address: str
    name: str = ""
    topics: tuple[Topic, ...] = ()
    """No topics: whatever trends."""
    mute: tuple[str, ...] = ()
    """Words or phrases; a paper that has one is never chosen."""
    authors: tuple[str, ...] = ()
    """Names whose papers are always of interest."""
    liked: tuple[str, ...] = ()
    """Ids of papers that show what the reader likes."""
    papers: int = 10
    """How many papers a digest holds at most."""
    timezone: str = "UTC"
    """An IANA zone, which `send_at` is meant in."""
    send_at: time | None = None
    """The earliest local time of day; None: as soon as the day is collected."""
    rhythm: Rhythm = Rhythm.DAILY
    locale: str = ""
    """BCP 47; "": the installation's own (`mail.locale`)."""
    state: SubscriberState = SubscriberState.ACTIVE
    quiet: Quiet | None = None
    """This and the next: as `Manner` says; None: as the installation has it."""
    fill: bool | None = None
    serendipity: bool | None = None
    again: bool | None = None
    since: datetime | None = field(default=None, compare=False)
    """Since when they are readers; None: since ever."""

    @property
    def interests(self) -> tuple[Topic, ...]:
        """Topics and followed authors: all that relevance is asked for."""
        return self.topics + tuple(Topic.parse(f"author:{name}") for name in self.authors)

    def manner(self, usual: Manner) -> Manner:
        """How this reader's papers are chosen, where usually they are chosen so."""
        return Manner(
            usual.quiet if self.quiet is None else self.quiet,
            usual.fill if self.fill is None else self.fill,
            usual.serendipity if self.serendipity is None else self.serendipity,
            usual.again if self.again is None else self.again,
        )
