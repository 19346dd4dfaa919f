"""Send: whoever is due and not settled gets their mail, once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from digest.clock import Clock
from digest.errors import TransportError
from digest.model import (
    Advanced,
    DeliveryState,
    Message,
    Mood,
    Outcome,
    Run,
    Selection,
    Sent,
    Stage,
    Subscriber,
)
from digest.ports import Ledger, Observer, Selections, Subscribers
from digest.stages.batches import batches
from digest.stages.press import Press
from digest.stages.render import checksum

Deliver = Callable[
    [Iterable[Message], Callable[[Message], None], Callable[[Outcome], None], Callable[[], bool]],
    None,
]
"""Hands messages over; calls back before each final dot, with each outcome, and asks whether to
stop."""

RELAY_PAUSE = 60
"""Seconds until another attempt when the relay could not be reached at all."""


class Send:
    """Claims, hands over, records."""

    stage = Stage.SEND

    def __init__(
        self,
        subscribers: Subscribers,
        selections: Selections,
        ledger: Ledger,
        press: Press,
        deliver: Deliver,
        clock: Clock,
        observer: Observer,
    ) -> None:
        """`clock` tells when outcomes came, for sending takes its time."""
        self._subscribers, self._selections, self._ledger = subscribers, selections, ledger
        self._press, self._deliver = press, deliver
        self._clock, self._observer = clock, observer

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers who are due and whom the ledger would let through, in batches."""
        if run.expiry is not None:
            self._ledger.expire(run.day, now - run.expiry, now)
        for batch in batches(r for r in self._subscribers.active() if run.due(r, now)):
            open_ = set(self._ledger.open([reader.address for reader in batch], run.day, now))
            chosen = self._selections.several(sorted(open_), run.day)
            if waiting := [reader for reader in batch if reader.address in chosen]:
                yield waiting

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> Sent:
        """Delivers to whom the ledger lets through, and records how each ended."""
        if self._over(run):
            return Sent(())
        won = set(self._ledger.claim([reader.address for reader in batch], run.day, now))
        chosen = self._selections.several(sorted(won), run.day)
        readers = [reader for reader in batch if reader.address in won]
        wanted = [r for r in readers if chosen[r.address].mood is not Mood.SKIP]
        journal = _Journal(self._ledger, self._clock, self._observer)
        journal.record_all(_skipped(chosen))
        fit, changed = self._rebuilt(run, wanted, chosen)
        journal.record_all(changed)
        trouble = ""
        try:
            self._deliver(fit, journal.before_dot, journal.record, partial(self._over, run))
        except TransportError as error:
            trouble = str(error)
        journal.record_all(_left(fit, journal.outcomes, trouble))
        return Sent(tuple(journal.outcomes), trouble)

    def _over(self, run: Run) -> bool:
        return run.deadline is not None and self._clock.now() >= run.deadline

    def _rebuilt(
        self, run: Run, readers: Sequence[Subscriber], chosen: Mapping[str, Selection]
    ) -> tuple[list[Message], list[Outcome]]:
        """The mails as they were proved, and the outcome of those that are others by now."""
        proofs = self._selections.proofs([reader.address for reader in readers], run.day)
        fit, changed = [], []
        for message in self._press.messages(readers, chosen):
            if proofs.get(message.address) == checksum(message):
                fit.append(message)
            else:
                changed.append(_changed(message))
        self._selections.unprove([outcome.address for outcome in changed], run.day)
        return fit, changed


class _Journal:
    """Writes down what happens to each mail of a batch, when it happens."""

    def __init__(self, ledger: Ledger, clock: Clock, observer: Observer) -> None:
        self._ledger, self._clock, self._observer = ledger, clock, observer
        self.outcomes: list[Outcome] = []

    def before_dot(self, message: Message) -> None:
        self._ledger.sending(message.address, message.day, self._clock.now())

    def record(self, outcome: Outcome) -> None:
        self.record_all([outcome])

    def record_all(self, outcomes: Sequence[Outcome]) -> None:
        if outcomes:
            self._ledger.record(outcomes, self._clock.now())
        self.outcomes.extend(outcomes)
        for outcome in outcomes:
            self._observer(Advanced(Stage.SEND, 1, outcome.state.value))


def _skipped(chosen: Mapping[str, Selection]) -> list[Outcome]:
    return [
        Outcome(s.address, s.day, DeliveryState.SKIPPED, "nothing to send: a quiet day")
        for s in chosen.values()
        if s.mood is Mood.SKIP
    ]


def _changed(message: Message) -> Outcome:
    why = "not sent: the mail is another one than was proved; it will be rendered again"
    return Outcome(message.address, message.day, DeliveryState.DEFERRED, why)


def _left(messages: Sequence[Message], ended: Sequence[Outcome], trouble: str) -> list[Outcome]:
    """What was claimed and never begun: the relay was out of reach, or the deadline came."""
    done = {outcome.address for outcome in ended}
    why, pause = (trouble, RELAY_PAUSE) if trouble else ("not begun before the deadline", 0)
    return [
        Outcome(m.address, m.day, DeliveryState.DEFERRED, why, pause)
        for m in messages
        if m.address not in done
    ]
