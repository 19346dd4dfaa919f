"""One mail, read: what kind it is, whom it is about, what it asks for."""

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from enum import StrEnum

from digest.mail.inbound import arf, dsn, notices, providers
from digest.mail.inbound.automatic import auto_submitted, is_automatic, suppresses
from digest.mail.inbound.commands import Command, Verb, commands, unsubscribe_token
from digest.mail.inbound.dsn import Failure
from digest.mail.inbound.envelope import Envelope
from digest.mail.inbound.incoming import Incoming
from digest.mail.inbound.refusal import Refusal
from digest.mail.inbound.signs import DAEMON, bounce_like, from_daemon
from digest.model import Severity


class Kind(StrEnum):
    """What a mail is to us."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    COMMAND = "command"
    AUTO_REPLY = "auto-reply"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail says; nothing of it is believed yet."""

    kind: Kind
    mail: Incoming
    failures: tuple[Failure, ...] = ()
    complainers: tuple[str, ...] = ()
    reason: str = ""
    commands: tuple[Command, ...] = ()


GUESSED, LINES = 65_536, 500
"""Octets and lines of a mail in which the library looks for an address."""
LEAVING = (Command(Verb.UNSUBSCRIBE),)


def read(octets: bytes) -> Reading:
    """Reads a mail; never raises."""
    mail = Incoming.parse(octets)
    for reader in (_complaint, _leaving, _told, _reported, _disposed):
        if reading := reader(mail):
            return reading
    return _bounced(mail, octets) or _automatic(mail) or _commanding(mail)


def _complaint(mail: Incoming) -> Reading | None:
    if not arf.is_complaint(mail):
        return None
    kind = arf.feedback_type(mail)
    reason = f"a feedback report (RFC 5965): {kind}"
    wish = LEAVING if kind.startswith("opt-out") else ()
    return Reading(Kind.COMPLAINT, mail, (), tuple(arf.complainers(mail)), reason, wish)


def _leaving(mail: Incoming) -> Reading | None:
    """A mail program that unsubscribes for its user, by whatever Auto-Submitted says."""
    if mail.get("x-apple-unsubscribe").strip().lower() == "true":
        who, reason = tuple(mail.addresses("from")), "opted out by their mail program's button"
        return Reading(Kind.COMPLAINT, mail, (), who, reason, LEAVING)
    if unsubscribe_token(mail.get("subject")):
        return Reading(Kind.COMMAND, mail, reason="a List-Unsubscribe mail", commands=LEAVING)
    return None


def _told(mail: Incoming) -> Reading | None:
    """A provider's notice for programs."""
    told = providers.notification(mail)
    if found := providers.failures(told):
        return _failed(mail, found)
    if who := providers.complainers(told):
        return Reading(Kind.COMPLAINT, mail, (), tuple(who), "a provider's notice")
    return Reading(Kind.IGNORE, mail, reason="a provider's notice of no failure") if told else None


def _reported(mail: Incoming) -> Reading | None:
    """A report in fields (RFC 3464)."""
    found = dsn.failures(mail)
    if not found:
        return None
    if all(failure.severity is Severity.NONE for failure in found):
        return Reading(Kind.IGNORE, mail, tuple(found), (), "a report of success (RFC 3464)")
    return _failed(mail, found)


def _failed(mail: Incoming, found: Sequence[Failure]) -> Reading:
    worst = next((f for f in found if f.severity is not Severity.NONE), found[0])
    return Reading(Kind.BOUNCE, mail, tuple(found), (), worst.refusal.reason)


def _disposed(mail: Incoming) -> Reading | None:
    """RFC 8098: read, deleted unread, or refused by the reader's own filter (RFC 5429)."""
    if not mail.disposition:
        return None
    fields = mail.disposition[0]
    automatic = "automatic-action" in fields.get("disposition", "").lower()
    if automatic and re.search(r"reject|refus|not want|denied", mail.notice, re.IGNORECASE):
        made = Refusal(Severity.SOFT, "", "refused by the reader's own filter (RFC 5429)")
        return _failed(mail, [Failure(dsn.mailbox(fields.get("final-recipient", "")), made)])
    return Reading(Kind.AUTO_REPLY, mail, reason="a disposition notification (RFC 8098)")


def _bounced(mail: Incoming, octets: bytes) -> Reading | None:
    """A bounce in free form."""
    if not bounce_like(mail):
        return None
    found = notices.failures(mail) or _within(mail)
    found = found or notices.guessed(mail, lambda: _by_library(octets))
    if found:
        return _failed(mail, found)
    if not is_automatic(mail) or from_daemon(mail):
        return Reading(Kind.BOUNCE, mail, reason="a bounce that names nobody")
    return None


def _within(mail: Incoming) -> list[Failure]:
    """What a bounce says that came back itself, or was passed on whole."""
    text = mail.returned_text
    if not (text and DAEMON.search(mail.returned.get("from", ""))):
        return []
    inner = Incoming.parse(text.encode("utf-8", "replace"))
    return dsn.failures(inner) or notices.failures(inner)


def _automatic(mail: Incoming) -> Reading | None:
    if not (is_automatic(mail) or auto_submitted(mail)):
        return None
    return Reading(Kind.AUTO_REPLY, mail, reason="a machine answered (RFC 3834)")


def _commanding(mail: Incoming) -> Reading:
    found = tuple(commands(mail.get("subject"), mail.notice))
    if not found and suppresses(mail):
        return Reading(Kind.AUTO_REPLY, mail, reason="a machine answered, by its header")
    if not found and any(name == "confirm" for name, _ in Envelope.of(mail).tags()):
        found = (Command(Verb.CONFIRM),)  # replying to the letter says yes
    if not found:
        return Reading(Kind.IGNORE, mail, reason="no bounce, no complaint, and no command in it")
    return Reading(Kind.COMMAND, mail, reason="asked for by mail", commands=found)


def _by_library(octets: bytes) -> Iterable[str]:
    """flufl.bounce's guesses: addresses alone, never a verdict; it raises on ordinary mail."""
    try:
        from flufl.bounce import all_failures

        logging.getLogger("flufl.bounce").disabled = True  # it logs a traceback for each it raises
        short = b"\n".join(
            octets[:GUESSED].split(b"\n", LINES)[:LINES]
        )  # it reads line by line, slowly
        transient, permanent = all_failures(message_from_bytes(short))
    except Exception:  # noqa: BLE001 - a fall-back of the last resort, and it raises what it likes
        return []
    return sorted({found.decode("utf-8", "replace").lower() for found in transient | permanent})
