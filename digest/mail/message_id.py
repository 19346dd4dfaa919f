r"""What names a message, as a function of its key alone: a resend is the same message.

`MESSAGE-ID = "<" day "." 32 hexadecimal digits "@" domain ">"`, the digits being the first half of
SHA-256 over list, day and address with a zero octet between; the second half divides the parts of
the body. So it can be computed from the ledger, even by `printf 'LIST\0DAY\0ADDRESS' | sha256sum`.
It hides nothing that the mail's own To does not show, therefore it needs no secret.
"""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from typing import Self

from digest.mail.identity import Identity

HALF = 32
"""Digits that name a message; as many divide its parts."""


class Names:
    """The names of all messages of a day."""

    def __init__(self, label: str, day: date, domain: str) -> None:
        """`label` is the List-Id's label."""
        self._key = f"{label}\0{day}\0".encode()
        self.around = (f"<{day:%Y%m%d}.", f"@{domain}>")
        """What stands before and after the digits of a Message-ID."""

    @classmethod
    def of(cls, identity: Identity, day: date) -> Self:
        """Those of an identity's messages."""
        return cls(identity.list_label, day, identity.domain)

    def digits(self, address: bytes) -> str:
        """64 digits: a half for the Message-ID, a half for the boundary."""
        return sha256(self._key + address).hexdigest()

    def all_digits(self, addresses: Iterable[bytes]) -> list[str]:
        """The same of many."""
        key = self._key
        return [sha256(key + address).hexdigest() for address in addresses]

    def message_id(self, half: str) -> str:
        """Message-ID (RFC 5322 §3.6.4) around its digits, with angle brackets."""
        return half.join(self.around)


def message_id(label: str, address: str, day: date, domain: str) -> str:
    """The Message-ID of a reader's message."""
    names = Names(label, day, domain)
    return names.message_id(names.digits(address.encode())[:HALF])


def boundary(half: str) -> str:
    """A MIME boundary; `=_` never occurs in quoted-printable (RFC 2045 §6.7)."""
    return f"=_{half}"
