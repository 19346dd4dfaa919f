"""Who may be sent to, and how fast: what the operator set, and what providers answer.

A provider that asks for rest gets it; then it is given one connection, and one more each time that
it has taken `STEP` mails (after 421 4.7.28 Gmail asks for just this). No I/O here, and instants
come as values.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from digest.model import WHOLE, DeliveryState, Outcome, Part, Scope, Standing
from digest.transport.gate import Gate, Limit, share

STEP = 20
"""Mails a provider must have taken until it is given one connection more."""
LEFT_TO_OTHERS = 60
"""Seconds until a mail is due again that another process may send, and this one not."""
FORGOTTEN = timedelta(days=1)
"""After which a provider's complaint is no reason for care any more."""
EVERYONE = "*"


@dataclass(slots=True)
class _Rest:
    """A provider that has asked for rest, and what came since."""

    standing: Standing
    until: datetime
    taken: int = 0


@dataclass
class Pace:
    """The limits of one process. Used by the wire's thread, but for `news` and `learn`."""

    limits: Mapping[str, Limit] = field(default_factory=dict)
    """By provider; `EVERYONE` stands for each that has none of its own."""
    sessions: int = 16
    """Connections with which a provider is in full favour again."""
    part: Part = WHOLE
    """Limits hold for all processes together; this is which of them we are."""
    _gates: dict[str, Gate] = field(default_factory=dict)
    _rests: dict[str, _Rest] = field(default_factory=dict)
    _known: dict[str, Standing] = field(default_factory=dict)
    """What the store knows."""
    _outbox: deque[Standing] = field(default_factory=deque)
    _inbox: deque[tuple[Standing, datetime]] = field(default_factory=deque)
    """With the end of the rest."""
    _started: datetime | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing limits anything: then nobody needs to ask."""
        return not (self.limits or self._rests or self._inbox)

    def resting(self, provider: str, at: datetime) -> tuple[int, str] | None:
        """Seconds until a provider may be sent to by us, and why; None: it may."""
        self._take_in()
        rest = self._rests.get(provider)
        if rest is None:
            return None
        words = f"held back, {provider} answered: {rest.standing.reply}"
        if (left := (rest.until - at).total_seconds()) > 0:
            return math.ceil(left), words
        return None if share(rest.standing.connections, self.part) else (LEFT_TO_OTHERS, words)

    def gate(self, provider: str) -> Gate | None:
        """What a mail to a provider must pass; None: nothing."""
        gate = self._gates.get(provider)
        if gate is None and (provider in self._rests or self._limit(provider)):
            limit = self._limit(provider) or Limit()
            gate = Gate(self._connections(provider), limit.rate.shared(self.part.of))
            self._gates[provider] = gate
        return gate

    def ended(self, provider: str, outcome: Outcome, at: datetime) -> None:
        """Learns from how a mail to a provider ended."""
        rest = self._rests.get(provider)
        if outcome.scope is Scope.PROVIDER and outcome.retry_after:
            if rest is None or rest.until <= at:  # of several at once the first counts
                self._complaint(provider, outcome, at)
        elif rest is not None and outcome.state is DeliveryState.ACCEPTED and rest.until <= at:
            self._favour(provider, rest)

    def _complaint(self, provider: str, outcome: Outcome, at: datetime) -> None:
        pause, alert = outcome.retry_after, outcome.alert
        since = at.replace(microsecond=0)  # as it will be stored
        standing = Standing(provider, since, pause, 1, outcome.reply, alert=alert)
        self._rests[provider] = _Rest(standing, standing.until)
        self._changed(standing)

    def _favour(self, provider: str, rest: _Rest) -> None:
        rest.taken += 1
        if rest.taken % STEP:
            return
        connections = rest.standing.connections + 1
        if connections >= self.sessions:
            connections = 0
            del self._rests[provider]
        rest.standing = replace(rest.standing, connections=connections)
        self._changed(rest.standing)

    def _changed(self, standing: Standing) -> None:
        self._adjust(standing.provider)
        self._outbox.append(standing)

    def _limit(self, provider: str) -> Limit | None:
        return self.limits.get(provider) or self.limits.get(EVERYONE)

    def _connections(self, provider: str) -> int:
        """Our share of what is set or of what the provider grants, whichever is less; 0: any."""
        limit, rest = self._limit(provider), self._rests.get(provider)
        numbers = [limit.connections if limit else 0, rest.standing.connections if rest else 0]
        return min((max(1, share(number, self.part)) for number in numbers if number), default=0)

    def _adjust(self, provider: str) -> None:
        if provider in self._gates:
            self._gates[provider].connections = self._connections(provider)

    def _take_in(self) -> None:
        while self._inbox:
            standing, until = self._inbox.popleft()
            rest = self._rests.get(standing.provider)
            if rest is None or _rank(rest.standing) < _rank(standing):
                self._rests[standing.provider] = _Rest(standing, until)
                self._adjust(standing.provider)

    # In the ledger's thread

    def news(self) -> list[Standing]:
        """What the store does not know yet."""
        found: dict[str, Standing] = {}
        while self._outbox:
            standing = self._outbox.popleft()
            found[standing.provider] = standing
        self._known |= found
        return list(found.values())

    def learn(self, standings: Iterable[Standing], at: datetime, pause: int | None = None) -> None:
        """Takes what others have heard, and earlier runs: `pause` replaces their rests, in seconds.

        An instant that is still to come (the clock was set back) counts as the present one.
        """
        self._started = self._started or at
        for standing in standings:
            known = self._known.get(standing.provider)
            if standing == known or standing.since + FORGOTTEN < at or not standing.connections:
                continue
            self._known[standing.provider] = standing
            earlier = standing.since < self._started
            rest = standing.pause if pause is None or not earlier else pause
            until = min(standing.since, at) + timedelta(seconds=rest)
            self._inbox.append((standing, until))


def _rank(standing: Standing) -> tuple[datetime, int]:
    """Of two standings the later counts, and of two since the same reply the kinder."""
    return standing.since, standing.connections
