"""Bounces and complaints: what they lead to, once they are known to be about mail of ours.

Anybody can write a bounce. It is believed when it holds a tag that only we can have made: in the
address that it came to (VERP), or in the message that came back.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple, Protocol

from digest.clock import Clock
from digest.mail.characters import one_line
from digest.mail.inbound.dsn import Failure
from digest.mail.inbound.envelope import Envelope, returned_tags, returned_tokens
from digest.mail.inbound.reading import Reading
from digest.mail.tokens import Scope
from digest.model import Severity
from digest.model.consent import Consent, Way
from digest.stages.joining import Joining
from digest.stages.suppressing import Suppressing

WORDS = 500
FAILED = frozenset({Severity.HARD, Severity.SOFT, Severity.BLOCK})


class Bounced(Protocol):
    """Writes into the ledger that an accepted mail came back."""

    def __call__(self, reader: int, day: date, reply: str, now: datetime) -> bool:
        """False when no such mail is known."""


class Whose(NamedTuple):
    """The mail of ours that a notice is about."""

    address: str
    reader: int
    day: date | None


class Returns:
    """Acts on bounces and complaints."""

    def __init__(
        self, joining: Joining, suppressing: Suppressing, bounced: Bounced, clock: Clock
    ) -> None:
        self._joining, self._suppressing = joining, suppressing
        self._bounced, self._clock = bounced, clock

    def bounce(self, reading: Reading, envelope: Envelope) -> str:
        """A bounce; returns what became of it, in words."""
        whose = self._whose(reading, envelope)
        if whose is None:
            return "bounce: not of a mail of ours, for no tag of ours is in it"
        failure = _about(whose.address, reading.failures)
        severity = failure.severity if failure else Severity.SOFT
        if severity not in FAILED:
            return f"{severity}: nothing is to be done"
        words = _said(failure) or reading.reason
        now = self._clock.now()
        if whose.day is not None:
            self._bounced(whose.reader, whose.day, words, now)
        edition = whose.day or now.date()
        step = self._suppressing.bounced(whose.address, severity, edition, words)
        return f"{severity} bounce of reader {whose.reader}: {step.value}"

    def complaint(self, reading: Reading, envelope: Envelope) -> str:
        """A complaint; the same."""
        whose = self._whose(reading, envelope)
        if whose is None:
            return "complaint: not about a mail of ours, for no tag of ours is in it"
        if reading.commands:  # opted out: no complaint, but leaving
            self._joining.leave(whose.address, Consent(Way.MAIL, words=reading.reason))
            return f"reader {whose.reader} has left"
        self._suppressing.complained(whose.address, reading.reason)
        return f"reader {whose.reader} complained and is suppressed"

    def _whose(self, reading: Reading, envelope: Envelope) -> Whose | None:
        tags = [tag for name, tag in envelope.tags() if name == "bounces"]
        tokens = returned_tokens(reading.mail)
        found = _first(self._joining.tagged, [*tags, *returned_tags(reading.mail)], Scope.BOUNCE)
        return found or _first(self._joining.reader, tokens, Scope.UNSUBSCRIBE)


def _first(who: Callable[..., object], written: Iterable[str], scope: Scope) -> Whose | None:
    for one in written:
        found = who(one, scope)
        if isinstance(found, tuple):
            subscriber, token = found
            return Whose(subscriber.address, token.reader, token.day)
    return None


def _about(address: str, failures: Iterable[Failure]) -> Failure | None:
    """The failure of an address; of a mail that was forwarded and failed there, the mildest."""
    failures = [f for f in failures if f.severity is not Severity.NONE]
    named = [f for f in failures if address in {f.address, f.original}]
    mild = [Severity.DELAYED, Severity.BLOCK, Severity.SOFT, Severity.HARD]
    return min(named or failures, key=lambda f: mild.index(f.severity), default=None)


def _said(failure: Failure | None) -> str:
    if failure is None:
        return ""
    words = one_line(failure.words)[:WORDS]
    return words or f"{failure.refusal.status} {failure.refusal.reason}".strip()
