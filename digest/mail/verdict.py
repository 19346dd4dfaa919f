"""What an SMTP answer, or the lack of one, means for a delivery: one table, read from the top.

The first row that fits decides. Whether to try again is the reply code's say (RFC 5321 §4.2.1: 4yz
yes, 5yz never); the enhanced status and, failing it, the words say whose fault it is.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from digest.mail.reply import Reply
from digest.model import DeliveryState, Scope, Severity

_MINUTE = 60


class Phase(StrEnum):
    """How far a mail had come (RFC 5321 §3.3)."""

    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    """The content is being written, its final dot is not (§4.1.1.4)."""
    DOT = "final dot"
    """The final dot is written."""


@dataclass(frozen=True, slots=True)
class Action:
    """What to do."""

    state: DeliveryState
    retry_after: int = 0
    """Seconds."""
    scope: Scope = Scope.RECIPIENT
    severity: Severity = Severity.NONE
    alert: bool = False
    """Whether the operator must hear of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: fits when every condition that it states holds."""

    name: str
    source: str
    action: Action
    codes: frozenset[int] = frozenset()
    classes: str = ""
    """First digits of the reply code."""
    statuses: frozenset[tuple[int, int]] = frozenset()
    """Subject and detail of the enhanced status."""
    words: re.Pattern[str] | None = None
    phases: frozenset[Phase] = field(default=frozenset(Phase))
    bare: bool = False
    """Fits only a reply without an enhanced status, or with one of subject 7 or 0."""

    def fits(self, reply: Reply, phase: Phase) -> bool:
        """Whether this row speaks of such a reply."""
        status = reply.status
        return (
            phase in self.phases
            and (not self.codes or reply.code in self.codes)
            and (not self.classes or str(reply.code)[0] in self.classes)
            and (
                not self.statuses
                or bool(status and (status.subject, status.detail) in self.statuses)
            )
            and (self.words is None or bool(self.words.search(reply.text)))
            and (not self.bare or status is None or status.subject in {0, 7})
        )


def _about(subject: int, *details: int) -> frozenset[tuple[int, int]]:
    return frozenset((subject, detail) for detail in details)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_S = DeliveryState
_AUTHENTICATION = _about(7, *range(20, 28), 29, 30, 31, 32, 40, 509, 515)
_DEAD = _about(1, 1, 2, 3, 4, 6, 10) | _about(4, 1, 3, 4, 310)
_REPUTATION = _words(r"spam|blo?ck(ed)? ?list|reputation|\brbl\b|dnsbl|unsolicited|blocked using")
_UNKNOWN = _words(
    r"(user|recipient|mailbox|address|account)\b.{0,40}"
    r"(unknown|not (found|exist)|n't exist|invalid)"
    r"|(unknown|no such|invalid) (local )?(user|recipient|mailbox|address|account)"
)
_BEFORE_DATA = frozenset({Phase.MAIL, Phase.RCPT, Phase.DATA})

TABLE: tuple[Row, ...] = (
    Row(
        "accepted",
        "RFC 5321 §4.1.1.4, §6.1: with 250 after the dot the server takes responsibility",
        Action(_S.ACCEPTED),
        classes="2",
        phases=frozenset({Phase.DOT}),
    ),
    Row(
        "too fast",
        "Gmail 421 4.7.28 (support.google.com/a/answer/3726730): rate, netblock, URL or DKIM quota",
        Action(_S.DEFERRED, 10 * _MINUTE, Scope.PROVIDER, Severity.BLOCK),
        classes="4",
        statuses=_about(7, 28),
    ),
    Row(
        "Yahoo defers",
        "Yahoo SMTP codes TSS01 to TSS12 (senders.yahooinc.com/smtp-error-codes): back off",
        Action(_S.DEFERRED, 15 * _MINUTE, Scope.PROVIDER, Severity.BLOCK),
        codes=frozenset({421, 451}),
        words=_words(r"\[TS[A-Z]?\d+\]"),
    ),
    Row(
        "our DNS, TLS or authentication, for now",
        "RFC 7372 §3, RFC 7505 §4.2, Gmail 4.7.23 to 4.7.40: nothing but mending helps",
        Action(_S.DEFERRED, 30 * _MINUTE, Scope.PROVIDER, Severity.BLOCK, alert=True),
        classes="4",
        statuses=_AUTHENTICATION,
    ),
    Row(
        "our DNS, TLS or authentication",
        "RFC 7372 §3, RFC 7505 §4.2, Gmail 5.7.25 to 5.7.30, Outlook.com 5.7.509, 5.7.515",
        Action(_S.REJECTED, 30 * _MINUTE, Scope.PROVIDER, Severity.BLOCK, alert=True),
        classes="5",
        statuses=_AUTHENTICATION,
    ),
    Row(
        "the relay wants authentication",
        "RFC 4954 §6 (530, 534, 535), RFC 3207 §4 (530): our settings, not the reader's address",
        Action(_S.DEFERRED, 10 * _MINUTE, Scope.CONNECTION, alert=True),
        codes=frozenset({530, 534, 535, 538}),
        phases=_BEFORE_DATA,
    ),
    Row(
        "mailbox busy",
        "RFC 3463 §3.3 X.2.1; Gmail 450 4.2.1: this mailbox gets mail too fast",
        Action(_S.DEFERRED, 15 * _MINUTE),
        classes="4",
        statuses=_about(2, 1),
    ),
    Row(
        "mailbox full, for now",
        "RFC 3463 §3.3 X.2.2",
        Action(_S.DEFERRED, 60 * _MINUTE, severity=Severity.SOFT),
        classes="4",
        statuses=_about(2, 2),
    ),
    Row(
        "mailbox full",
        "RFC 3463 §3.3 X.2.2; full is not dead, so soft",
        Action(_S.REJECTED, severity=Severity.SOFT),
        classes="5",
        statuses=_about(2, 2),
    ),
    Row(
        "greylisted",
        "RFC 6647 §5: a first refusal that five minutes cure",
        Action(_S.DEFERRED, 5 * _MINUTE),
        classes="4",
        words=_words(r"gr[ea]y-? ?list"),
    ),
    Row(
        "no such mailbox or domain",
        "RFC 3463 §3.2 X.1.1 to X.1.6 and §3.5 X.4.4, RFC 7505 §4.1 (556 5.1.10)",
        Action(_S.REJECTED, severity=Severity.HARD),
        classes="5",
        statuses=_DEAD,
        phases=frozenset(Phase) - {Phase.MAIL},
    ),
    Row(
        "header or message too large",
        "RFC 3463 §3.4 X.3.4; RFC 1870 §6.1: our bug",
        Action(_S.REJECTED, alert=True),
        classes="5",
        statuses=_about(3, 4),
    ),
    Row(
        "reputation, for now",
        "Spamhaus and its like, by their words (RFC 3463 §3.8 X.7.1)",
        Action(_S.DEFERRED, 30 * _MINUTE, Scope.PROVIDER, Severity.BLOCK, alert=True),
        classes="4",
        words=_REPUTATION,
        bare=True,
    ),
    Row(
        "reputation or content",
        "Spamhaus and its like, by their words (RFC 3463 §3.8 X.7.1)",
        Action(_S.REJECTED, 30 * _MINUTE, Scope.PROVIDER, Severity.BLOCK, alert=True),
        classes="5",
        words=_REPUTATION,
        bare=True,
    ),
    Row(
        "no such mailbox, in words alone",
        "RFC 5321 §4.2.3: 550, 551, 553 of a server without enhanced codes",
        Action(_S.REJECTED, severity=Severity.HARD),
        codes=frozenset({550, 551, 553, 554}),
        words=_UNKNOWN,
        phases=frozenset({Phase.RCPT}),
        bare=True,
    ),
    Row(
        "transaction failed",
        "RFC 5321 §4.2.3: 554, which providers use for reputation and content",
        Action(_S.REJECTED, 30 * _MINUTE, Scope.PROVIDER, Severity.BLOCK, alert=True),
        codes=frozenset({554}),
        phases=frozenset({Phase.RCPT, Phase.DATA, Phase.CONTENT, Phase.DOT}),
        bare=True,
    ),
    Row(
        "service closes",
        "RFC 5321 §3.8, §4.2.3: 421, the connection ends, the mail may be tried on another",
        Action(_S.DEFERRED, 5 * _MINUTE, Scope.CONNECTION),
        codes=frozenset({421}),
    ),
    Row(
        "any other 4yz",
        "RFC 5321 §4.2.1, §4.5.4.1: again, after thirty minutes or more",
        Action(_S.DEFERRED, 30 * _MINUTE),
        classes="4",
    ),
    Row(
        "the sender is refused",
        "RFC 5321 §3.3: 5yz to MAIL speaks of us, not of the reader",
        Action(_S.REJECTED, alert=True),
        classes="5",
        phases=frozenset({Phase.MAIL}),
    ),
    Row(
        "any other 5yz to the recipient",
        "RFC 5321 §4.2.1: never again; not clear enough to call the address dead",
        Action(_S.REJECTED, severity=Severity.SOFT),
        classes="5",
        phases=frozenset({Phase.RCPT}),
    ),
    Row(
        "any other 5yz",
        "RFC 5321 §4.2.1: never again",
        Action(_S.REJECTED),
        classes="5",
    ),
    Row(
        "nonsense after the final dot",
        "RFC 5321 §4.3.2: no such reply there; the mail may have been taken",
        Action(_S.IN_DOUBT, scope=Scope.CONNECTION),
        phases=frozenset({Phase.DOT}),
    ),
    Row(
        "nonsense",
        "RFC 5321 §4.3.2: no such reply there; client and server are out of step",
        Action(_S.DEFERRED, 5 * _MINUTE, Scope.CONNECTION),
    ),
)

LOST = Action(_S.DEFERRED, _MINUTE, Scope.CONNECTION)
"""No final dot was written: not delivered (RFC 5321 §4.1.1.4), so again, soon."""

DOUBT = Action(_S.IN_DOUBT, scope=Scope.CONNECTION)
"""The final dot was written and no reply came: nearly always delivered, never resent unasked."""


def row(reply: Reply, phase: Phase) -> Row:
    """The row of the table that decides."""
    return next(row for row in TABLE if row.fits(reply, phase))


def judge(reply: Reply | None, phase: Phase) -> Action:
    """What a reply means for a mail that came as far as `phase`; None: the connection was lost."""
    if reply is not None:
        return row(reply, phase).action
    return DOUBT if phase is Phase.DOT else LOST
