"""A password as it is kept: scrypt (RFC 7914), with its cost beside it."""

from base64 import b64decode, b64encode
from hashlib import scrypt
from hmac import compare_digest

COST, BLOCK, PARALLEL = 2**15, 8, 1
"""About 60 ms and 32 MB for each try."""
SALT = 16
SHORTEST = 10
"""Characters; fewer are found by trying."""
_MEMORY = 128 * 1024 * 1024


def kept(password: str, salt: bytes) -> str:
    """The line to keep; `salt` is random, 16 octets."""
    made = _made(password, salt, COST, BLOCK, PARALLEL)
    parts = ("scrypt", str(COST), str(BLOCK), str(PARALLEL), _text(salt), _text(made))
    return "$".join(parts)


def fits(password: str, line: str) -> bool:
    """Whether a password is the one of a kept line; a line that is none fits nothing."""
    try:
        name, cost, block, parallel, salt, made = line.strip().split("$")
        tried = _made(password, b64decode(salt), int(cost), int(block), int(parallel))
        return name == "scrypt" and compare_digest(tried, b64decode(made))
    except ValueError:
        return False


def _made(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    octets = password.encode("utf-8", "replace")
    return scrypt(octets, salt=salt, n=cost, r=block, p=parallel, maxmem=_MEMORY, dklen=32)


def _text(octets: bytes) -> str:
    return b64encode(octets).decode()
