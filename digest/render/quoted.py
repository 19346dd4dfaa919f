"""Quoted-printable (RFC 2045 §6.7) that no relay, mailbox format or dot can damage."""

import re
from binascii import b2a_qp

LINE = 76
SOFT = b"=\r\n"
"""A line break that is none: around what is put in between pieces."""
_RISKY = re.compile(rb"^(?:\.|From )", re.MULTILINE)
_LONG = re.compile(rb"^.{77}", re.MULTILINE)


def quoted(text: str) -> bytes:
    """The text in quoted-printable, ended by CRLF.

    A dot that begins a line is written `=2E`, so that dot-stuffing (RFC 5321 §4.5.2) is never
    needed, and a "From " `=46rom `, which mbox files would alter.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    encoded = b2a_qp(lines, quotetabs=False, istext=True)
    if _RISKY.search(encoded) or _LONG.search(encoded):
        encoded = b"\n".join(part for line in encoded.split(b"\n") for part in _safe(line))
    encoded = encoded.replace(b"\n", b"\r\n")
    return encoded if encoded.endswith(b"\r\n") else encoded + b"\r\n"


def fragment(text: str) -> bytes:
    """A piece of a text, beginning a line of its own, behind which `SOFT` or an end may follow."""
    encoded = quoted(text)
    if text.endswith(("\n", "\r")):
        return encoded
    begun, end, last = encoded[:-2].rpartition(b"\r\n")
    if len(last) == LINE:
        first, rest = _cut(last)
        last = b"\r\n".join([first, *_safe(rest)])
    return begun + end + last


def _safe(line: bytes) -> list[bytes]:
    """The line with a harmless beginning, broken again where it is too long.

    Escaping makes it longer, and `b2a_qp` itself writes 77 where white space ends a full line.
    """
    done: list[bytes] = []
    while True:
        if _RISKY.match(line):
            line = b"=%02X" % line[0] + line[1:]
        if len(line) <= LINE:
            return [*done, line]
        first, line = _cut(line)
        done.append(first)


def _cut(line: bytes) -> tuple[bytes, bytes]:
    """A line as long as it may be, with a soft break, and the rest; no octet's code is divided."""
    cut = LINE - 1
    while b"=" in line[cut - 2 : cut]:
        cut -= 1
    return line[:cut] + b"=", line[cut:]
