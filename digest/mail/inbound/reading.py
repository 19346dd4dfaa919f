"""One mail, read: what kind it is, whom it is about, what it asks for."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import StrEnum
from typing import Any

from digest.mail.inbound import arf, dsn, notices, providers
from digest.mail.inbound.automatic import auto_submitted, is_automatic
from digest.mail.inbound.dsn import Failure
from digest.mail.inbound.incoming import LONGEST, Incoming
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
    wish: str = field(default="")


_SUBJECT = re.compile(
    r"""\b(?:
        undeliver(?:able|ed)\w* | un-deliverable | non-?deliver\w+ | not\ deliver\w+
      | (?:delivery|delivering|deliver)\b.{0,30}\b(?:fail\w*|status|report|problem|error|notif\w+|unsuccess\w+|delay\w*|impossible)
      | fail(?:ed|ure)\b.{0,30}\b(?:deliver\w*|notice|mail|message|notif\w+)
      | (?:mail|message|e-?mail)\b.{0,30}\b(?:fail\w*|delayed|undeliver\w+|(?:not|un)\ ?deliver\w+|rejected|could\ not)
      | return(?:ed|ing)\b.{0,20}\b(?:mail|message|e-?mail|to\ sender)
      | mail\ system\ error | (?:error|problem|trouble)\b.{0,20}\bdeliver\w+ | mail\ error
      | bounced?\b.{0,20}\b(?:mail|message|e-?mail|notif\w+) | (?:mail|e-?mail)\ bounce
      | delivery\ notification | non\ remis | unzustellbar\w* | nicht\ zugestellt | warning:\ could\ not
      | 配信|配送|送信できません | 退信 | не\ доставлен | entrega | mancata\ consegna
      | user\ unknown | unknown\ user | permanent\ fail\w+ | nondeliverable | could\ not\ be\ delivered
      | DSN: | NDN: | NDR: | mail\ delivery | can(?:not|'t)\ (?:be\ )?(?:deliver|send)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_DAEMON = re.compile(
    r"mail(?:er)?[-_. ]?daemon|post[-_.]?master|mail delivery|delivery (?:subsystem|system)|mail system"
    r"|mailsystem|mailadmin|mail administrator|double-bounce|bounces?@|mail subsystem|microsoft exchange",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"""(?:could|can|was|were|did|has|have|is|be|been|wasn't|couldn't|un)\b.{0,12}(?:not|n't|unable|able)?.{0,25}
        (?:deliver|transfer|sen[dt]|process|forward|relay)\w*
      | undeliver\w+ | returned\ (?:mail|message|to\ sender) | permanent\ (?:error|failure|fatal)
      | deliver\w*\b.{0,40}\bfail\w* | fail\w*\b.{0,40}\bdeliver\w* | following\ address(?:es|\(es\))
      | (?:mail|message)\b.{0,60}\b(?:rejected|bounced|discarded|delayed|refused|failed|unreachable)
      | unknown\ (?:user|recipient|address) | user\ unknown | no\ such\ (?:user|recipient)
      | invalid\ (?:user|recipient) | error\ (?:deliver|occur|in)
      | transcript\ of\ session | reject\ reason | (?:account|mailbox)\b.{0,20}\b(?:disabled|full)
      | エラー|配信|届け|失敗 | transaction\ failed | (?<!\d)[45]\d\d[ -][45]\.\d\.\d
    """,
    re.IGNORECASE | re.VERBOSE,
)


def read(octets: bytes) -> Reading:
    """Reads a mail; never raises."""
    mail = Incoming.parse(octets)
    if arf.is_complaint(mail):
        return _complaint(mail)
    if opts_out(mail):
        who = tuple(mail.addresses("from"))
        return Reading(Kind.COMPLAINT, mail, (), who, "opted out by their mail program", "opt-out")
    if told := providers.notification(mail):
        return _told(mail, told)
    reported = dsn.failures(mail)
    if reported:
        return _reported(mail, reported)
    if mail.disposition:
        return _disposed(mail)
    if _bounce_like(mail):
        found = notices.failures(mail) or _within(mail)
        found = found or notices.guessed(mail, lambda: _by_library(octets))
        if found:
            return Reading(Kind.BOUNCE, mail, tuple(found), (), found[0].refusal.reason)
        if not is_automatic(mail) or _daemon(mail):
            return Reading(Kind.BOUNCE, mail, reason="a bounce that names nobody")
    if is_automatic(mail) or auto_submitted(mail):
        return Reading(Kind.AUTO_REPLY, mail, reason="a machine answered (RFC 3834)")
    return Reading(Kind.IGNORE, mail, reason="neither bounce nor complaint")


def _within(mail: Incoming) -> list[Failure]:
    """What a bounce says that came back itself, or was passed on whole."""
    text = mail.returned_text
    if not (text and _DAEMON.search(mail.returned.get("from", ""))):
        return []
    inner = Incoming.parse(text.encode("utf-8", "replace"))
    return dsn.failures(inner) or notices.failures(inner)


def _complaint(mail: Incoming) -> Reading:
    kind = arf.feedback_type(mail)
    reason = f"a feedback report (RFC 5965): {kind}"
    return Reading(Kind.COMPLAINT, mail, (), tuple(arf.complainers(mail)), reason, kind)


def _told(mail: Incoming, told: Mapping[str, Any]) -> Reading:
    if found := providers.failures(told):
        return Reading(Kind.BOUNCE, mail, tuple(found), (), found[0].refusal.reason)
    if who := providers.complainers(told):
        return Reading(Kind.COMPLAINT, mail, (), tuple(who), "a provider's notice", "abuse")
    return Reading(Kind.IGNORE, mail, reason="a provider's notice of no failure")


def opts_out(mail: Incoming) -> bool:
    """Whether a mail program unsubscribes for its user, who pressed its button."""
    return mail.get("x-apple-unsubscribe").strip().lower() == "true"


def _reported(mail: Incoming, found: list[Failure]) -> Reading:
    if all(failure.severity is Severity.NONE for failure in found):
        return Reading(Kind.IGNORE, mail, tuple(found), reason="a report of success (RFC 3464)")
    worst = next(f for f in found if f.severity is not Severity.NONE)
    return Reading(Kind.BOUNCE, mail, tuple(found), (), worst.refusal.reason)


def _disposed(mail: Incoming) -> Reading:
    """RFC 8098: read, deleted unread, or refused by the reader's own filter (RFC 5429)."""
    fields = mail.disposition[0]
    if "automatic-action" in fields.get("disposition", "").lower() and re.search(
        r"reject|refus|not want|denied", mail.notice, re.IGNORECASE
    ):
        address = dsn.mailbox(fields.get("final-recipient", ""))
        made = dsn.Refusal(Severity.SOFT, "", "refused by the reader's own filter (RFC 5429)")
        return Reading(Kind.BOUNCE, mail, (Failure(address, made),), (), made.reason)
    return Reading(Kind.AUTO_REPLY, mail, reason="a disposition notification (RFC 8098)")


def _bounce_like(mail: Incoming) -> bool:
    """Two signs are needed, of: who wrote it, its subject, its form, its words."""
    if mail.report_type in {"delivery-status", "delivery"} or mail.get("x-failed-recipients"):
        return True
    null = mail.get("return-path").strip() in {"<>", ""} and "return-path" in dict(mail.headers)
    signs = [
        _daemon(mail) or null,
        bool(_SUBJECT.search(mail.get("subject"))),
        bool(_BODY.search(mail.notice[:8000])),
    ]
    if signs[2] and mail.returned and _UNATTENDED.match(mail.get("from").rpartition("<")[2]):
        return True
    return sum(signs) >= 2 and (signs[0] or signs[1]) and not _person(mail, signs[0])


_UNATTENDED = re.compile(r"(?:no|do-?not)-?_?reply|post[-_.]?master|mail-?admin", re.IGNORECASE)


def _daemon(mail: Incoming) -> bool:
    sender = f"{mail.get('from')} {mail.get('return-path')}"
    return bool(_DAEMON.search(sender)) or mail.get("from").strip() in {"<>", ""} and bool(
        mail.headers
    )


def _person(mail: Incoming, daemon: bool) -> bool:
    """Whether somebody only writes about a bounce."""
    if daemon:
        return False
    subject = mail.get("subject").strip().lower()
    answers = subject.startswith(("re:", "aw:", "fwd:", "fw:", "wg:"))
    return answers or (not mail.returned_text and not mail.notice.count("@"))


def _by_library(octets: bytes) -> Iterable[str]:
    """flufl.bounce's guesses: addresses alone, never a verdict; it raises on ordinary mail."""
    try:
        from flufl.bounce import all_failures

        transient, permanent = all_failures(message_from_bytes(octets[:LONGEST]))
    except Exception:  # noqa: BLE001 - a fall-back of the last resort, and it raises what it likes
        return []
    return sorted({found.decode("utf-8", "replace").lower() for found in transient | permanent})
