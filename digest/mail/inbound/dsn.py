"""Delivery status notifications (RFC 3464, RFC 6533): which recipients failed, and how."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from digest.mail.inbound.fields import Fields
from digest.mail.inbound.incoming import Incoming
from digest.mail.inbound.refusal import Answers, Refusal, refusal
from digest.model import Severity

MOST = 100
"""Recipients of one report that are looked at."""
TRANSCRIPT = 16_384
"""Characters of a notice in which the command is looked for that was refused."""

ADDRESS = re.compile(r"[^\s<>\"(),:;\[\]\\]{1,254}@[^\s<>\"(),:;\[\]\\'|]+[^\s<>\"(),:;\[\]\\'|.]")
_XTEXT = re.compile(r"\+([0-9A-Fa-f]{2})")
_UTF8 = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")


@dataclass(frozen=True, slots=True)
class Failure:
    """What one recipient's mail came to."""

    address: str
    """In lower case, as the report names it; "" when it names none."""
    refusal: Refusal
    words: str = ""
    """The server's own."""
    original: str = ""
    """Original-Recipient, when it is another."""

    @property
    def severity(self) -> Severity:
        """What it says of the address."""
        return self.refusal.severity


def failures(mail: Incoming) -> list[Failure]:
    """Those of the report's fields; empty when it has none."""
    found: dict[str, Failure] = {}
    for fields in mail.status[: MOST + 1]:  # the first group speaks of the message
        failure = _failure(fields, mail)
        if failure and "@" in failure.address[1:]:
            known = found.get(failure.address)
            if known is None or _rank(failure) > _rank(known):
                found[failure.address] = failure
    return list(found.values())


def _rank(failure: Failure) -> int:
    return [
        Severity.NONE,
        Severity.DELAYED,
        Severity.BLOCK,
        Severity.SOFT,
        Severity.HARD,
    ].index(failure.severity)


def _failure(fields: Fields, mail: Incoming) -> Failure | None:
    recipient = mailbox(fields.get("final-recipient", ""))
    original = mailbox(fields.get("original-recipient", ""))
    if not (recipient or original):
        return None
    action = fields.get("action", "").split("(")[0].strip().lower()
    status, words = fields.get("status", ""), _words(fields.get("diagnostic-code", ""))
    address = recipient if "@" in recipient and "." in recipient.split("@")[-1] else original
    address = address or recipient
    if action in {"delivered", "relayed", "expanded", "deliverable"} or status.startswith("2."):
        return Failure(address, Refusal(Severity.NONE, status[:9], f"{action or 'delivered'}"))
    return Failure(address, _refusal(address, action, status, words, mail), words, original)


def _refusal(address: str, action: str, status: str, words: str, mail: Incoming) -> Refusal:
    several = sum("final-recipient" in group for group in mail.status) > 1
    told = told_of(address, mail.notice) if several else mail.notice[:3000]
    comment = " ".join(re.findall(r"\(([^)]*)\)", status))
    said = words if telling(words) else f"{words} {comment} {told}"
    made = refusal(said, status, answered(f"{mail.notice}\n{words}", address))
    if made.severity is Severity.HARD and _by_rule(mail):
        made = Refusal(Severity.SOFT, made.status, "bounced by a rule of the receiver's", made.code)
    if action in {"delayed", "delay"}:
        return Refusal(Severity.DELAYED, made.status, "delayed, not failed", made.code)
    return made


def _by_rule(mail: Incoming) -> bool:
    """Whether a receiver took the mail, and answers it with words of its own choice (SES)."""
    reporter = mail.status[0].get("reporting-mta", "")
    return bool(re.search(r"\binbound-smtp\.[\w-]+\.amazonaws\.com", reporter))


def telling(words: str) -> bool:
    """Whether a diagnostic says more than a number."""
    return len(re.findall(r"[^\W\d_]{3,}", words)) >= 2


def _words(diagnostic: str) -> str:
    """Diagnostic-Code without its type (RFC 3464 §2.3.6)."""
    kind, semicolon, rest = diagnostic.partition(";")
    return rest.strip() if semicolon and len(kind) < 30 and " " not in kind.strip() else diagnostic


def mailbox(value: str) -> str:
    """The address of a recipient field (RFC 3464 §2.1.2), in lower case."""
    kind, semicolon, rest = value.partition(";")
    rest = (rest if semicolon else kind).strip()
    if "utf-8" in kind.lower():  # RFC 6533 §3: utf-8-addr-xtext, utf-8-addr-unitext
        rest = _UTF8.sub(_character, _XTEXT.sub(lambda m: chr(int(m[1], 16)), rest))
    found = ADDRESS.search(rest)
    return (found[0] if found else rest.strip("<> ")).lower()[:320]


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def told_of(address: str, notice: str) -> str:
    """What a notice says of one address: from the line that names it to the next that names one."""
    lines = notice[: 4 * TRANSCRIPT].split("\n")
    parts: list[str] = []
    for start, line in enumerate(lines):
        if address and address in line.lower():
            following = list(_until_next(lines[start + 1 : start + 12], address))
            parts += [line, *(_indented(following) if telling(_behind(line)) else following)]
    return "\n".join(parts)[:4000]


def _behind(line: str) -> str:
    behind = ADDRESS.split(line)[-1].lstrip("> ")
    return "" if behind.startswith(("on ", "(expanded from")) else behind


def _indented(lines: Sequence[str]) -> list[str]:
    """Continuation lines."""
    return list(takewhile(lambda line: line[:1] in {" ", "\t"} and line.strip() != "", lines))


def _until_next(lines: Sequence[str], address: str) -> Iterator[str]:
    for line in lines:
        if any(found.lower() != address for found in ADDRESS.findall(line)):
            return
        yield line


_COMMAND = re.compile(r"^\s*(?:>>>|-->|=>|C:)\s*(\w+|\.)", re.MULTILINE)
_REPLY = re.compile(r"^\s*(?:<<<|<--|<=|S:)\s*[45]\d\d")
_NOBODY_LEFT = re.compile(
    r"need rcpt|no valid (?:recipient|rcpt)|valid rcpt|all rcpt|no recipients", re.IGNORECASE
)
_RCPT = re.compile(
    r"(?:reply to|after|\bour|>>>|SMTP:) ?RCPT\b|RCPT[_ ]TO(?:\]| response| command)|does not like recipient"
    r"|rcpt to:? ?<|RCPT:|RCPT command|\bRCPT TO\b(?!: ?[^<\s])"
    r"|<[^<>\s]+@[^<>\s]+>: user unknown\b(?! in)"
    r"|\b55\d[ -]<?[^<>\s]+@[^<>\s]+>?\.\.\. (?:user|no such|unknown)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    r"(?:reply to|after|\bour) MAIL(?: FROM)?\b|\[MAIL_FROM\]|>>> MAIL\b", re.IGNORECASE
)


def answered(transcript: str, address: str) -> Answers:
    """Which command the refusal of an address answers."""
    transcript = transcript[:TRANSCRIPT]
    command = _answered_command(transcript, address)
    if command == "nothing":
        return Answers.UNKNOWN
    if command in {"DATA", ".", "TEXT"}:
        return Answers.CONTENT
    if command == "MAIL" or _MAIL.search(transcript):
        return Answers.MAIL
    if command == "RCPT" or _RCPT.search(transcript):
        return Answers.RCPT
    return Answers.UNKNOWN


def _answered_command(transcript: str, address: str) -> str:
    """From a transcript (>>> command, <<< reply); the first refusal, or that of the address.

    Where DATA was told that nobody is left, commands were pipelined, and no one knows.
    """
    if _NOBODY_LEFT.search(transcript) and not re.search(r">>> RCPT", transcript, re.IGNORECASE):
        return "nothing"
    command, first = "", ""
    for line in transcript.split("\n"):
        if said := _COMMAND.match(line):
            command = said[1].upper()
        elif _REPLY.match(line) and command:
            if address and address in line.lower():
                return command
            first = first or command
    return first
