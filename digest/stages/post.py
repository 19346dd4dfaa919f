"""The wire's side of sending: sessions stay open from batch to batch, in a thread of their own.

Whoever sends keeps the ledger in one thread, and this in another::

    ledger's thread     wait for room → record what ended, claim → hand … hand → close
    wire's thread              print → mark → dot → mark, many sessions at once

At most one batch waits while another is on the wire, so the ledger is always one batch ahead, and
memory does not grow with the number of readers: a mail is printed when a session is free for it.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import Protocol

from digest.errors import TransportError
from digest.model import Claim, DeliveryState, Message, Outcome
from digest.ports import Journal, Journals

Ended = tuple[Claim, Outcome]

PATIENCE = 0.2
"""Seconds after which whoever waits looks again whether all is over."""

RELAY_PAUSE = 60
"""Seconds until another attempt when the relay could not be reached at all."""


class Deliver(Protocol):
    """Hands messages over through sessions that stay open until `messages` has ended."""

    def __call__(
        self,
        messages: Iterable[Message | Callable[[], object]],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        """Calls back before each final dot and with each outcome; asks whether to stop.

        A callable among the messages blocks until it is worth asking for the next.
        """


@dataclass(frozen=True)
class WayOut:
    """What sending needs besides the store."""

    deliver: Deliver
    journals: Journals
    stop: Callable[[], bool] = lambda: False
    """Whether nothing more shall be begun, for whatever reason but a deadline."""
    heard: Callable[[Sequence[Outcome]], None] = lambda _: None
    """Takes note of what servers said of addresses."""
    keep: Callable[[], None] = lambda: None
    """Stores what was learnt of providers, and learns what the store knows of them."""


@dataclass
class Batch:
    """What was claimed together, and is marked in one journal."""

    claims: Mapping[str, Claim]
    """By address."""
    journal: Journal
    messages: Iterator[Message] = field(default_factory=lambda: iter(()))
    """Printed as they are taken; at most one for each claim."""
    open: int = field(init=False)
    """How many claims are not recorded yet."""

    def __post_init__(self) -> None:
        self.open = len(self.claims)


@dataclass
class Post:
    """Takes batches, and tells how each of their claims ended."""

    deliver: Deliver
    over: Callable[[], bool]
    """Whether nothing more shall be begun."""
    trouble: str = ""
    """Why the relay could not be used."""
    fault: Exception | None = None
    """What ended the wire's thread: a mark that could not be made, a mail that cannot be built."""
    _waiting: Batch | None = None
    _under_way: dict[str, tuple[Claim, Journal]] = field(default_factory=dict)
    _dotted: set[str] = field(default_factory=set)
    _ended: deque[Ended] = field(default_factory=deque)
    _changed: Condition = field(default_factory=Condition)
    _closed: bool = False
    _abandoned: bool = False
    _thread: Thread | None = None

    # In the ledger's thread

    def open(self) -> None:
        """Starts the wire's thread; a session is opened once there is a message for it."""
        self._thread = Thread(target=self._work, name="wire", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether what is handed over can still go out."""
        return self._thread is not None and self._thread.is_alive()

    def wait_for_room(self) -> None:
        """Returns once no batch waits, or none will ever go."""
        with self._changed:
            while self._waiting is not None and self.alive and not self.over():
                self._changed.wait(PATIENCE)

    def hand(self, batch: Batch) -> None:
        """Gives the next batch to the wire. There must be room."""
        self._under_way |= {a: (claim, batch.journal) for a, claim in batch.claims.items()}
        with self._changed:
            self._waiting = batch
            self._changed.notify_all()

    def ended(self) -> list[Ended]:
        """What has ended since this was asked last."""
        return [self._ended.popleft() for _ in range(len(self._ended))]

    def close(self) -> list[Ended]:
        """Waits for all that was handed over; returns what has ended, and so has everything."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        return self.ended() + [self._left(claim) for claim, _ in self._under_way.values()]

    def abandon(self) -> None:
        """Lets what is under way come to its end, and begins nothing more."""
        self._abandoned = True
        self.close()

    def _left(self, claim: Claim) -> Ended:
        """What was claimed, and of which nothing was heard."""
        if claim.address in self._dotted:
            why = "stopped before the server's answer to the final dot came"
            return claim, Outcome(claim.address, claim.day, DeliveryState.IN_DOUBT, why)
        why, pause = (self.trouble, RELAY_PAUSE) if self.trouble else ("stopped before its turn", 0)
        return claim, Outcome(claim.address, claim.day, DeliveryState.DEFERRED, why, pause)

    # In the wire's thread

    def _work(self) -> None:
        try:
            self.deliver(self._messages(), self._dot, self.end, self._stopped)
        except TransportError as error:
            self.trouble = str(error)
        except Exception as error:  # noqa: BLE001 - raised again in the ledger's thread
            self.fault = error
        finally:
            with self._changed:
                self._changed.notify_all()

    def _stopped(self) -> bool:
        return self._abandoned or self.over()

    def _messages(self) -> Iterator[Message | Callable[[], object]]:
        while True:
            with self._changed:
                batch, self._waiting = self._waiting, None
                self._changed.notify_all()
                if batch is None and self._closed:
                    return
            if batch is None:
                yield self._wait
            else:
                yield from batch.messages

    def _wait(self) -> None:
        """Returns once a batch waits, or none will come, or it is time to look whether to stop."""
        with self._changed:
            if self._waiting is None and not self._closed:
                self._changed.wait(PATIENCE)

    def _dot(self, message: Message) -> None:
        claim, journal = self._under_way[message.address]
        journal.dot(claim)
        self._dotted.add(message.address)

    def end(self, outcome: Outcome) -> None:
        """Notes how an attempt ended; its mark is made at once."""
        claim, journal = self._under_way.pop(outcome.address)
        self._dotted.discard(outcome.address)
        self._ended.append((claim, outcome))
        journal.ended(claim, outcome)
