"""One limit: how many at once, and how fast one after the other. Pure, instants come as values."""

import math
from dataclasses import dataclass

from digest.model import Part
from digest.transport.rate import UNLIMITED, Rate

CATCH_UP = 0.1
"""Seconds that a rate may lag and still be caught up with: timers are late, too."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What is allowed to a provider or relay."""

    connections: int = 0
    """Mails on the way at once; 0: no limit."""
    rate: Rate = UNLIMITED


def share(number: int, part: Part) -> int:
    """What one of several processes has of a number: limits hold for all of them together."""
    return number // part.of + (part.index < number % part.of)


@dataclass(slots=True)
class Gate:
    """Lets mails through to a provider, or through a relay."""

    connections: int = 0
    """Mails on the way at once; 0: no limit."""
    rate: Rate = UNLIMITED
    under_way: int = 0
    _next: float = -math.inf

    def wait(self, now: float) -> float:
        """Seconds until a mail may go; 0: now; infinite: when one under way has ended."""
        if 0 < self.connections <= self.under_way:
            return math.inf
        return max(0.0, self._next - now) if self.rate.per_second else 0.0

    def enter(self, now: float) -> None:
        """A mail goes."""
        self.under_way += 1
        if self.rate.per_second:
            self._next = max(self._next, now - CATCH_UP) + 1 / self.rate.per_second

    def leave(self) -> None:
        """A mail has come to its end."""
        self.under_way -= 1
