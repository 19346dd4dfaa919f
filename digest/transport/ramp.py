"""Warming up: a new sender sends few mails on its first day, and more from day to day.

Providers trust an address of a sender, or a domain, that grows slowly. Day 1 is the first on which
something was sent; days (UTC) without mail do not count.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date


@dataclass
class Ramp:
    """What each relay may still take today. Used by the wire's thread, but for `begin`, `news`."""

    steps: Sequence[int]
    """Mails allowed on day 1, 2, …; after the last day any number."""
    sender: str
    """The domain that is new."""
    today: date | None = None
    _left: dict[str, int] = field(default_factory=dict)
    """By relay; one that is not here may take any number."""
    _step: dict[str, int] = field(default_factory=dict)
    _taken: deque[str] = field(default_factory=deque)

    def may(self, relay: str) -> bool:
        """Whether a relay may take one more today."""
        return self._left.get(relay, 1) > 0

    def take(self, relay: str) -> None:
        """One more is on its way."""
        if relay in self._left:
            self._left[relay] -= 1

    def ended(self, relay: str, sent: bool) -> None:
        """It was `sent`, or it was not, and another may go in its stead."""
        if sent:
            self._taken.append(relay)
        elif relay in self._left:
            self._left[relay] += 1

    def words(self) -> str:
        """Why a mail waits until tomorrow."""
        told = (f"{name} {self.steps[n - 1]} on day {n}" for name, n in sorted(self._step.items()))
        return f"held back until tomorrow, mail from {self.sender} is on a ramp: {', '.join(told)}"

    # In the ledger's thread

    def begin(self, today: date, days: Mapping[str, Mapping[date, int]]) -> None:
        """A day begins, or a run: `days` tells, by relay, on which days how many were sent."""
        self.today = today
        for relay, sent in days.items():
            step = 1 + sum(1 for day, mails in sent.items() if day < today and mails)
            if step > len(self.steps):
                self._left.pop(relay, None)
                self._step.pop(relay, None)
                continue
            self._step[relay] = step
            self._left[relay] = self.steps[step - 1] - sent.get(today, 0)

    def news(self) -> Counter[str]:
        """Mails sent since this was asked last, by relay."""
        return Counter(self._taken.popleft() for _ in range(len(self._taken)))
