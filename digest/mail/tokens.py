"""Signed tokens for the links of a mail: opaque, scoped, and the same for the same meaning.

A token is 24 octets, so 32 characters of base64url with neither padding nor spare bits: each
token has one spelling. Its first 16 octets are HMAC-SHA256 over the payload, the other 8 the
payload under a keystream made from them (the SIV construction, RFC 5297 §1.3.2): equal meaning
gives equal bytes, and nobody reads a reader's number in it. itsdangerous was the alternative; its
payload is readable, its signature covers one base64 spelling among several, and its tokens are
three times as long.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from hashlib import sha256
from struct import Struct

_PAYLOAD = Struct(">BIHB")
_SPELLING = re.compile(r"[A-Za-z0-9_-]{32}")
_TAG = re.compile(r"[0-9A-Fa-f]{48}")
_EPOCH = date(2000, 1, 1)


class Scope(IntEnum):
    """What a token lets its holder do. Numbers are for ever: links in old mails hold them."""

    UNSUBSCRIBE = 1
    MANAGE = 2
    VIEW = 3
    CONFIRM = 4
    BOUNCE = 5
    MORE = 6
    LESS = 7
    SAVE = 8


@dataclass(frozen=True, slots=True)
class Token:
    """The meaning of a token."""

    scope: Scope
    reader: int
    """The number that the store knows the reader by, 0 to 2³²-1."""
    day: date | None = None
    """The edition, or the day of issue where the scope expires."""
    item: int = 0
    """The paper's place in the selection, from 1; 0 for none."""


class Signer:
    """Writes tokens with the first key, reads them with any: rotate by putting a key in front."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Raises ValueError when there is no key or one is shorter than 16 octets."""
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("secret keys must be at least 16 octets long")
        purposes = (b"digest token mac", b"digest token stream")
        self._keys = [(_mac(key, purposes[0]), _mac(key, purposes[1])) for key in keys]

    def sign(self, token: Token) -> str:
        """The 32 characters that stand for a meaning."""
        return urlsafe_b64encode(self._octets(token)).decode()

    def tag(self, token: Token) -> str:
        """The same in 48 lower-case hexadecimal digits: local parts may lose their case."""
        return self._octets(token).hex()

    def _octets(self, token: Token) -> bytes:
        days = 0 if token.day is None else (token.day - _EPOCH).days
        payload = _PAYLOAD.pack(token.scope, token.reader, days, token.item)
        mac_key, stream_key = self._keys[0]
        mac = _mac(mac_key, payload)[:16]
        return mac + _under(stream_key, mac, payload)

    def verify(self, written: str, *scopes: Scope) -> Token | None:
        """The meaning, when it is ours and of one of the scopes; None for anything else."""
        if not _SPELLING.fullmatch(written):
            return None
        return self._read(urlsafe_b64decode(written), scopes)

    def verify_tag(self, written: str, *scopes: Scope) -> Token | None:
        """The same for a tag, whatever became of its case."""
        if not _TAG.fullmatch(written):
            return None
        return self._read(bytes.fromhex(written), scopes)

    def _read(self, octets: bytes, scopes: tuple[Scope, ...]) -> Token | None:
        for mac_key, stream_key in self._keys:
            payload = _under(stream_key, octets[:16], octets[16:])
            if hmac.compare_digest(_mac(mac_key, payload)[:16], octets[:16]):
                return _meaning(payload, scopes)
        return None


def _meaning(payload: bytes, scopes: tuple[Scope, ...]) -> Token | None:
    scope, reader, days, item = _PAYLOAD.unpack(payload)
    if scope not in scopes:
        return None
    return Token(Scope(scope), reader, _EPOCH + timedelta(days) if days else None, item)


def _mac(key: bytes, octets: bytes) -> bytes:
    return hmac.digest(key, octets, sha256)


def _under(key: bytes, mac: bytes, octets: bytes) -> bytes:
    stream = _mac(key, mac)
    return bytes(left ^ right for left, right in zip(octets, stream, strict=False))
