"""The desk: takes in one mail, once, whichever door it comes through."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from digest.clock import Clock
from digest.inbound.clerk import Clerk, Handled
from digest.inbound.returns import Returns
from digest.mail.inbound.automatic import unanswerable
from digest.mail.inbound.envelope import Envelope, claimed, name_of
from digest.mail.inbound.incoming import LONGEST
from digest.mail.inbound.reading import Kind, Reading, read
from digest.model.answer import Answer
from digest.ports import Inbox

HOUR = 3_600
STRANGER, UNPROVED, PROVED, A_DAY = 1, 4, 20, 40
"""Answers to an address in an hour: when nobody of that address reads; to a reader whose address
anybody may have written, and the same wish only once; to one whom a tag proves. And in a day.
RFC 3834 §2: one answer per sender and period, lest two machines talk for ever.
"""


@dataclass(frozen=True)
class Taken:
    """What became of one mail."""

    kind: Kind
    words: str
    """For the log: no address stands in it."""
    again: bool = False
    """Whether it had been taken in before."""


class Desk:
    """Reads, acts, and keeps the answer, in one commit."""

    def __init__(
        self,
        returns: Returns,
        clerk: Clerk,
        inbox: Inbox,
        one_commit: Callable[[], AbstractContextManager[None]],
        may: Callable[[str, int, int], bool],
        clock: Clock,
    ) -> None:
        """`may`: counts one use of a limit (its name, a span of time, the most in it)."""
        self._returns, self._clerk, self._inbox = returns, clerk, inbox
        self._one_commit, self._may, self._clock = one_commit, may, clock

    def take(
        self, octets: bytes, sender: str | None = None, recipients: Sequence[str] = ()
    ) -> Taken:
        """Takes in a mail, with what the door knows of its envelope."""
        octets = octets[:LONGEST]
        reading = read(octets)
        envelope = Envelope.of(reading.mail, sender, recipients)
        now = self._clock.now()
        with self._one_commit():
            if not self._inbox.take_in(name_of(reading.mail, octets), now):
                return Taken(reading.kind, "taken in before", again=True)
            handled = self._handle(reading, envelope)
            self._keep(handled, reading, envelope)
        return Taken(reading.kind, handled.words)

    def _handle(self, reading: Reading, envelope: Envelope) -> Handled:
        if reading.kind is Kind.BOUNCE:
            return Handled(self._returns.bounce(reading, envelope))
        if reading.kind is Kind.COMPLAINT:  # opting out: by a tag of the mail's own, or its copy
            if reading.commands and self._clerk.leaves(reading, envelope):
                return Handled("opted out by their mail program")
            return Handled(self._returns.complaint(reading, envelope))
        if reading.kind is Kind.AUTO_REPLY:
            return Handled("a machine answered: ignored")
        if reading.kind is Kind.IGNORE and reading.failures:
            return Handled(reading.reason)
        return self._clerk.obey(reading, envelope)

    def _keep(self, handled: Handled, reading: Reading, envelope: Envelope) -> None:
        """Keeps the answer, if RFC 3834 lets the mail be answered and its sender had none yet."""
        answer = handled.answer
        if answer is None:
            return
        path = envelope.sender
        back = claimed(reading.mail, envelope) if path is None else path
        if unanswerable(reading.mail, back):
            return
        if self._allowed(handled, answer, reading):
            self._inbox.answer(answer.address, answer.record(), self._clock.now())

    def _allowed(self, handled: Handled, answer: Answer, reading: Reading) -> bool:
        """Whether an address may get one more answer."""
        span = int(self._clock.now().timestamp()) // HOUR
        most, name = (UNPROVED if answer.reader else STRANGER), "answer"
        if handled.signed:
            most, name = PROVED, "proved answer"
        elif answer.reader:
            wish = " ".join(map(str, reading.commands))
            if not self._may(f"answer {answer.address} {wish}", span, 1):
                return False
        return self._may(f"{name} {answer.address}", span, most) and self._may(
            f"answers {answer.address}", span - span % 24, A_DAY
        )
