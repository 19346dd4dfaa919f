"""Header fields, written by hand (RFC 5322 §2.2, RFC 2047).

The standard library's SMTP policy folds a long List-Unsubscribe into an encoded word, which no
reader takes for a link; so every field here says itself where it may be folded.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime

from digest.mail.characters import one_line, without_joiners
from digest.mail.mailbox import Mailbox

CRLF = "\r\n"
ADVISED = 78
"""Characters of a line, RFC 5322 §2.1.1."""
WORD_OCTETS = 45
"""UTF-8 octets whose base64 fits an encoded word of 75 characters (RFC 2047 §2)."""


def clean(text: str) -> str:
    """Text that may stand in a field: one line, nothing invisible in it."""
    return without_joiners(one_line(text))


def field(name: str, parts: Iterable[str]) -> str:
    """`Name: parts`, folded between parts where a line would pass 78 characters."""
    line, lines = f"{name}:", []
    for part in parts:
        if len(line) + 1 + len(part) > ADVISED and not line.endswith(":"):
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
    """RFC 2047 words of at most 75 characters; no code point is split between two."""
    words, octets = [], b""
    for character in text:
        more = character.encode()
        if len(octets) + len(more) > WORD_OCTETS:
            words.append(octets)
            octets = b""
        octets += more
    return [f"=?utf-8?b?{b64encode(word).decode()}?=" for word in [*words, octets] if word]


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
