"""A fleet: any worker performs what any of them planned, and looks after those that die.

tick ─→ plan ─→ collect (source, day)
            ├─→ select (range of places) ─→ … all proved ─→ send (shard of one provider) …
            └─→ again (shard of what was deferred and is due)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from digest.app.fleet_plan import Plans
from digest.app.installation import App
from digest.app.templates_hash import templates_hash
from digest.engine.queue import LATER, Again, Hand, Queue, Say
from digest.errors import Misuse
from digest.model import FAILURES, WHOLE, DeliveryState, Part, Report, Run, Sent, Subscriber
from digest.stages.batches import batches
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send
from digest.store.fleet import Absent, FleetStore, Wave
from digest.store.journal import Left, numbers_of
from digest.store.postgres import PostgresDatabase
from digest.store.postgres_locks import Held
from digest.store.queue_schema import require_queue
from digest.store.retention import prune

TASKS = ("collect", "select", "send", "again")
MOST = 500
"""Readers claimed, and recorded, with one commit."""
GRACE = 45
"""Seconds for which a worker may be missed until what it had claimed is in doubt."""
REFUSED = 15
"""Seconds until a job that one worker must refuse may meet another."""


class Shard:
    """Some readers, in place of all subscribers: what a stage sees of a job."""

    def __init__(self) -> None:
        self.readers: Sequence[Subscriber] = ()

    def active(self, part: Part = WHOLE) -> Iterator[Subscriber]:
        """The readers of the shard."""
        del part
        return iter(self.readers)


class Fleet:
    """One machine's part in a fleet: it plans, or works, or both."""

    def __init__(self, app: App, say: Say) -> None:
        """Raises Misuse unless the store is on PostgreSQL."""
        if not isinstance(app.database, PostgresDatabase):
            raise Misuse("engine = 'fleet' needs store = 'postgresql://…': the queue lies there")
        require_queue(app.database)
        self.app, self._say = app, say
        self.database = app.database
        delivery, resend = app.settings.delivery, app.resends
        self.store = FleetStore(self.database, delivery.retry_after, resend=resend)
        hands: dict[str, Hand] = {
            "collect": self.collect,
            "select": self.select,
            "send": self.send,
            "again": self.again,
        }
        self.queue = Queue(self.database.settings, hands, say, self._taken_up)
        self.templates = templates_hash(app)
        self.plans = Plans(app, self.store, self.queue, self.templates)
        self._shard = Shard()
        self._wave: tuple[date, int] | None = None
        self._sending: Run | None = None
        """What mails are under way of."""
        self.states: Counter[DeliveryState] = Counter()
        """How deliveries of this process ended."""
        self._worker = 0

    # Performing

    def collect(self, source: str, day: str, backfill: bool) -> None:
        """Asks one source for a day; then whoever waited for it is planned for."""
        run, now = replace(self._run(day), backfill=backfill), self.app.clock.now()
        [found] = self.app.collecting(self.app.sources([source])).perform(
            run, self.app.sources([source]), now
        )
        if found.verdict.failure:
            self._say(f"collect: {source} {found.verdict}: {found.detail or 'no papers'}")
        self.plans.plan(run if backfill else self.app.run(None), collect=False)

    def select(self, day: str, wave: int, low: int, high: int, templates: str) -> None:
        """Chooses for a range of readers, and proves their mails."""
        if (found := self._accepted(day, wave, templates)) is None:
            return
        run = self._run_of(found)
        self._shard.readers = self._readers(self.store.anyone(found.day, low, high))
        select, render = self._stages(found)
        for readers in select.pending(run, found.until):
            select.perform(run, readers, found.until)
        for readers in render.pending(run, found.until):
            render.perform(run, readers, found.until)
        with self.database.transaction():
            if self.store.proved(found, low):
                self.plans.send_off(found, run)

    def send(self, day: str, wave: int, group: str, low: int, high: int, templates: str) -> None:
        """Sends to a shard of a wave whoever has no row yet."""
        if (found := self._accepted(day, wave, templates)) is None:
            return
        run = self._run_of(found)
        self._deliver(run, group, self.plans.of(group, found.day, low, high), found.until)

    def again(self, day: str, group: str, low: int, high: int, templates: str) -> None:
        """Sends to a shard of those whose mail was deferred and is due."""
        self._refuse(templates)
        run, now = self._run(day), self.app.clock.now()
        waiting = self.store.waiting(run.day, now, low, high)
        ours = [a for a in waiting if self.plans.group(a) == group]
        run = replace(run, resuming=True)
        self._shard.readers = self._readers(ours)
        render = self.app.rendering(self._shard)
        for readers in render.pending(run, now):  # mails that look another way since an upgrade
            render.perform(run, readers, now)
        self._deliver(run, group, ours, now)

    def _deliver(self, run: Run, group: str, addresses: Sequence[str], now: datetime) -> None:
        if self._sending is not None and self._sending.day != run.day:
            self.flush()
        self._shard.readers = self._readers(addresses)
        self._sending = run
        for batch in self._send.pending(run, now):
            for readers in batches(batch, MOST):
                sent = self._send.perform(run, readers, now)
                self._tell(sent)
                if sent.trouble:
                    raise Again("not all was handed over", LATER)
        if self.app.stop():
            raise Again("stopping", 0)
        if self.plans.lock(group) is not None:  # nothing of it is under way when another may begin
            self.flush()

    def flush(self) -> None:
        """Waits for the mails under way, and records them."""
        run, self._sending = self._sending, None
        if run is not None:
            self._tell(self._send.perform(run, [], self.app.clock.now()))
            self.app.memory.advance()

    def _tell(self, sent: Sent) -> None:
        for state, count in sorted(Counter(o.state for o in sent.outcomes).items()):
            self.states[state] += count
            if state in FAILURES:
                self._say(f"send: {count} {state}")
        if sent.trouble:
            self._say(f"the relay could not be used: {sent.trouble}")

    def _readers(self, addresses: Sequence[str]) -> list[Subscriber]:
        known = self.app.subscribers.several(addresses)
        return [known[address] for address in addresses if address in known]

    def _accepted(self, day: str, number: int, templates: str) -> Wave | None:
        """The wave of a job; None: it is too old for anybody to know it."""
        self._refuse(templates)
        wave = self.store.wave(date.fromisoformat(day), number)
        if wave is None:
            self._say(f"nobody knows wave {number} of {day} any more: left undone")
        return wave

    def _refuse(self, templates: str) -> None:
        if templates != self.templates:
            raise Again(
                f"refused: planned with mails of {templates}, this worker's are {self.templates} "
                "(program, templates, [mail], [web] and secret_key must be alike everywhere)",
                REFUSED,
            )

    def _run_of(self, wave: Wave) -> Run:
        run = self._run(wave.day.isoformat())
        fold_after = self.app.settings.delivery.fold_after / 100
        return replace(run, backfill=wave.backfill, latest=wave.latest, fold_after=fold_after)

    def _run(self, day: str) -> Run:
        return Run(date.fromisoformat(day), fresh=self.app.settings.selection.fresh)

    def _stages(self, wave: Wave) -> tuple[Select, Render]:
        """The stages that choose and prove; new ones for each wave, for papers change."""
        if self._wave != (wave.day, wave.number):
            self._wave = (wave.day, wave.number)
            self._chosen = (
                self.app.selecting(self._shard),
                self.app.rendering(self._shard),
            )
        return self._chosen

    @cached_property
    def _send(self) -> Send:
        return self.app.sending(self._shard)

    # Working

    def nightly(self, run: Run, *, collect: bool = True) -> Report:
        """Plans a pass, and works beside the others until all that is planned is done."""
        report = Report(run.day)
        if run.only:  # a few by name: the ledger alone decides, no plan is needed
            self.app.engine.deliver(run, report)
            return self.app.looking_ahead(run, [run], report)
        self.app.joining.tick()
        days = {run.day, *([] if run.backfill else self.app.ledger.waiting_days())}
        before, over = self._counted(days), self.app.over
        self.work(
            TASKS,
            lambda: over(run),
            "digest run",
            first=lambda: self.plans.plan(run, collect=collect),
            once=True,
        )
        report.states = self._counted(days) - before
        report.collections = self.app.papers.collections(run.day) if collect else []
        report.stopped = over(run)
        report.deferred = self._counted(days)[DeliveryState.DEFERRED]
        return self.app.looking_ahead(run, [run], report)

    def _counted(self, days: Iterable[date]) -> Counter[DeliveryState]:
        counted: Counter[DeliveryState] = Counter()
        for day in days:
            counted.update(self.app.ledger.count(day))
        return counted

    def work(
        self,
        kinds: Sequence[str],
        stop: Callable[[], bool],
        name: str,
        *,
        first: Callable[[], None] = lambda: None,
        once: bool = False,
    ) -> None:
        """Works until it is told to stop; `once`: until nothing is left to do, by anybody.

        Raises Busy when the server is gone: what is under way stands in journals, for whoever
        comes next on this machine.
        """
        with self.store.enlisted(name, self.templates, self.app.clock.now()) as (worker, held):
            self._worker = worker
            self.app.worker = worker
            self._settle()
            self.app.memory.check()
            first()

            def between() -> bool:
                self.flush()
                self._settle()
                return once and not self.store.busy(kinds)

            try:
                self.queue.work(kinds, stop, between, lambda: self._look_around(held))
            finally:
                self.flush()

    def tick(self, timestamp: int) -> None:
        """Once a minute: plans, and once an hour forgets what is old."""
        self.app.joining.tick()
        self.plans.plan(self.app.run(None))
        if timestamp // 60 % 60 == 0:
            now = self.app.clock.now()
            prune(self.database, self.app.settings.retention, now)
            self.store.forget(now.date() - timedelta(days=14))
            self.app.look_round()

    @contextmanager
    def _taken_up(self, job: int) -> Iterator[None]:
        self.store.take_up(self._worker, job)
        yield
        self.store.take_up(self._worker, 0)

    def _settle(self) -> None:
        """What processes of this machine have left, and this one before: by their journals."""

        def take_over(left: list[Left]) -> None:
            doubts = self.app.ledger.take_over(left, self.app.clock.now(), alone=False)
            self._say(f"took over what {len(left)} journals tell; {doubts} mails are in doubt")

        self.app.journals.settle(take_over)

    def _look_around(self, held: Held) -> list[int]:
        """Looks after the others; returns jobs whose workers are gone. Raises Busy."""
        held.check()
        jobs = []
        for absent in self.store.absent():
            if absent.missed is None:
                if self.store.miss(absent.worker) and absent.job:
                    jobs.append(absent.job)
            elif absent.missed > GRACE:
                self._lose(absent)
        return jobs

    def _lose(self, absent: Absent) -> None:
        with self.database.transaction():
            doubts = self.app.ledger.lose(*numbers_of(absent.worker), self.app.clock.now())
            self.store.retire(absent.worker)
        if doubts:
            self._say(f"{absent.name} is gone: {doubts} mails are in doubt until it comes back")
