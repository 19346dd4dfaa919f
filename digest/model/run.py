"""One pass over an edition: what a nightly run, or a part of it, is about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from digest.model.due import due_at, window
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
    latest: bool = True
    """Whether there is no newer edition: who is new begins with that one, not with an older one."""
    resuming: bool = False
    """Only who was tried before and waits for another attempt, whatever is newest for them."""
    fold_after: float = 1.0
    """Share of a reader's time for an edition after which it is not sent, but folded into the next;
    1: it always is sent."""
    since: datetime | None = None
    """Only who falls due after this instant; None: whenever they fell due."""
    expiry: timedelta | None = None
    """How long after its first attempt a mail is still worth sending; None: for ever."""
    deadline: datetime | None = None
    """No mail is begun after this instant."""
    part: Part = WHOLE
    """Whose mails are sent by this process."""

    def due(self, reader: Subscriber, now: datetime) -> bool:
        """Whether the edition may go to a reader by now, and no newer one does."""
        if not self.wants(reader):
            return False
        if self.backfill or self.resuming:
            return True
        before = self.since is not None and self._holds(reader, self.since)
        return self._holds(reader, now) and not before

    def _holds(self, reader: Subscriber, now: datetime) -> bool:
        theirs = window(reader, self.day, self.fresh)
        if theirs is None or not theirs.holds(now):
            return False
        return self.latest or reader.since is None or reader.since <= theirs.opens

    def late(self, reader: Subscriber, now: datetime) -> bool:
        """Whether their next edition is so near that this one should be folded into it.

        Never for who named no time of day: they want it when it is there.
        """
        if self.backfill or self.resuming or self.fold_after >= 1 or reader.send_at is None:
            return False
        theirs = window(reader, self.day, self.fresh)
        return theirs is not None and theirs.late(now, self.fold_after)

    def ever(self, reader: Subscriber) -> bool:
        """Whether the edition goes to a reader at all, now or later."""
        return self.wants(reader) and (
            self.backfill or due_at(reader, self.day, self.fresh) is not None
        )

    def wants(self, reader: Subscriber) -> bool:
        """Whether the pass is about this reader at all."""
        return not self.only or reader.address in self.only
