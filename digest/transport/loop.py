"""Where the colour changes: synchronous outside, asynchronous inside, many sessions at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from digest.errors import TransportError
from digest.model import Message, Outcome
from digest.ports import Session
from digest.transport.supply import Course, Supply, Wait, deferred

GRACE = 10.0
"""Seconds that mails under way still have once `stop` says so."""

RELAY_PAUSE = 60
"""Seconds until a mail is due again that no relay was left for."""


def deliver_all(
    course: Course,
    messages: Iterable[Message | Wait],
    before_dot: Callable[[Message], None],
    record: Callable[[Outcome], None],
    stop: Callable[[], bool] = lambda: False,
    grace: float = GRACE,
) -> None:
    """Hands messages over through the sessions of each relay, taking each when it can go.

    Where none is ready yet, `messages` gives a wait instead: called in a thread of its own, it
    returns when it is worth asking again. So sessions stay open from batch to batch.

    `before_dot` returns once its mark is durable, `record` gets each outcome at once; both are
    called from the event loop, so they should be quick. When either raises, or `messages` does,
    or `stop` turns true, no further message is taken, those under way are finished (for `grace`
    seconds after a stop) and the error is raised. What was not taken has no outcome.

    Raises TransportError when no session can be opened with any relay: then nothing was taken but
    the first message. When later every session is lost, the rest are deferred;
    it is raised then, too, if more was to come.
    """
    crew = _Crew(course, messages, before_dot, record, stop)
    asyncio.run(crew.work(grace))  # noqa: TID251 - the colour changes here


class _Crew:
    """Workers with a session each, who share one supply of messages."""

    def __init__(
        self,
        course: Course,
        messages: Iterable[Message | Wait],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        self._course, self._relays = course, course.relays
        self._before_dot, self._record, self._stop = before_dot, record, stop
        self._supply = Supply(messages, course, self._settle, self._over)
        self._used = False
        """Whether any session was opened."""
        self._fault: Exception | None = None
        self._lost: TransportError | None = None

    async def work(self, grace: float) -> None:
        message = await self._next(self._supply.first())
        if message is not None:
            self._supply.give_back(message)
            await self._all_hands(grace)
            while self._supply.left and self._supply.living and not self._over():
                await self._all_hands(grace)  # returned when the others had gone home
            self._defer_rest()
        self._course.providers.close()
        if self._fault is not None:
            raise self._fault

    async def _all_hands(self, grace: float) -> None:
        workers: list[asyncio.Task[object]] = []
        workers += [asyncio.create_task(self._man(relay)) for relay in list(self._supply.living)]
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

    async def _man(self, relay: int) -> None:
        """Opens a session with a relay, then others beside it; it is lost when they all are."""
        try:
            async with self._relays[relay].transport.session() as lead:
                self._used = True
                others = [
                    asyncio.create_task(self._join(relay))
                    for _ in range(self._relays[relay].sessions - 1)
                ]
                try:
                    served = [await self._serve(relay, lead), *await asyncio.gather(*others)]
                finally:
                    for other in others:
                        other.cancel()
                    await asyncio.gather(*others, return_exceptions=True)
            if not any(served):
                self._supply.lose(relay)
        except TransportError as error:
            self._lost = error
            self._supply.lose(relay)

    async def _join(self, relay: int) -> bool:
        """Opens one more session, if there is a message for it; False: there is none."""
        message = await self._next(self._supply.next(relay))
        if message is None:
            return True
        try:
            async with self._relays[relay].transport.session() as session:
                taken, message = message, None
                return await self._serve(relay, session, taken)
        except TransportError:  # the relay grants no more sessions: others take the message
            if message is not None:
                self._supply.give_back(message)
            return False

    async def _serve(self, relay: int, session: Session, message: Message | None = None) -> bool:
        """Delivers `message`, then one after the other until none is left; False: session lost."""
        supply = self._supply
        if self._over():
            return True
        while message is not None or (message := await self._next(supply.next(relay))) is not None:
            try:
                outcome = await session.deliver(message, self._mark)
            except TransportError as error:
                supply.give_back(message)
                self._lost = error
                return False
            except Exception as error:  # noqa: BLE001 - a mark not made, or a bug: no more mails
                self._fault = self._fault or error
                return True
            supply.ended(message, outcome)
            self._settle(outcome)
            message = None
        return True

    async def _mark(self, message: Message) -> None:
        try:
            self._before_dot(message)
        except Exception as error:
            self._fault = self._fault or error
            raise

    def _over(self) -> bool:
        return self._fault is not None or self._stop()

    async def _next(self, coming: Awaitable[Message | None]) -> Message | None:
        """The next message; None when there is none, or all is over."""
        try:
            return await coming
        except Exception as error:  # noqa: BLE001 - composing failed: finish what is under way
            self._fault = self._fault or error
            return None

    def _settle(self, outcome: Outcome) -> None:
        try:
            self._record(outcome)
        except Exception as error:  # noqa: BLE001 - unrecorded: take no more, finish the others
            self._fault = self._fault or error

    def _defer_rest(self) -> None:
        """No relay is in reach: what is at hand waits for another run, no more is asked for."""
        if self._supply.living or self._lost is None:
            return
        if not self._used:
            raise self._lost
        for message in self._supply.rest():
            if callable(message):
                raise self._lost
            self._settle(deferred(message, f"no connection: {self._lost}", RELAY_PAUSE))
