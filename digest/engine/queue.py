"""Procrastinate, as far as a fleet needs it: jobs that carry keys, and who performs them.

The queue delivers a job once or more; the ledger lets each mail through once. So whatever a job
meets (no server, a worker that dies) it is simply queued again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.periodic import PeriodicDeferrer, PeriodicRegistry
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.utils import utcnow

from digest.errors import Busy, DigestError, TryAgainLater

EVERY_MINUTE = "* * * * *"
PATIENCE = 0.2
"""Seconds after which a signal is seen at the latest."""
NAP = 1.0
"""Seconds after which an idle worker looks for jobs again."""
BEAT = 5.0
"""Seconds between looks at the others."""
STALLED = 30
"""Seconds without a sign of life after which a worker's jobs are others'."""
SOON, LATER = 5, 60
"""Seconds until a job is tried again: when something was busy; when something failed."""

Key = bool | int | float | str | list[Any] | dict[str, Any] | None
"""What JSON can say; ours are words and numbers."""
Hand = Callable[..., None]
"""Performs a job: gets its keys by name."""
Say = Callable[[str], None]


class Again(TryAgainLater):
    """A job is not done, and is to be queued again."""

    def __init__(self, why: str, seconds: int = SOON) -> None:
        super().__init__(why)
        self.seconds = seconds


class _UntilDone(BaseRetryStrategy):
    """Nothing that is planned is ever given up: what cannot be done is told, and tried again."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        """After the time that the failure asks for."""
        if not isinstance(exception, Exception):  # cancelled: we are being stopped
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, Again):
            seconds = exception.seconds
        else:
            seconds = SOON if isinstance(exception, TryAgainLater) else LATER
        known = isinstance(exception, DigestError)
        words = str(exception) if known else f"{type(exception).__name__}: {exception}"
        self._say(f"{job.task_name}: {words}; again in {seconds} s")
        return RetryDecision(retry_in={"seconds": seconds})


class Queue:
    """Where jobs are put, and taken from."""

    def __init__(
        self,
        connection: Mapping[str, Any],
        hands: Mapping[str, Hand],
        say: Say,
        around: Callable[[int], AbstractContextManager[None]] = lambda _: nullcontext(),
    ) -> None:
        """`connection` is what psycopg connects with; `hands` perform jobs, by name of the kind.

        `around` is entered with a job's number while it is performed.
        """
        self._connector = procrastinate.PsycopgConnector(
            kwargs=dict(connection), min_size=1, max_size=3, timeout=10
        )
        self._app = procrastinate.App(connector=self._connector)
        self._say = say
        for name, hand in hands.items():
            task = self._app.task(name=name, queue=name, pass_context=True, retry=_UntilDone(say))
            task(_performing(hand, around))
        self._ticks = PeriodicRegistry()  # type: ignore[no-untyped-call]
        self._outside = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

    def put(
        self,
        connection: "psycopg.Connection[Any]",
        kind: str,
        keys: Sequence[Mapping[str, Key]],
        priority: int = 0,
        lock: str | None = None,
    ) -> None:
        """Enqueues jobs of a kind in the transaction of `connection`.

        Of those with the same `lock` one at a time is performed, in the whole fleet.
        """
        if keys:
            job = self._outside.configure_task(
                kind, queue=kind, priority=priority, lock=lock, connection=connection
            )
            job.batch_defer(*(dict(key) for key in keys))

    def tick(self, hand: Hand) -> None:
        """Has `hand` performed once a minute, by one of all that ask so."""
        task = self._app.task(name="tick", queue="tick", pass_context=True)

        def told(**keys: Key) -> None:
            try:
                hand(**keys)
            except DigestError as error:  # not tried again: the next one is due in a minute
                self._say(f"tick: {error}")

        ticking = task(_performing(told, lambda _: nullcontext()))
        self._ticks.register_task(ticking, EVERY_MINUTE, "", {"queueing_lock": "tick"})

    def work(
        self,
        kinds: Sequence[str],
        stop: Callable[[], bool],
        between: Callable[[], bool],
        beat: Callable[[], Sequence[int]],
    ) -> None:
        """Performs jobs of these kinds until `stop`, or until `between` says that all is done.

        `between` is called when there is nothing to do; `beat` every few seconds meanwhile, and
        tells jobs whose worker is gone. Both in threads. Raises Busy when the server is gone.
        """
        try:
            asyncio.run(self._work(kinds, stop, between, beat))  # noqa: TID251 - this edge's colour
        except (exceptions.ConnectorException, psycopg.Error) as error:
            raise Busy(f"the queue cannot be used now ({_told(error)})") from error

    async def _work(
        self,
        kinds: Sequence[str],
        stop: Callable[[], bool],
        between: Callable[[], bool],
        beat: Callable[[], Sequence[int]],
    ) -> None:
        # A job that others have done meanwhile cannot be marked as done once more.
        asyncio.get_running_loop().set_exception_handler(lambda _, about: self._say(_lost(about)))
        async with self._app.open_async():
            aside = [asyncio.create_task(self._beats(beat))]
            if self._ticks.periodic_tasks:
                aside.append(asyncio.create_task(PeriodicDeferrer(self._ticks).worker()))
            try:
                while not stop():
                    await self._attended(self._perform_all(kinds), aside, stop)
                    if await asyncio.to_thread(between):
                        return
                    await self._attended(asyncio.sleep(NAP), aside, stop)
            finally:
                await _ended(aside)

    async def _perform_all(self, kinds: Sequence[str]) -> None:
        await self._app.run_worker_async(
            queues=list(kinds),
            wait=False,
            listen_notify=False,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=BEAT,
            stalled_worker_timeout=STALLED,
        )

    @staticmethod
    async def _attended(
        work: Awaitable[None], aside: Sequence["asyncio.Task[None]"], stop: Callable[[], bool]
    ) -> None:
        """Waits for it; told to stop it comes to its end in order, and so when a beat fails."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done() and not stop():
                done, _ = await asyncio.wait(
                    [task, *aside], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
                )
                for other in done - {task}:
                    other.result()  # a beat ends by failing
        finally:
            if not task.done():
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _beats(self, beat: Callable[[], Sequence[int]]) -> None:
        manager = self._app.job_manager
        while True:
            for job in await asyncio.to_thread(beat):
                with suppress(exceptions.ConnectorException):  # it is done, or queued already
                    await manager.retry_job_by_id_async(job, retry_at=utcnow())
            for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                if stalled.task_name in self._app.tasks and stalled.id is not None:
                    with suppress(exceptions.ConnectorException):
                        await manager.retry_job(stalled, retry_at=utcnow())
            await asyncio.sleep(BEAT)


def _performing(
    hand: Hand, around: Callable[[int], AbstractContextManager[None]]
) -> Callable[..., None]:
    def perform(context: JobContext, **keys: Key) -> None:
        with around(context.job.id or 0):
            hand(**keys)

    return perform


async def _ended(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _lost(about: Mapping[str, Any]) -> str:
    error = about.get("exception")
    return f"a job was not marked as done ({_told(error) if error else about.get('message')})"


def _told(error: BaseException) -> str:
    cause = error.__cause__ or error
    return " ".join(str(cause).split()) or type(cause).__name__
