"""Send: whoever is due and not settled gets their mail, once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from digest.clock import Clock
from digest.model import (
    Advanced,
    Claim,
    DeliveryState,
    Message,
    Mood,
    Outcome,
    Run,
    Selection,
    Sent,
    Severity,
    Stage,
    Subscriber,
)
from digest.ports import Ledger, Observer, Readers, Selections
from digest.stages.batches import batches
from digest.stages.post import Batch, Ended, Post, WayOut
from digest.stages.press import Press
from digest.stages.render import checksum

SIZE = 1_000
"""Readers claimed, and recorded, with one sync."""


CHANGED = "not sent: the mail is another one than was proved; it will be rendered again"


class Send:
    """Claims, hands over, records."""

    stage = Stage.SEND

    def __init__(
        self,
        subscribers: Readers,
        selections: Selections,
        ledger: Ledger,
        press: Press,
        way_out: WayOut,
        clock: Clock,
        observer: Observer,
    ) -> None:
        """`clock` tells when outcomes came, for sending takes its time."""
        self._subscribers, self._selections, self._press = subscribers, selections, press
        self._ledger, self._way_out = ledger, way_out
        self._clock, self._observer = clock, observer
        self._post: Post | None = None
        self._batches: dict[int, Batch] = {}
        """By the number of the journal: what is claimed and not yet recorded."""

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers who are due and whom the ledger would let through, in batches.

        The last batch is empty: to perform it is to wait for all that is under way.
        """
        if run.expiry is not None:
            self._ledger.expire(run.day, now - run.expiry, now)
        due = (r for r in self._subscribers.active(run.part) if run.due(r, now))
        for batch in batches(due, SIZE):
            if self._over(run):
                break
            open_ = self._open([reader.address for reader in batch], run, now)
            if waiting := [reader for reader in batch if reader.address in open_]:
                yield waiting
        yield []

    def _open(self, addresses: Sequence[str], run: Run, now: datetime) -> set[str]:
        open_ = set(self._ledger.open(addresses, run.day, now))
        return open_ & set(self._ledger.held(addresses, run.day)) if run.resuming else open_

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> Sent:
        """Claims a batch and hands it over; tells how those before it ended, as far as they did."""
        del now  # waiting for room takes its time
        if self._post is None and (not batch or self._over(run)):
            return Sent(())
        post = self._post = self._post or self._opened(run)
        try:
            post.wait_for_room()
            if batch and post.alive and not self._over(run):
                return self._begin(post, run, batch)
            return self._close(post, run)
        except Exception:
            self._abandon(post)
            raise

    def _begin(self, post: Post, run: Run, readers: Sequence[Subscriber]) -> Sent:
        """One sync: what ended is recorded, what comes next is claimed. Then it is handed over."""
        chosen = self._selections.several([reader.address for reader in readers], run.day)
        journal = self._way_out.journals.begin()
        ended, at = post.ended(), self._clock.now()
        with self._ledger.one_commit():
            self._record(ended, run, at)
            self._way_out.keep()
            claims = self._ledger.claim(list(chosen), run.day, at, journal.number)
        batch = Batch({claim.address: claim for claim in claims}, journal)
        self._batches[journal.number] = batch
        batch.messages = self._messages(post, run, readers, batch.claims, chosen)
        post.hand(batch)
        return self._told(ended)

    def _close(self, post: Post, run: Run) -> Sent:
        """Waits for what is under way, and records it."""
        ended = post.close()
        self._post = None
        with self._ledger.one_commit():
            self._record(ended, run, self._clock.now())
            self._way_out.keep()
        sent = self._told(ended, post.trouble)
        if post.fault is not None:
            raise post.fault
        return sent

    def _abandon(self, post: Post) -> None:
        """After a fault of ours: what is not recorded stands in the journals, for the next run."""
        self._post = None
        post.abandon()
        for batch in self._batches.values():
            batch.journal.leave()
        self._batches.clear()

    def _opened(self, run: Run) -> Post:
        post = Post(self._way_out.deliver, lambda: self._over(run))
        post.open()
        return post

    def _over(self, run: Run) -> bool:
        late = run.deadline is not None and self._clock.now() >= run.deadline
        return late or self._way_out.stop()

    def _messages(
        self,
        post: Post,
        run: Run,
        readers: Sequence[Subscriber],
        claims: Mapping[str, Claim],
        chosen: Mapping[str, Selection],
    ) -> Iterator[Message]:
        """The mails as they were proved; looked up at once, printed as they are taken."""
        won = [reader for reader in readers if reader.address in claims]
        wanted = [reader for reader in won if chosen[reader.address].mood is not Mood.SKIP]
        quiet = claims.keys() - {reader.address for reader in wanted}
        proofs = self._selections.proofs([reader.address for reader in wanted], run.day)
        return _proved(post, self._press.messages(wanted, chosen), proofs, sorted(quiet), run.day)

    def _record(self, ended: Sequence[Ended], run: Run, at: datetime) -> None:
        self._ledger.record(ended, at)
        self._way_out.heard([o for _, o in ended if o.severity is not Severity.NONE])
        if changed := [o.address for _, o in ended if o.reply == CHANGED]:
            self._selections.unprove(changed, run.day)

    def _told(self, ended: Sequence[Ended], trouble: str = "") -> Sent:
        """After the commit: journals that are recorded to the last claim have served."""
        for number, count in Counter(claim.journal for claim, _ in ended).items():
            self._batches[number].open -= count
        for number in [n for n, batch in self._batches.items() if not batch.open]:
            self._batches.pop(number).journal.remove()
        outcomes = tuple(outcome for _, outcome in ended)
        for state, count in Counter(outcome.state for outcome in outcomes).items():
            self._observer(Advanced(self.stage, count, state.value))
        return Sent(outcomes, trouble)


def _proved(
    post: Post,
    messages: Iterator[Message],
    proofs: Mapping[str, bytes],
    quiet: Sequence[str],
    day: date,
) -> Iterator[Message]:
    """Runs in the wire's thread: only what is byte for byte what was proved goes out."""
    for address in quiet:
        post.end(Outcome(address, day, DeliveryState.SKIPPED, "nothing to send: a quiet day"))
    for message in messages:
        if proofs.get(message.address) == checksum(message):
            yield message
        else:
            post.end(Outcome(message.address, day, DeliveryState.DEFERRED, CHANGED))
