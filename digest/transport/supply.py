"""Which mail goes next, and through which relay.

A mail that may not go yet (its provider has its connections full, its relay's rate is reached, DNS
was asked about its domain) is parked, so that others overtake it; a few at most are, so memory
stays flat. Without limits, several relays or questions to DNS none of this is asked: a mail is
then taken as it comes.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from digest.clock import Clock, SystemClock
from digest.model import DeliveryState, Message, Outcome, Scope
from digest.transport.gate import Gate
from digest.transport.pace import Pace
from digest.transport.providers import Providers
from digest.transport.ramp import Ramp
from digest.transport.relays import Relay, draw

Wait = Callable[[], object]
"""Blocks until it is worth asking for a message again."""

MOST_PARKED = 256
"""Mails: 16 MB of 62 kB each."""
PATIENCE = 0.2
"""Seconds after which a worker who waits looks again whether all is over."""
_SENT = frozenset({DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT})


@dataclass
class Course:
    """All that decides where mail goes, and when."""

    relays: Sequence[Relay]
    pace: Pace = field(default_factory=Pace)
    providers: Providers = field(default_factory=Providers)
    ramp: Ramp | None = None
    clock: Clock = field(default_factory=SystemClock)


class Lane(NamedTuple):
    """Where a mail goes."""

    relay: int
    provider: str


class _Nap(NamedTuple):
    """Nothing may go now."""

    seconds: float
    wait: Wait | None


class Supply:
    """One supply of mails for all sessions. `settle` is told of what is not even tried."""

    def __init__(
        self,
        messages: Iterable[Message | Wait],
        course: Course,
        settle: Callable[[Outcome], None],
        over: Callable[[], bool],
    ) -> None:
        self._messages, self._course = iter(messages), course
        self._settle, self._over = settle, over
        self._relays, self._pace, self._ramp = course.relays, course.pace, course.ramp
        rates = [relay.rate for relay in self._relays]
        self._gates = [Gate(rate=rate) if rate.per_second else None for rate in rates]
        self._steered = len(self._relays) > 1 or any(self._gates) or self._ramp is not None
        self.living = list(range(len(self._relays)))
        """Relays in reach."""
        self._returned: deque[Message] = deque()
        """Taken by a worker who then had no session for it."""
        self._parked: dict[Lane, deque[Message]] = {}
        self._asked: dict[str, list[Message]] = {}
        """By domain: DNS was asked about it."""
        self._aside = 0
        """How many are parked, or wait for DNS."""
        self._under_way: dict[str, tuple[Lane, list[Gate]]] = {}
        """By address: what was let through and has not ended, and the gates that it passed."""
        self._arrival: asyncio.Future[object] | None = None
        self._bell: asyncio.Future[None] | None = None

    @property
    def left(self) -> bool:
        """Whether there is something that was taken and is not settled."""
        return bool(self._returned or self._aside)

    async def first(self) -> Message | None:
        """The first mail, wherever it goes: until there is one, no session need be opened."""
        while not self._over():
            drawn = self._draw()
            if not callable(drawn):
                return drawn
            await self._nap(_Nap(math.inf, drawn))
        return None

    async def next(self, relay: int) -> Message | None:
        """The next mail for a session with a relay; None when there is none, or all is over."""
        while not self._over():
            found = self._take(relay)
            if not isinstance(found, _Nap):
                return found
            await self._nap(found)
        return None

    def _take(self, relay: int) -> Message | _Nap | None:
        if self._steered or self._aside or not (self._pace.idle and self._course.providers.idle):
            return self._choose(relay)
        message = self._draw()
        return _Nap(math.inf, message) if callable(message) else message

    def _draw(self) -> Message | Wait | None:
        return self._returned.popleft() if self._returned else next(self._messages, None)

    def _choose(self, relay: int) -> Message | _Nap | None:
        """The first mail that may go now through a relay; what may not is parked, or settled."""
        now, at = asyncio.get_running_loop().time(), self._course.clock.now()
        message, nap = self._unpark(relay, now, at)
        while message is None and self._aside < MOST_PARKED and not self._over():
            drawn = self._draw()
            if drawn is None or callable(drawn):
                return _Nap(nap, drawn) if drawn or self._aside else None
            if (lane := self._lane(drawn, now, at)) is None:
                continue
            if lane.relay == relay and (delay := self._delay(lane, now)) <= 0:
                return self._let_through(drawn, lane, now)
            if lane.relay == relay:
                nap = min(nap, delay)
            self._parked.setdefault(lane, deque()).append(drawn)
            self._aside += 1
        return message or _Nap(nap, None)

    def _unpark(self, relay: int, now: float, at: datetime) -> tuple[Message | None, float]:
        """The first parked mail that may go through a relay, else the seconds until one may."""
        nap = math.inf
        for lane in [lane for lane in self._parked if lane.relay == relay]:
            if self._pace.resting(lane.provider, at) or not self._may(relay):
                self._return(lane)
            elif (delay := self._delay(lane, now)) > 0:
                nap = min(nap, delay)
            else:
                queue = self._parked[lane]
                message = queue.popleft()
                self._aside -= 1
                if not queue:
                    del self._parked[lane]
                return self._let_through(message, lane, now), nap
        return None, nap

    def _return(self, lane: Lane) -> None:
        """Gives what is parked another look."""
        queue = self._parked.pop(lane)
        self._aside -= len(queue)
        self._returned.extend(queue)

    def _lane(self, message: Message, now: float, at: datetime) -> Lane | None:
        """Where a mail goes; None: nowhere, or nobody can tell yet."""
        domain = message.forward_path.rpartition("@")[2]
        try:
            provider = self._course.providers.of(domain, now)
        except KeyError:
            self._ask(domain, message)
            return None
        if provider is None:
            why = f"not sent: {domain} takes no mail, says its null MX (RFC 7505)"
            self._settle(Outcome(message.address, message.day, DeliveryState.SKIPPED, why))
            return None
        if (resting := self._pace.resting(provider, at)) is not None:
            self._hold(message, *resting)
            return None
        if (relay := self._relay(message)) is None:
            self._hold(message, _until_tomorrow(at), self._ramp.words() if self._ramp else "")
            return None
        return Lane(relay, provider)

    def _relay(self, message: Message) -> int | None:
        """The relay that takes a mail; None when none may take any more today."""
        among = [index for index in self.living if self._may(index)]
        return draw(message.address, self._relays, among) if among else None

    def _may(self, relay: int) -> bool:
        """Whether a relay may take one more today."""
        return self._ramp is None or self._ramp.may(self._relays[relay].name)

    def _delay(self, lane: Lane, now: float) -> float:
        """Seconds until a mail may go; infinite: when another has ended."""
        return max((gate.wait(now) for gate in self._gates_of(lane)), default=0.0)

    def _gates_of(self, lane: Lane) -> list[Gate]:
        gates = (self._gates[lane.relay], self._pace.gate(lane.provider))
        return [gate for gate in gates if gate is not None]

    def _let_through(self, message: Message, lane: Lane, now: float) -> Message:
        gates = self._gates_of(lane)
        for gate in gates:
            gate.enter(now)
        if self._ramp is not None:
            self._ramp.take(self._relays[lane.relay].name)
        self._under_way[message.address] = lane, gates
        return message

    def _ask(self, domain: str, message: Message) -> None:
        """Lets a mail wait for DNS."""
        self._aside += 1
        if domain in self._asked:
            self._asked[domain].append(message)
            return
        self._asked[domain] = [message]
        self._course.providers.look_up(domain, partial(self._answered, domain))

    def _answered(self, domain: str) -> None:
        waiting = self._asked.pop(domain, [])
        self._aside -= len(waiting)
        self._returned.extend(waiting)
        self._ring()

    def _hold(self, message: Message, seconds: int, why: str) -> None:
        self._settle(deferred(message, why, seconds, held=True))

    # What sessions tell

    def ended(self, message: Message, outcome: Outcome) -> None:
        """A mail has come to its end."""
        lane = self._leave(message, outcome.state in _SENT)
        if lane is None and outcome.scope is not Scope.PROVIDER:
            return
        at, now = self._course.clock.now(), asyncio.get_running_loop().time()
        domain = message.forward_path.rpartition("@")[2]
        provider = lane.provider if lane else self._course.providers.of(domain, now)
        self._pace.ended(provider or domain, outcome, at)

    def give_back(self, message: Message) -> None:
        """Nothing of a mail was sent: another session takes it."""
        self._leave(message, sent=False)
        self._returned.appendleft(message)
        self._ring()

    def _leave(self, message: Message, sent: bool) -> Lane | None:
        if not self._under_way or message.address not in self._under_way:
            return None
        lane, gates = self._under_way.pop(message.address)
        for gate in gates:
            gate.leave()
        if self._ramp is not None:
            self._ramp.ended(self._relays[lane.relay].name, sent)
        self._ring()
        return lane

    def lose(self, relay: int) -> None:
        """A relay is out of reach: its mail is left to the others."""
        if relay in self.living:
            self.living.remove(relay)
        for lane in [lane for lane in self._parked if lane.relay == relay]:
            self._return(lane)
        self._ring()

    def rest(self) -> Iterator[Message | Wait]:
        """All that is at hand, wherever it was to go; a wait where more is to come."""
        for lane in list(self._parked):
            self._return(lane)
        for domain in list(self._asked):
            self._answered(domain)
        while not self._over() and (drawn := self._draw()) is not None:
            yield drawn

    # Waiting

    async def _nap(self, nap: _Nap) -> None:
        waits: list[asyncio.Future[object] | asyncio.Future[None]] = []
        if nap.wait is not None:
            if self._arrival is None or self._arrival.done():
                self._arrival = asyncio.ensure_future(asyncio.to_thread(nap.wait))
            waits.append(self._arrival)
        if self._aside:
            if self._bell is None or self._bell.done():
                self._bell = asyncio.get_running_loop().create_future()
            waits.append(self._bell)
        if not waits:
            return
        seconds = min(nap.seconds, PATIENCE) if self._aside else None
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def _ring(self) -> None:
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)


def deferred(message: Message, why: str, seconds: int, *, held: bool = False) -> Outcome:
    """The outcome of a mail that was not tried."""
    state = DeliveryState.DEFERRED
    return Outcome(message.address, message.day, state, why, seconds, held=held)


def _until_tomorrow(at: datetime) -> int:
    """Seconds until the next day begins (UTC)."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return math.ceil((midnight + timedelta(days=1) - at).total_seconds())
