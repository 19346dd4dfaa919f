"""What is kept of who wants to be forgotten: a keyed hash that only an address in hand can meet."""

from collections.abc import Sequence
from hashlib import blake2b

MARK = 32
"""Octets of a hash."""
PURPOSE = b"erased readers"
"""Keeps these hashes apart from whatever else the key makes."""


class Erasure:
    """Hashes with the first key, knows again with any: like the tokens, it follows a rotation."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._states = [
            blake2b(key=blake2b(key, person=PURPOSE).digest(), digest_size=MARK) for key in keys
        ]

    def mark(self, address: str) -> str:
        """The hash of a normalised address, in hexadecimal digits (BLAKE2b, RFC 7693)."""
        return self.marks(address)[0]

    def marks(self, address: str) -> list[str]:
        """The hash under each key, newest first."""
        found = []
        for keyed in self._states:
            state = keyed.copy()
            state.update(address.encode())
            found.append(state.hexdigest())
        return found
