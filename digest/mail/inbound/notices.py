"""Bounces in free form: which addresses a notice names, and what it says of each.

Not one parser for each of the fifty programs that write them, but what they have in common: the
address stands alone on its line, in angle brackets, behind a colon or a command; the reason stands
beside or below it; the message that came back tells who the sender is, and so who is not meant.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from email import message_from_string

from digest.mail.inbound.dsn import ADDRESS, MOST, Failure, answered, mailbox, told_of
from digest.mail.inbound.fields import Fields, groups
from digest.mail.inbound.incoming import Incoming, addresses
from digest.mail.inbound.refusal import Refusal, refusal
from digest.model import Severity

_DELAYED = re.compile(
    r"\b(?:has|have|is|was|been)\b.{0,40}\bdelayed\b|delivery status notification \(delay\)"
    r"|not yet been delivered|still (?:trying|being (?:retried|tried))|will (?:be retried|keep trying"
    r"|continue to (?:be )?(?:try|retr))|no action is required|warning: (?:could not send|message)"
    r"|do(?:n't| not) need to (?:do anything|resend)|attempts? to deliver .{0,40} will continue",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"(?:could|can) ?not be delivered (?:after|within|for)|message (?:expired|has expired)|given? ?up"
    r"|retry time(?:out)? (?:not reached|exceeded)|too long|timed? ?out|timeout|will not (?:be retried|retry)"
    r"|undeliverable|permanent (?:error|failure)|failed",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"^(?:mailer[-_.]?daemon|postmaster|mail-?daemon|(?:no-?|do-?not-?)reply|abuse|root|bounces?"
    r"|mailerdaemon|majordomo|listserv|double-bounce|noreply\w*|support|hostmaster|mail-?admin\w*)"
    r"(?:[+=].*)?@",
    re.IGNORECASE,
)
_STRONG = (
    # alone on its line, whatever is around it
    re.compile(r"^[\s>*\-•|]*<?({a})>?\s*[:.]?\s*$"),
    # <address>: reason, or <address>... reason
    re.compile(r"^[\s>*]*<({a})>\s*(?::|\.\.\.|\()"),
    re.compile(r"^[\s>*]*({a})\s*(?::\s|\.\.\.|\s-\s|\s\(|\son\s+\w)"),
    re.compile(
        r"^[\s>*]*({a})\s+(?:invalid|unknown|not|error|mailbox|user|rejected)\b", re.IGNORECASE
    ),
    # a label, then the address
    re.compile(
        r"^\W*(?:final[- ]|original[- ]|intended |failed |unknown |delivery |e-?mail |target mail )?"
        r"(?:recipient(?:s|\(s\)| address)?|to|address|user|rcpt to|addressee|mailbox|for)"
        r"\s*(?:[:;=\]]|was)\s*(?:rfc822\s*;)?\W{0,3}({a})",
        re.IGNORECASE,
    ),
    re.compile(r"rcpt to:\s*<?({a})>?", re.IGNORECASE),
    re.compile(r"^\s*<<<?\s*[45]\d\d[ -].{{0,30}}<({a})>", re.IGNORECASE),
    re.compile(r"^\s*[45]\d\d[ -](?:[45]\.\d\.\d+ )?<?({a})>?\.\.\.", re.IGNORECASE),
    re.compile(
        r"(?:deliver\w*|sen[dt]|mail|message|addressed|failed|e-?mail|recipient|transferred)\b[^\n]{{0,60}}?"
        r"\b(?:to|for|recipients?|address(?:es)?|user)\b[^\n]{{0,40}}?[\s<:'\"(]({a})",
        re.IGNORECASE,
    ),
)
_PATTERNS = tuple(
    re.compile(
        pattern.pattern.replace("{a}", ADDRESS.pattern).replace("{{", "{").replace("}}", "}"),
        pattern.flags,
    )
    for pattern in _STRONG
)


def failures(mail: Incoming) -> list[Failure]:
    """What a notice without a report says of the addresses that it names."""
    return _fielded(mail) or _of(_failed_recipients(mail) or _named(mail), mail)


def guessed(mail: Incoming, others: Callable[[], Iterable[str]]) -> list[Failure]:
    """The same for whom the returned message was sent to, or `others` guesses."""
    return _of(_returned_to(mail) or [a for a in others() if a not in _senders(mail)], mail)


def _of(named: Sequence[str], mail: Incoming) -> list[Failure]:
    delayed = is_delay(mail)
    return [_failure(address, named, mail, delayed=delayed) for address in named[:MOST]]


_PER_MESSAGE = re.compile(r"^(?:Reporting-MTA|Original-Envelope-Id|Final-Recipient):", re.M | re.I)
"""Where a report's fields begin."""


def _fielded(mail: Incoming) -> list[Failure]:
    """A report's fields that stand in plain text (a gateway took the MIME away)."""
    if "final-recipient:" not in mail.notice.lower():
        return []
    found = [group for group in groups(_flush(mail.notice)) if "final-recipient" in group]
    made = [(mailbox(group["final-recipient"]), group) for group in found[:MOST]]
    return [_from_fields(address, group, mail) for address, group in made if "@" in address]


def _flush(text: str) -> str:
    """Fields set apart from the prose before them."""
    return re.sub(r"^(?=(?:Original|Final)-Recipient:)", "\n", text, count=1, flags=re.M | re.I)


def _from_fields(address: str, fields: Fields, mail: Incoming) -> Failure:
    words = fields.get("diagnostic-code", "").partition(";")[2]
    words = words or told_of(address, _PER_MESSAGE.split(mail.notice)[0])
    action = fields.get("action", "failed").lower()
    made = refusal(words, fields.get("status", ""), answered(mail.notice, address))
    if action.startswith("delay"):
        made = Refusal(Severity.DELAYED, made.status, "delayed, not failed", made.code)
    if action in {"delivered", "relayed", "expanded"}:
        made = Refusal(Severity.NONE, made.status, action)
    return Failure(address, made, words)


def is_delay(mail: Incoming) -> bool:
    """Whether a notice speaks of a delay, and of nothing that was given up."""
    subject = mail.get("subject")
    if re.search(r"\b(?:delay|delayed|warning)\b", subject, re.IGNORECASE):
        return not re.search(r"fail|undeliver|return", subject, re.IGNORECASE)
    return bool(_DELAYED.search(mail.notice)) and not _GIVEN_UP.search(mail.notice)


def _failed_recipients(mail: Incoming) -> list[str]:
    """Exim's and Google's own field."""
    listed = ",".join(mail.all("x-failed-recipients"))
    return unique(found.lower() for found in ADDRESS.findall(listed))


def _senders(mail: Incoming) -> set[str]:
    """Who the returned message, and so this notice, came from and goes to: nobody that failed."""
    own = mail.addresses("to", "from", "return-path", "delivered-to")
    came = addresses(
        mail.returned.get(name, "") for name in ("from", "sender", "return-path", "reply-to")
    )
    return {*own, *came, *addresses([mail.returned.get("errors-to", "")])}


def _recipients(mail: Incoming) -> list[str]:
    return addresses(mail.returned.get(n, "") for n in ("x-original-to", "delivered-to", "to"))


def _named(mail: Incoming) -> list[str]:
    """Addresses that the notice names as those that failed, by the surest sign that it has."""
    ours, sent_to = _senders(mail), set(_recipients(mail))
    skip = ours - sent_to
    notice = _QUOTED_FIELDS.sub("", mail.notice)
    lines = [line for line in notice.split("\n") if "@" in line][:2000]
    for patterns in (_PATTERNS[:-1], _PATTERNS[-1:]):
        found = [
            match[1].lower()
            for line in lines
            for pattern in patterns
            if (match := pattern.search(line[:1000]))
        ]
        kept = [a for a in unique(found) if a not in skip and not _MACHINE.match(a)]
        if kept:
            return kept
    alone = unique(m[1].lower() for line in lines for p in _PATTERNS[:2] if (m := p.search(line)))
    if came_back_to_self := [a for a in alone if not _MACHINE.match(a)]:
        return came_back_to_self
    anywhere = unique(a.lower() for line in lines for a in ADDRESS.findall(line[:1000]))
    kept = [a for a in anywhere if a not in skip and not _MACHINE.match(a)]
    return [a for a in kept if a in sent_to] or kept[:1]


def _returned_to(mail: Incoming) -> list[str]:
    """Failing all else: to whom the returned message was addressed, when that is one person."""
    found = addresses([mail.returned.get("to", "")]) or _deeper(mail)
    return unique(found) if len(found) == 1 else []


def _deeper(mail: Incoming) -> list[str]:
    with suppress(ValueError, LookupError):
        inner = message_from_string(mail.returned_text)
        return addresses([str(inner.get("to", ""))])
    return []


def _failure(address: str, named: Sequence[str], mail: Incoming, *, delayed: bool) -> Failure:
    words = mail.notice[:6000] if len(named) == 1 else told_of(address, mail.notice)
    command = answered(words if len(named) > 1 else mail.notice, address)
    made = refusal(sharpest(words or mail.notice[:6000]), "", command)
    if delayed:
        made = Refusal(Severity.DELAYED, made.status, "delayed, not failed", made.code)
    return Failure(address, made, words[:500])


_QUOTED_FIELDS = re.compile(
    r"^[ \t]*(?:To|From|Cc):[^\n]*\n(?=[ \t]*(?:Subject|Sent|Date|To|Cc):)", re.M | re.I
)
"""Fields of the original that a notice repeats."""
_SAID = re.compile(
    r"(?:said|replied|responded|returned was|response was|reason(?: was| is)?|because|did not like our [\w ]+"
    r"|server (?:message|response|returned)|diagnostic[- ]code|error (?:was|is)|failed with)\s*:\s",
    re.IGNORECASE,
)
_CODED = re.compile(r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])[45]\.\d{1,2}\.\d")


def sharpest(text: str) -> str:
    """What a notice quotes of the server, when it does; else the whole of it."""
    if quoted := [found.end() for found in _SAID.finditer(text)]:
        tail = text[quoted[-1] : quoted[-1] + 1500]
        return tail if _CODED.search(tail) or not _CODED.search(text) else text[quoted[0] :][:3000]
    lines = text.split("\n")
    at = [place for place, line in enumerate(lines) if _CODED.search(line)]
    if not at:
        return text
    kept = sorted({near for i in at for near in range(max(0, i - 1), min(len(lines), i + 5))})
    return "\n".join(lines[place] for place in kept)


def unique(found: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(found))
