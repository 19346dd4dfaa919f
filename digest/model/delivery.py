"""What became of one edition for one reader. `docs/delivery-states.md` draws it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PLANNED = "planned"
    """Due, and no row yet: derived, never stored."""
    CLAIMED = "claimed"
    """A process has taken it."""
    SENDING = "sending"
    """Its final dot is about to be written: stands in a journal, never in the ledger."""
    ACCEPTED = "accepted"
    """The server took responsibility (RFC 5321 §6.1)."""
    DEFERRED = "deferred"
    """4yz or no connection: due again later, until it expires."""
    REJECTED = "rejected"
    """5yz: never tried again."""
    IN_DOUBT = "in_doubt"
    """The connection was lost after the final dot: held, never resent unasked."""
    EXPIRED = "expired"
    """Deferred for longer than an edition is worth."""
    SKIPPED = "skipped"
    """Not to be sent, and why."""
    BOUNCED = "bounced"
    """Accepted, and a DSN came later (RFC 3464)."""


_S = DeliveryState
TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    _S.PLANNED: frozenset({_S.CLAIMED}),
    _S.CLAIMED: frozenset({_S.SENDING, _S.DEFERRED, _S.REJECTED, _S.SKIPPED, _S.IN_DOUBT}),
    _S.SENDING: frozenset({_S.ACCEPTED, _S.DEFERRED, _S.REJECTED, _S.IN_DOUBT}),
    _S.DEFERRED: frozenset({_S.CLAIMED, _S.EXPIRED, _S.IN_DOUBT}),
    _S.IN_DOUBT: frozenset({_S.CLAIMED, _S.ACCEPTED, _S.DEFERRED, _S.EXPIRED}),
    _S.ACCEPTED: frozenset({_S.BOUNCED}),
    _S.REJECTED: frozenset(),
    _S.EXPIRED: frozenset({_S.DEFERRED}),
    _S.SKIPPED: frozenset(),
    _S.BOUNCED: frozenset(),
}
"""State → the states that may follow it."""

SEEN = frozenset({_S.ACCEPTED, _S.IN_DOUBT, _S.BOUNCED})
"""States after which an edition's papers count as seen by the reader."""

SETTLED = frozenset({_S.ACCEPTED, _S.REJECTED, _S.IN_DOUBT, _S.EXPIRED, _S.SKIPPED, _S.BOUNCED})
"""States that no run touches unasked."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the ledger: key (address, day)."""

    address: str
    day: date
    state: DeliveryState
    attempts: int = 0
    reply: str = ""
    """The server's own words, kept for everything that was not accepted."""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one delivery, won from the ledger; its marks are made in one journal."""

    address: str
    day: date
    reader: int
    """The number that stands for the address in the store."""
    journal: int
    """The number of the journal."""


class Scope(StrEnum):
    """How far a refusal reaches."""

    RECIPIENT = "recipient"
    """This mail alone."""
    PROVIDER = "provider"
    """Every mail to the same mail operator: leave it alone for `retry_after` seconds."""
    CONNECTION = "connection"
    """This conversation: close it, open another."""


class Severity(StrEnum):
    """What a failure says of the reader's address, for its suppression."""

    NONE = "none"
    HARD = "hard"
    """Dead: never write to it again."""
    SOFT = "soft"
    """In trouble (full, disabled): dead when it stays so."""
    BLOCK = "block"
    """It is we who are not wanted; says nothing of the address."""
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended."""

    address: str
    day: date
    state: DeliveryState
    reply: str = ""
    retry_after: int = 0
    """Seconds until a deferred delivery is due again."""
    scope: Scope = Scope.RECIPIENT
    severity: Severity = Severity.NONE
    alert: bool = False
    """Whether a person should hear of it: it is ours to mend."""
    held: bool = False
    """Whether it was not even tried, because its provider or a limit of ours keeps it back."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a batch came to."""

    outcomes: tuple[Outcome, ...]
    trouble: str = ""
    """Why the relay could not be reached; then the batch is deferred, and so would the next be."""
