"""Header and report fields (RFC 5322 §2.2), and texts in charsets that may be a lie."""

import binascii
import re
from collections.abc import Mapping
from contextlib import suppress
from email.header import decode_header
from email.message import Message as MimePart

DAMAGE = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError)
"""What the standard library raises on mails that are none."""

Fields = Mapping[str, str]
"""Header fields or report fields by lower-case name; the first of each."""

_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]?(.*)$")


def decoded(value: str) -> str:
    """A header value with its encoded words (RFC 2047) read, on one line."""
    value = re.sub(r"[\r\n]+[ \t]*", " ", value)
    if "\x1b$" in value:  # ISO-2022-JP as it is, without an encoded word
        with suppress(ValueError):
            value = value.encode("ascii").decode("iso2022_jp")
    if "=?" not in value:
        return value
    try:
        return "".join(_word(octets, charset) for octets, charset in decode_header(value))
    except (*DAMAGE, binascii.Error):
        return value


def _word(octets: bytes | str, charset: str | None) -> str:
    if isinstance(octets, str):
        return octets
    return to_text(octets, charset or "utf-8")


def to_text(octets: bytes, charset: str) -> str:
    """Octets in a charset that may be a lie."""
    for name in (charset, "utf-8"):
        with suppress(LookupError, ValueError):
            return octets.decode(name)
    return octets.decode("latin-1")


def text_of(part: MimePart) -> str:
    """A leaf's text, its transfer encoding undone."""
    try:
        octets = part.get_payload(decode=True)
    except DAMAGE:
        octets = None
    if not isinstance(octets, bytes):
        octets = str(part.get_payload()).encode("utf-8", "surrogateescape")
    charset = "utf-8"
    with suppress(*DAMAGE):
        charset = str(part.get_content_charset("utf-8"))
    return to_text(octets, charset).replace("\r\n", "\n").replace("\r", "\n")


def groups(text: str) -> list[dict[str, str]]:
    """Groups of fields in plain text."""
    paragraphs = re.split(r"\n[ \t]*\n", text)
    return [group for group in map(fields_of, paragraphs) if group]


def fields_of(text: str) -> dict[str, str]:
    """The fields at the beginning of a text, unfolded (RFC 5322 §2.2.3); the first of each name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.lstrip("\n").split("\n")[:400]:
        if not line.strip():
            break
        if line[0] in " \t" and name:
            found[name] += " " + line.strip()
        elif matched := _FIELD.match(line):
            name = matched[1].lower()
            if name in found:
                name = ""
            else:
                found[name] = matched[2].strip()
    return {key: decoded(value) for key, value in found.items()}
