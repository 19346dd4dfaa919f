"""Who operates a reader's mailbox: by its domain, or by asking DNS for its MX hosts, if wished."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from digest.mail.operators import of_domain

MOST_AT_ONCE = 32
"""Questions to DNS under way at once."""
GIVE_UP = 8
"""Questions in a row without an answer after which DNS counts as out of reach."""
MOST_KNOWN = 100_000
"""Domains that are remembered."""


@dataclass(frozen=True, slots=True)
class Exchanger:
    """Who takes the mail of a domain."""

    provider: str | None
    """None: nobody does, and its owner says so (a null MX, RFC 7505)."""
    ttl: float
    """Seconds that this may be believed."""


Ask = Callable[[str], Awaitable[Exchanger | None]]
"""Asks DNS about a domain; None: no answer."""


@dataclass
class Providers:
    """Names the provider of every domain. Lives in the wire's thread; nothing waits for it."""

    ask: Ask | None = None
    """None: DNS is never asked, and who is not well known goes by the domain's name."""
    _known: dict[str, tuple[str | None, float]] = field(default_factory=dict)
    """Domain → provider (None: it takes no mail), and until when that holds."""
    _asked: set[asyncio.Task[None]] = field(default_factory=set)
    _turn: asyncio.Semaphore | None = None
    """Of the event loop that runs; each run has one of its own."""
    _failures: int = 0

    @property
    def idle(self) -> bool:
        """Whether DNS is asked never, or no more."""
        return self.ask is None

    def of(self, domain: str, now: float) -> str | None:
        """The provider of a domain. None: it takes no mail at all (RFC 7505).

        Raises KeyError when DNS should be asked first: then `look_up`.
        """
        domain = domain.lower()
        if (operator := of_domain(domain)) is not None:
            return operator
        if self.ask is None:
            return domain
        provider, until = self._known[domain]
        if until < now:
            raise KeyError(domain)
        return provider

    def look_up(self, domain: str, then: Callable[[], None]) -> None:
        """Asks DNS, and calls `then` when `of` can tell."""
        if self._turn is None or not self._asked:
            self._turn = asyncio.Semaphore(MOST_AT_ONCE)
        task = asyncio.ensure_future(self._look_up(domain.lower(), self._turn))
        self._asked.add(task)

        def answered(done: asyncio.Task[None]) -> None:
            self._asked.discard(done)
            then()

        task.add_done_callback(answered)

    async def _look_up(self, domain: str, turn: asyncio.Semaphore) -> None:
        async with turn:
            found = await self.ask(domain) if self.ask else None
        now = asyncio.get_running_loop().time()
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        if found is None:
            found = Exchanger(domain, ttl=60)
            self._failures += 1
            if self._failures >= GIVE_UP:
                self.ask = None
        else:
            self._failures = 0
        self._known[domain] = (found.provider, now + found.ttl)

    def close(self) -> None:
        """Asks no more."""
        for task in self._asked:
            task.cancel()
