"""What names a message, as a function of its key alone: a resend is the same message.

`MESSAGE-ID = "<" day "." 26 characters of base32 "@" domain ">"`, the characters being the first
16 octets of SHA-256 over list, day and address; so it can be computed from the ledger. It hides
nothing that the mail's own To does not show, therefore it needs no secret.
"""

from base64 import b32encode
from datetime import date
from hashlib import sha256


def message_id(label: str, address: str, day: date, domain: str) -> str:
    """Message-ID (RFC 5322 §3.6.4), with angle brackets. `label` is the List-Id's label."""
    return f"<{day:%Y%m%d}.{_characters('message-id', label, address, day)}@{domain}>"


def boundary(label: str, address: str, day: date) -> str:
    """A MIME boundary; `=_` never occurs in quoted-printable (RFC 2045 §6.7)."""
    return f"=_{_characters('boundary', label, address, day)}"


def _characters(purpose: str, label: str, address: str, day: date) -> str:
    octets = sha256(f"{purpose}\0{label}\0{day}\0{address}".encode()).digest()
    return b32encode(octets[:16]).decode().rstrip("=").lower()
