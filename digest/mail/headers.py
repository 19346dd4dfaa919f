"""Header fields, written by hand (RFC 5322 §2.2, RFC 2047).

The standard library's SMTP policy folds a long List-Unsubscribe into an encoded word, which no
reader takes for a link; so every field here says itself where it may be folded.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from string import ascii_letters, digits

from digest.mail.characters import one_line, without_joiners
from digest.mail.mailbox import Mailbox

CRLF = "\r\n"
ADVISED = 78
"""Characters of a line, RFC 5322 §2.1.1."""
WORD = 66
"""Characters of an encoded word: RFC 2047 §2 allows 75, `Subject: ` stands before the first."""
_SAFE = frozenset(ascii_letters + digits + "!*+-/")


def clean(text: str) -> str:
    """Text that may stand in a field: one line, nothing invisible in it."""
    return without_joiners(one_line(text))


def field(name: str, parts: Iterable[str]) -> str:
    """`Name: parts`, folded between parts where a line would pass 78 characters."""
    line, lines = f"{name}:", []
    for part in parts:
        if len(line) + 1 + len(part) > ADVISED > len(part):
            lines.append(line)
            line = ""
        line += f" {part}"
    return CRLF.join([*lines, line]) + CRLF


def unstructured(name: str, text: str) -> str:
    """A field of free text (RFC 5322 §2.2.1), in encoded words when it is not ASCII."""
    plain = clean(text)
    if plain.isascii() and "=?" not in plain and all(len(w) < 60 for w in plain.split()):
        return field(name, plain.split(" "))
    return field(name, encoded_words(plain))


def encoded_words(text: str) -> list[str]:
    """RFC 2047 words; no code point is split between two. Q where it is shorter, else B."""
    quoted = sum(len(_q(character)) for character in text)
    encoding = "q" if quoted <= len(text.encode()) * 4 / 3 else "b"
    room = WORD - len("=?utf-8?x??=")
    cost = (lambda piece: len(_q(piece))) if encoding == "q" else _b_length
    words = [""]
    for character in text:
        if words[-1] and cost(words[-1] + character) > room:
            words.append("")
        words[-1] += character
    return [f"=?utf-8?{encoding}?{_encoded(word, encoding)}?=" for word in words if word]


def _q(text: str) -> str:
    """The Q encoding with the characters that even a phrase may hold (RFC 2047 §5 (3))."""
    return "".join(
        "_" if octet == 0x20 else chr(octet) if chr(octet) in _SAFE else f"={octet:02X}"
        for octet in text.encode()
    )


def _b_length(text: str) -> int:
    return -(-len(text.encode()) // 3) * 4


def _encoded(text: str, encoding: str) -> str:
    return _q(text) if encoding == "q" else b64encode(text.encode()).decode()


def phrase(text: str) -> list[str]:
    """A display name (RFC 5322 §3.2.5): quoted, or in encoded words."""
    plain = clean(text)
    if not plain.isascii() or "=?" in plain or len(plain) > 60:
        return encoded_words(plain)
    quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{quoted}"'] if quoted else []


def address(name: str, display: str, mailbox: Mailbox) -> str:
    """From or To with exactly one address; it is raw UTF-8 only where RFC 6532 is needed."""
    return field(name, [*phrase(display), f"<{mailbox}>"])


def uris(name: str, found: Iterable[str]) -> str:
    """A List-* field (RFC 2369 §2): each URI in angle brackets, folded only between them."""
    bracketed = [f"<{uri}>" for uri in found]
    return field(name, [f"{uri}," for uri in bracketed[:-1]] + bracketed[-1:])


def list_unsubscribe(found: Iterable[str]) -> str:
    """List-Unsubscribe (RFC 2369 §3.2): the first URI beside the name, each other on a line."""
    return "List-Unsubscribe: " + f",{CRLF} ".join(f"<{uri}>" for uri in found) + CRLF


def list_id(name: str, label: str) -> str:
    """List-Id (RFC 2919 §3)."""
    return field("List-Id", [*phrase(name), f"<{label}>"])


def date(instant: datetime) -> str:
    """Date (RFC 5322 §3.3), in UTC."""
    return field("Date", [format_datetime(instant.astimezone(UTC))])


def feedback_id(*fields: str) -> str:
    """Feedback-ID: four fields for the postmaster tools of large providers, the sender last."""
    kept = [re.sub(r"[^A-Za-z0-9._-]", "", part) or "none" for part in fields]
    return field("Feedback-ID", [":".join(kept)])
