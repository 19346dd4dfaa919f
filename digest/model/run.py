"""One pass over an edition: what a nightly run, or a part of it, is about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.model.due import due_at, is_due
from digest.model.subscriber import Subscriber


@dataclass(frozen=True, slots=True)
class Part:
    """A share of all readers: the same ones always, whoever comes or goes."""

    index: int = 0
    of: int = 1


WHOLE = Part()


@dataclass(frozen=True, slots=True)
class Run:
    """Which day's papers, and for whom."""

    day: date
    """The source's day (UTC)."""
    backfill: bool = False
    """Asked for by name and over: everyone is due at once."""
    fresh: bool = False
    """Papers of the day so far, rather than the finished list."""
    only: frozenset[str] = frozenset()
    """Only these addresses; empty: everyone."""
    since: datetime | None = None
    """Only who falls due after this instant; None: whenever they fell due."""
    expiry: timedelta | None = None
    """How long after its first attempt a mail is still worth sending; None: for ever."""
    deadline: datetime | None = None
    """No mail is begun after this instant."""
    part: Part = WHOLE
    """Whose mails are sent by this process."""

    def due(self, reader: Subscriber, now: datetime) -> bool:
        """Whether the edition may go to a reader by now."""
        if not self.wants(reader):
            return False
        if self.backfill:
            return True
        before = self.since is not None and is_due(reader, self.day, self.since, self.fresh)
        return is_due(reader, self.day, now, self.fresh) and not before

    def ever(self, reader: Subscriber) -> bool:
        """Whether the edition goes to a reader at all, now or later."""
        return self.wants(reader) and (
            self.backfill or due_at(reader, self.day, self.fresh) is not None
        )

    def wants(self, reader: Subscriber) -> bool:
        """Whether the pass is about this reader at all."""
        return not self.only or reader.address in self.only
