"""What a refusal says of an address: one table of words, read from the top, then the status codes.

The words come first, because servers write them for people and mean them; the enhanced status
(RFC 3463) is what a gateway made of them. Within the codes the one inside the server's own answer
counts before the one that the reporting program put beside it: Exim writes Status 5.0.0 beside
"550 5.1.1" (RFC 3464 §2.3.4 allows it). A refusal with 4yz stays temporary, whatever was given up.
"""

import re
from dataclasses import dataclass
from enum import Enum

from digest.mail.inbound.phrases import TABLE
from digest.mail.reply import EnhancedStatus
from digest.model import Severity

_CODE = re.compile(r"(?<![\d.#/=_-])([245]\d\d)(?=[\s\-:;,'\")#>]|$)(?!\.)")
_ENHANCED = re.compile(r"(?<![\w./-])#?([245])\.(\d{1,2})\.(\d{1,3})(?![\w]|\.\d)")
_AFTER_DATA = re.compile(
    r"end of (?:the )?data|after (?:the )?(?:end of )?(?:data|message (?:text|body|content))"
    r"|(?:reply|response) to (?:the )?(?:end of )?data\b|(?:data|text) command\b|smtp command:? data|\bour final data\b",
    re.IGNORECASE,
)

DEAD = frozenset({(1, 1), (1, 2), (1, 6), (1, 10), (4, 4), (4, 310)})
"""Subject and detail that say by themselves: no such mailbox, no such domain (RFC 3463 §3.2, §3.5;
RFC 7505; Microsoft's 5.4.310)."""
TELLING = frozenset({(4, 1), (5, 0)})
"""Those beside which words are believed: Microsoft's 5.4.1, and 5.5.0 of older servers."""
FULL = frozenset({(2, 2)})
BLOCKED = frozenset({(1, 7), (1, 8), (3, 4), (2, 3), (7, 606), (7, 509), (7, 515)}) | frozenset(
    (7, detail) for detail in (0, 1, 2, 3, 5, 7, 8, 9, *range(20, 33), 40)
)
"""Those that speak of us or of the message, not of the address."""


class Answers(Enum):
    """Which command a refusal answers, as far as the notice tells."""

    UNKNOWN = "unknown"
    MAIL = "MAIL"
    RCPT = "RCPT"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was made of a refusal."""

    severity: Severity
    status: str = ""
    """The enhanced status, or what stands for it; "" when none is known."""
    reason: str = ""
    """The row of the table, in words."""
    code: int = 0
    """The reply code; 0: none was seen."""


def refusal(words: str, status: str = "", answers: Answers = Answers.UNKNOWN) -> Refusal:
    """Reads the server's words, and the status that was reported beside them."""
    folded = " ".join(words.split())
    code, found = reply_code(folded), enhanced(folded)
    answers = Answers.CONTENT if _AFTER_DATA.search(folded) else answers
    beside = EnhancedStatus.search(status)
    own = found if found and found[1:] != (0, 0) else None
    stated = own or (_triple(beside) if beside else None) or found
    text = ".".join(map(str, stated)) if stated else ""
    temporary = _temporary(code, own, stated)
    severity, reason = _by_words(folded, stated, answers)
    if severity is None:
        severity, reason = _by_status(stated, code)
    if temporary and severity is Severity.HARD:
        severity = Severity.SOFT
    return Refusal(severity, text, reason, code)


def _temporary(code: int, own: tuple[int, ...] | None, stated: tuple[int, ...] | None) -> bool:
    """The code in the answer counts, then the status in it, then the one beside it."""
    if code:
        return 400 <= code < 500
    return (own or stated or (5,))[0] == 4


def reply_code(text: str) -> int:
    """The first refusing reply code (RFC 5321 §4.2) in a text; 0: none."""
    codes = [int(found) for found in _CODE.findall(text)]
    return next((code for code in codes if 400 <= code < 560), 0)


def enhanced(text: str) -> tuple[int, int, int] | None:
    """The enhanced status in a text: the first that says more than x.0.0."""
    found = [(int(a), int(b), int(c)) for a, b, c in _ENHANCED.findall(text) if a != "2"]
    telling = [status for status in found if status[1:] != (0, 0)]
    return next(iter(telling or found), None)


def _triple(status: EnhancedStatus) -> tuple[int, int, int]:
    return status.category, status.subject, status.detail


def _by_words(
    text: str, stated: tuple[int, ...] | None, answers: Answers
) -> tuple[Severity | None, str]:
    for row in TABLE:
        if not row.words.search(text):
            continue
        if row.unless_dead and stated and stated[1:] in row.unless_dead:
            continue
        if row.severity is Severity.HARD and answers is Answers.MAIL:
            return Severity.BLOCK, "the sender is refused"
        if row.mailbox and not _believed(stated, answers):
            return Severity.SOFT, f"{row.name}, it says; but maybe a filter does"
        return row.severity, row.name
    return None, ""


def _believed(stated: tuple[int, ...] | None, answers: Answers) -> bool:
    """Whether "no such user" is to be believed: an address status says so, or RCPT was refused.

    Filters that see the content, and gateways that hide their reasons, say it of living mailboxes.
    """
    if stated and stated[1] == 1 and stated[2] not in {7, 8}:
        return True
    if answers is Answers.CONTENT:
        return False
    return answers is Answers.RCPT or bool(stated and stated[1:] in TELLING)


def _by_status(stated: tuple[int, ...] | None, code: int) -> tuple[Severity, str]:
    if code in {521, 556}:
        return Severity.HARD, "no mail is taken there (RFC 7504)"
    if stated is None:
        return Severity.SOFT, "no reason that we know"
    pair = (stated[1], stated[2])
    if pair in DEAD:
        return Severity.HARD, "no such mailbox or domain, by its status"
    if pair in BLOCKED:
        return Severity.BLOCK, "we or the message are refused, by the status"
    return Severity.SOFT, "mailbox full, by its status" if pair in FULL else "some other status"
