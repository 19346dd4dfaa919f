"""Quoted-printable (RFC 2045 §6.7) that no relay, mailbox format or dot can damage."""

import re
from binascii import b2a_qp

LINE = 76
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


def _safe(line: bytes) -> list[bytes]:
    """The line with a harmless beginning, broken again where it is too long.

    Escaping makes it longer, and `b2a_qp` itself writes 77 where white space ends a full line.
    """
    done = []
    while True:
        if _RISKY.match(line):
            line = b"=%02X" % line[0] + line[1:]
        if len(line) <= LINE:
            return [*done, line]
        cut = LINE - 1
        while b"=" in line[cut - 2 : cut]:
            cut -= 1
        done.append(line[:cut] + b"=")
        line = line[cut:]
