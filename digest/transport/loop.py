"""Where the colour changes: synchronous outside, asynchronous inside, many sessions at once."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterable

from digest.errors import TransportError
from digest.model import DeliveryState, Message, Outcome, Scope
from digest.ports import Session, Transport

Wait = Callable[[], object]
"""Blocks until it is worth asking for a message again."""

GRACE = 10.0
"""Seconds that mails under way still have once `stop` says so."""


def deliver_all(
    transport: Transport,
    messages: Iterable[Message | Wait],
    sessions: int,
    before_dot: Callable[[Message], None],
    record: Callable[[Outcome], None],
    stop: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
) -> None:
    """Hands messages over through `sessions` sessions, taking each from `messages` when it can go.

    Where none is ready yet, `messages` gives a wait instead: called in a thread of its own, it
    returns when it is worth asking again. So sessions stay open from batch to batch.

    `before_dot` returns once its mark is durable, `record` gets each outcome at once; both are
    called from the event loop, so they should be quick. When either raises, or `messages` does,
    or `stop` turns true, no further message is taken, those under way are finished (for `grace`
    seconds after a stop) and the error is raised. What was not taken has no outcome.

    Raises TransportError when not even the first session can be opened: then nothing was taken
    but the first message. When later every session is lost, the rest are deferred; it is raised
    then, too, if more was to come.
    """
    crew = _Crew(transport, messages, before_dot, record, stop)
    asyncio.run(crew.work(sessions, grace))  # noqa: TID251 - the colour changes here


class _Crew:
    """Workers with a session each, who share one supply of messages."""

    def __init__(
        self,
        transport: Transport,
        messages: Iterable[Message | Wait],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        self._transport, self._messages = transport, iter(messages)
        self._before_dot, self._record, self._stop = before_dot, record, stop
        self._arrival: asyncio.Future[object] | None = None
        self._returned: deque[Message] = deque()
        """Taken by a worker who then had no session for it."""
        self._held: dict[str, tuple[float, str]] = {}
        """Provider → until when it is left alone, and why."""
        self._fault: Exception | None = None
        self._lost: TransportError | None = None

    async def work(self, sessions: int, grace: float) -> None:
        message = await self._next()
        if message is not None:
            self._returned.append(message)
            async with self._transport.session() as first:
                await self._all_hands(first, sessions, grace)
                while self._returned and await self._serve(first):
                    pass  # what a worker returned who found no session
            self._defer_rest()
        if self._fault is not None:
            raise self._fault

    async def _all_hands(self, first: Session, sessions: int, grace: float) -> None:
        workers: list[asyncio.Task[object]] = [asyncio.create_task(self._serve(first))]
        workers += [asyncio.create_task(self._join()) for _ in range(sessions - 1)]
        watch = asyncio.create_task(self._watch(workers, grace))
        try:
            await asyncio.wait(workers)
        finally:
            for task in (watch, *workers):
                task.cancel()
            await asyncio.gather(watch, *workers, return_exceptions=True)

    async def _watch(self, workers: list[asyncio.Task[object]], grace: float) -> None:
        """Ends what still hangs `grace` seconds after a stop."""
        while not self._over():  # noqa: ASYNC110 - a signal handler sets a flag, no Event of ours
            await asyncio.sleep(0.2)
        await asyncio.sleep(grace)
        for worker in workers:
            worker.cancel()

    async def _join(self) -> None:
        """Opens a session of its own, if there is a message for it."""
        message = await self._next()
        if message is None:
            return
        try:
            async with self._transport.session() as session:
                taken, message = message, None
                await self._serve(session, taken)
        except TransportError:  # the relay grants no more sessions: others take the message
            if message is not None:
                self._returned.appendleft(message)

    async def _serve(self, session: Session, message: Message | None = None) -> bool:
        """Delivers `message`, then one after the other until none is left; False: no session."""
        if self._over():
            return False
        while message is not None or (message := await self._next()) is not None:
            try:
                outcome = await session.deliver(message, self._mark)
            except TransportError as error:
                self._returned.appendleft(message)
                self._lost = error
                return False
            except Exception as error:  # noqa: BLE001 - a mark not made, or a bug: no more mails
                self._fault = self._fault or error
                return False
            self._note(message, outcome)
            message = None
        return not self._over()

    async def _mark(self, message: Message) -> None:
        try:
            self._before_dot(message)
        except Exception as error:
            self._fault = self._fault or error
            raise

    def _over(self) -> bool:
        return self._fault is not None or self._stop()

    async def _next(self) -> Message | None:
        """The next message that may go, waited for; None when there is none, or all is over."""
        while callable(message := self._take()):
            if self._arrival is None or self._arrival.done():
                self._arrival = asyncio.ensure_future(asyncio.to_thread(message))
            await asyncio.wait([self._arrival])
        return message

    def _take(self) -> Message | Wait | None:
        """The next message that may go now; None when there is none, or all is over."""
        try:
            while not self._over():
                message = self._returned.popleft() if self._returned else next(self._messages, None)
                if message is None or callable(message):
                    return message
                if (held := self._holding(message)) is None:
                    return message
                self._note(message, held)
        except Exception as error:  # noqa: BLE001 - composing failed: finish what is under way
            self._fault = self._fault or error
        return None

    def _note(self, message: Message, outcome: Outcome) -> None:
        if outcome.scope is Scope.PROVIDER and outcome.retry_after:
            until = time.monotonic() + outcome.retry_after
            self._held.setdefault(_provider(message), (until, outcome.reply))
        try:
            self._record(outcome)
        except Exception as error:  # noqa: BLE001 - unrecorded: take no more, finish the others
            self._fault = self._fault or error

    def _holding(self, message: Message) -> Outcome | None:
        """The outcome of a message whose provider wants to be left alone; None when it may go."""
        if not self._held or (held := self._held.get(_provider(message))) is None:
            return None
        until, why = held
        left = math.ceil(until - time.monotonic())
        if left <= 0:
            del self._held[_provider(message)]
            return None
        return _deferred(message, f"held back, the provider answered: {why}", left)

    def _defer_rest(self) -> None:
        """Every session is lost: what is at hand waits for another run, no more is asked for."""
        while self._lost is not None and (message := self._take()) is not None:
            if callable(message):
                raise self._lost
            self._note(message, _deferred(message, f"no connection: {self._lost}", 60))


def _deferred(message: Message, why: str, retry_after: int) -> Outcome:
    return Outcome(message.address, message.day, DeliveryState.DEFERRED, why, retry_after)


def _provider(message: Message) -> str:
    """Who operates the mailbox: as far as can be known without DNS, its domain."""
    return message.forward_path.rpartition("@")[2].lower()
