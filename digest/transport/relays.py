"""Several relays: each reader's mail goes through the same one, in shares by weight.

Weighted rendezvous hashing: a mail goes to the relay that wins the draw of its address; when that
one is out of reach the next in the draw takes it, and nobody else's mail moves. The draw is the
same in every process and every run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from digest.ports import Transport
from digest.transport.rate import UNLIMITED, Rate


@dataclass(frozen=True, slots=True)
class Relay:
    """One way out."""

    transport: Transport
    sessions: int
    """At once."""
    name: str = ""
    weight: float = 1.0
    """Its share of the mail, beside the other weights."""
    rate: Rate = UNLIMITED


def draw(address: str, relays: Sequence[Relay], among: Sequence[int]) -> int:
    """The position of the relay that takes the mail of an address, `among` those in reach."""
    if len(among) == 1:
        return among[0]
    return max(among, key=lambda index: _lot(address, relays[index]))


def _lot(address: str, relay: Relay) -> float:
    """Of relays with weights w the largest lot is w's with a probability of w in their sum."""
    digest = blake2b(f"{relay.name}\0{address}".encode(), digest_size=8).digest()
    uniform = (int.from_bytes(digest, "big") + 1) / (2**64 + 1)
    return -relay.weight / math.log(uniform) if uniform < 1 else math.inf


def sessions_by_weight(sessions: int, weights: Sequence[float]) -> list[int]:
    """Shares out sessions: one for each relay at least, the others by weight (d'Hondt)."""
    given = [1] * len(weights)
    for _ in range(sessions - len(weights)):
        best = max(range(len(weights)), key=lambda index: weights[index] / (given[index] + 1))
        given[best] += 1
    return given
