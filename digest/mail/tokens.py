"""Signed tokens for the links of a mail: opaque, scoped, and the same for the same meaning.

A token is 24 octets, so 32 characters of base64url with neither padding nor spare bits: each
token has one spelling. Its parts:

    nonce 8 | payload 8, under a keystream made from the nonce | proof 8

Nonce and proofs are slices of one keyed BLAKE2b-512 (RFC 7693) over the payload: the synthetic
nonce of RFC 5297 §1.3.2, so equal meaning gives equal octets and nobody reads a reader's number in
them; and a proof for each scope, so one pair of hashes makes all the tokens of a mail. A reading
compares nonce and proof, 128 bits, none of which a holder of other tokens can foresee but the
nonce of the same reader and day.

HMAC-SHA256 for each token and scope cost 20 µs a mail, this 2. itsdangerous was the alternative:
its payload is readable, its signature covers one base64 spelling among several, its tokens are
three times as long, and four of them cost 40 µs.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from hashlib import blake2b
from hmac import compare_digest
from struct import Struct
from typing import NamedTuple

from digest.model.life import CONFIRM_WITHIN

_PAYLOAD = Struct(">IHBB")
"""Reader, day, item, page of scopes."""
_LONG = Struct(">Q").unpack
_EIGHT = Struct("8s").iter_unpack
_WRITTEN = Struct("32s32s32s32s").iter_unpack
_PROOFS = 7
"""Scopes that one page holds: 64 octets are a nonce and seven proofs of 8."""
_SPELLING = re.compile(r"[A-Za-z0-9_-]{32}")
_TAG = re.compile(r"[0-9A-Fa-f]{48}")
_URLSAFE = bytes.maketrans(b"+/", b"-_")
_EPOCH = date(2000, 1, 1).toordinal()


class Scope(IntEnum):
    """What a token lets its holder do. Numbers are for ever: links in old mails hold them."""

    UNSUBSCRIBE = 1
    MANAGE = 2
    VIEW = 3
    CONFIRM = 4
    BOUNCE = 5
    FEEDBACK = 6
    """More, less, save, and the saved list."""
    OBEY = 7
    """A yes to what was asked for by mail; `item` says what of that day."""


LIFETIME = {Scope.CONFIRM: CONFIRM_WITHIN, Scope.OBEY: CONFIRM_WITHIN}
"""Scopes that expire, counted from the day of issue. Unsubscribing must not."""


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

    def expired(self, today: date) -> bool:
        """Whether its time is over; a scope that expires needs a day of issue, not a future one."""
        life = LIFETIME.get(self.scope)
        if life is None:
            return False
        return self.day is None or not timedelta(0) <= today - self.day <= life


class EditionTokens(NamedTuple):
    """What the links of one reader's mail hold."""

    unsubscribe: str
    manage: str
    view: str
    bounce: str
    """In hexadecimal digits: local parts may lose their case."""
    feedback: str = ""


Spliced = tuple[bytes, bytes, bytes, bytes, str]
"""Those that are spliced into a mail: unsubscribe, manage, view, feedback, bounce."""


def told(spliced: Spliced) -> EditionTokens:
    """The same as text."""
    unsubscribe, manage, view, feedback, bounce = spliced
    return EditionTokens(
        unsubscribe.decode(), manage.decode(), view.decode(), bounce, feedback.decode()
    )


class Signer:
    """Writes tokens with the first key, reads them with any: rotate by putting a key in front."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Raises ValueError when there is no key or one is shorter than 16 octets."""
        if not keys or any(len(key) < 16 for key in keys):
            raise ValueError("secret keys must be at least 16 octets long")
        self._keys = [_Key(key) for key in keys]

    def edition(self, reader: int, day: date) -> EditionTokens:
        """All the tokens of a mail: what `sign` and `tag` make, at the price of one."""
        return told(self.editions([reader], day)[0])

    def editions(self, readers: Sequence[int], day: date) -> list["Spliced"]:
        """The tokens of the mails of many readers, as they are spliced: a batch costs half."""
        days = day.toordinal() - _EPOCH
        payloads = [_PAYLOAD.pack(reader, days, 0, 0) for reader in readers]
        openings, proved = self._keys[0].all_sealed(payloads)
        octets = [  # each token is the opening and then its own proof: see `Scope`
            opening.join((b"", made[8:16], made[16:24], made[24:32], made[48:56]))
            for opening, made in zip(openings, proved, strict=True)
        ]
        written = b2a_base64(b"".join(octets), newline=False).translate(_URLSAFE)
        bounces = [
            (opening + made[40:48]).hex() for opening, made in zip(openings, proved, strict=True)
        ]
        links = _WRITTEN(written)
        return [(*four, tag) for four, tag in zip(links, bounces, strict=True)]

    def sign(self, token: Token) -> str:
        """The 32 characters that stand for a meaning."""
        return urlsafe_b64encode(self._octets(token)).decode()

    def tag(self, token: Token) -> str:
        """The same in 48 lower-case hexadecimal digits: local parts may lose their case."""
        return self._octets(token).hex()

    def _octets(self, token: Token) -> bytes:
        page, place = divmod(token.scope - 1, _PROOFS)
        opening, proofs = self._keys[0].sealed(_payload(token.reader, token.day, token.item, page))
        return opening + proofs[8 * place : 8 * place + 8]

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
        for key in self._keys:
            payload = key.opened(octets)
            opening, proofs = key.sealed(payload)
            for scope in scopes:
                page, place = divmod(scope - 1, _PROOFS)
                expected = opening + proofs[8 * place : 8 * place + 8]
                if page == payload[-1] and compare_digest(expected, octets):
                    return _meaning(payload, scope)
        return None


class _Key:
    """A secret key as two hash states that have taken it in already."""

    def __init__(self, key: bytes) -> None:
        # BLAKE2b takes keys of at most 64 octets; a longer one, and any, is hashed first.
        self._prove = blake2b(key=_derived(key, b"token proofs"), digest_size=64)
        self._hide = blake2b(key=_derived(key, b"token stream"), digest_size=8)

    def sealed(self, payload: bytes) -> tuple[bytes, bytes]:
        """The first 16 octets of a payload's tokens, and seven proofs of 8."""
        state = self._prove.copy()
        state.update(payload)
        made = state.digest()
        return made[:8] + self._under(made[:8], payload), made[8:]

    def all_sealed(self, payloads: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """The first 16 octets of the tokens of each, and each nonce with its proofs.

        One long number is put under all keystreams at once: eight octets at a time cost four times
        as much.
        """
        prove, hide = self._prove.copy, self._hide.copy
        proved, streams = [], []
        for payload in payloads:
            state = prove()
            state.update(payload)
            made = state.digest()
            state = hide()
            state.update(made[:8])
            proved.append(made)
            streams.append(state.digest())
        mixed = int.from_bytes(b"".join(streams), "big") ^ int.from_bytes(b"".join(payloads), "big")
        hidden = _EIGHT(mixed.to_bytes(8 * len(payloads), "big"))
        return [m[:8] + under for m, (under,) in zip(proved, hidden, strict=True)], proved

    def opened(self, octets: bytes) -> bytes:
        """What a token claims to say."""
        return self._under(octets[:8], octets[8:16])

    def _under(self, nonce: bytes, octets: bytes) -> bytes:
        state = self._hide.copy()
        state.update(nonce)
        mixed: int = _LONG(state.digest())[0] ^ _LONG(octets)[0]
        return mixed.to_bytes(8, "big")


def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(key, person=purpose, digest_size=32).digest()


def _payload(reader: int, day: date | None, item: int, page: int) -> bytes:
    days = 0 if day is None else day.toordinal() - _EPOCH
    return _PAYLOAD.pack(reader, days, item, page)


def _meaning(payload: bytes, scope: Scope) -> Token:
    reader, days, item, _ = _PAYLOAD.unpack(payload)
    return Token(scope, reader, date.fromordinal(_EPOCH + days) if days else None, item)
