"""A fleet: plans are made of keys, and any worker performs what any of them planned.

    tick ─→ plan ─→ collect (source, day)
                ├─→ select (range of places) ─→ … all proved ─→ send (shard of one provider) …
                └─→ again (shard of what was deferred and is due)

Everybody who has fallen due for an edition since the last plan is a *wave*. Its readers are chosen
for and their mails proved by ranges of places; whoever proves the last range sends the wave off, so
no mail goes out before all are proved. What is written and what is enqueued is one transaction.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from digest.app.gate import require_proof
from digest.app.installation import App
from digest.app.templates_hash import templates_hash
from digest.engine.queue import LATER, Again, Hand, Key, Queue, Say
from digest.errors import Misuse, NotProved
from digest.mail.operators import OPERATORS, of_domain
from digest.model import (
    FAILURES,
    WHOLE,
    Cause,
    DeliveryState,
    Notice,
    Part,
    Report,
    Run,
    Sent,
    Subscriber,
)
from digest.stages.batches import batches
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send
from digest.store.fleet import Absent, FleetStore, Wave, ranges
from digest.store.journal import Left, numbers_of
from digest.store.postgres import Held, PostgresDatabase
from digest.store.queue_schema import require_queue
from digest.store.retention import prune

TASKS = ("collect", "select", "send", "again")
CHOSEN_TOGETHER = 4_000
"""Readers a job chooses for, about: a ranking is shared by them."""
SENT_TOGETHER = 400
"""Readers a job sends to, on average: by chance hardly ever more than `MOST`."""
MOST = 500
"""Readers claimed, and recorded, with one commit."""
GRACE = 45
"""Seconds for which a worker may be missed until what it had claimed is in doubt."""
OTHERS = "*"
"""The provider of whoever has none of the well-known ones."""
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
        self._shard = Shard()
        self._wave: tuple[date, int] | None = None
        self._sending: Run | None = None
        """What mails are under way of."""
        self.states: Counter[DeliveryState] = Counter()
        """How deliveries of this process ended."""
        self._worker = 0

    # Planning

    def plan(self, run: Run, *, collect: bool = True) -> None:
        """Enqueues what is to be done and is not enqueued. Raises Restored."""
        now = self.app.clock.now()
        self.app.memory.check()
        passes = [run, *([] if run.backfill else self.app.older(run, now))]
        with self.store.planning():
            if collect:
                for day in (run.day, *self.app.missed_days(run)):
                    self._plan_collecting(replace(run, day=day), now)
            if not self._proved(run):
                return
            remembered = [each for each in passes if each.day > self.app.memory.forgotten]
            planned = [self._plan_wave(each, now) for each in remembered]
            # Whoever gets a newer edition does not get the older one that they wait for: it is
            # given up when the newer one is chosen.
            if not any(planned) and not self.store.busy(["select"]):
                for day in {run.day, *([] if run.backfill else self.app.ledger.waiting_days())}:
                    self._plan_again(replace(run, day=day), now)

    def _proved(self, run: Run) -> bool:
        """Whether mail may go out; a first sending to many waits for the preflight."""
        try:
            require_proof(self.app, run, anyway=False)
        except NotProved as error:
            notice = Notice(Cause.NOT_PROVED, "", str(error))
            self.app.alerts.tell(run.day, error.exit_status, [notice])
            return False
        return True

    def _plan_collecting(self, run: Run, now: datetime) -> None:
        if not self.store.queued("collect", run.day):
            sources = [s.name for some in self.app.collect.pending(run, now) for s in some]
            key: dict[str, Key] = {"day": run.day.isoformat(), "backfill": run.backfill}
            keys = [{"source": name, **key} for name in sources]
            self._put("collect", keys, priority=50)

    def _plan_again(self, run: Run, now: datetime) -> None:
        if run.expiry is not None:
            self.app.ledger.expire(run.day, now - run.expiry, now)
        if run.day > self.app.memory.forgotten and not self.store.queued("again", run.day):
            waiting = self.store.waiting(run.day, now)
            counted = Counter(of_domain(a.rpartition("@")[2]) or OTHERS for a in waiting)
            self._put_shards("again", {"day": run.day.isoformat()}, self._grouped(counted))

    def _plan_wave(self, run: Run, now: datetime) -> bool:
        """Whether there is one."""
        if not self.app.select.ready(run, now):
            return False
        last = self.store.last_wave(run.day)
        since = last.until if last and last.backfill >= run.backfill else None
        fell = self._fell(run, now)
        fallen = self._fell(run, since) if since else []
        falling = sorted(set(fell) - set(fallen))
        counts = self.store.counts(run.day, (), falling, fallen, since)
        if not (total := sum(counts.values())):
            return False
        number = last.number + 1 if last else 1
        wave = Wave(run.day, number, now, run.backfill, run.latest, sending=False)
        shards = ranges(math.ceil(total / CHOSEN_TOGETHER))
        self.store.plan(wave, since, shards)
        self.app.memory.advance()
        keys = [{**self._key(wave), "low": low, "high": high} for low, high in shards]
        self._put("select", keys, priority=20)
        return True

    def _fell(self, run: Run, at: datetime) -> list[str]:
        """The times of day, zones and rhythms to which the edition is due at an instant."""
        return sorted(
            f"{r.timezone}|{r.send_at.strftime('%H:%M') if r.send_at else ''}|{r.rhythm}"
            for r in self.app.subscribers.schedules()
            if run.due(r, at)
        )

    def _send_off(self, wave: Wave, run: Run) -> None:
        domains = [domain for operator in self._groups.values() for domain in operator]
        counts = self.store.counts(wave.day, domains, self._fell(run, wave.until), (), None)
        counted: Counter[str] = Counter()
        for domain, count in counts.items():
            counted[self._group_of.get(domain, OTHERS)] += count
        self._put_shards("send", self._key(wave), counted)

    def _put_shards(self, kind: str, key: Mapping[str, Key], counts: Mapping[str, int]) -> None:
        for group, count in sorted(counts.items()):
            keys = [
                {**key, "group": group, "low": low, "high": high, "templates": self.templates}
                for low, high in ranges(math.ceil(count / SENT_TOGETHER))
            ]
            self._put(kind, keys, lock=self._lock(group))

    def _put(
        self,
        kind: str,
        keys: Sequence[Mapping[str, Key]],
        priority: int = 0,
        lock: str | None = None,
    ) -> None:
        with self.database.joined() as connection:
            self.queue.put(connection, kind, keys, priority, lock)

    def _key(self, wave: Wave) -> dict[str, Key]:
        return {"day": wave.day.isoformat(), "wave": wave.number, "templates": self.templates}

    # Providers

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[str]]:
        """Domains by provider: the well-known ones, and those that have limits of their own."""
        named = {name: operator.domains for name, operator in OPERATORS.items()}
        limited = set(self.app.settings.smtp.provider_limits) - named.keys() - {OTHERS}
        return {name: domains for name, domains in named.items() if domains} | {
            name: (name,) for name in sorted(limited)
        }

    @cached_property
    def _group_of(self) -> dict[str, str]:
        return {domain: name for name, some in self._groups.items() for domain in some}

    def _grouped(self, counts: Mapping[str, int]) -> Counter[str]:
        grouped: Counter[str] = Counter()
        for group, count in counts.items():
            grouped[group if group in self._groups else OTHERS] += count
        return grouped

    def _lock(self, group: str) -> str | None:
        """What must be had to send to a provider: where something limits it, one worker sends.

        One process keeps limits exactly, and has time; so do all of them together, whoever dies.
        """
        smtp = self.app.settings.smtp
        if smtp.ramp or any(relay.rate.per_second for relay in smtp.relays):
            return "relay"
        limits = smtp.provider_limits
        resting = {s.provider for s in self.app.pace_store.standings(self.app.clock.now())}
        limited = group in limits or OTHERS in limits or group in resting
        return f"provider {group}" if limited else None

    # Performing

    def collect(self, source: str, day: str, backfill: bool) -> None:
        """Asks one source for a day; then whoever waited for it is planned for."""
        run, now = replace(self._run(day), backfill=backfill), self.app.clock.now()
        [found] = self.app.collecting(self.app.sources([source])).perform(
            run, self.app.sources([source]), now
        )
        if found.verdict.failure:
            self._say(f"collect: {source} {found.verdict}: {found.detail or 'no papers'}")
        self.plan(run if backfill else self.app.run(None), collect=False)

    def select(self, day: str, wave: int, low: int, high: int, templates: str) -> None:
        """Chooses for a range of readers, and proves their mails."""
        found = self._accepted(day, wave, templates)
        run = self._run_of(found)
        self._shard.readers = self._readers(self.store.anyone(found.day, low, high))
        select, render = self._stages(found)
        for readers in select.pending(run, found.until):
            select.perform(run, readers, found.until)
        for readers in render.pending(run, found.until):
            render.perform(run, readers, found.until)
        with self.database.transaction():
            if self.store.proved(found, low):
                self._send_off(found, run)

    def send(self, day: str, wave: int, group: str, low: int, high: int, templates: str) -> None:
        """Sends to a shard of a wave whoever has no row yet."""
        found = self._accepted(day, wave, templates)
        run = self._run_of(found)
        self._deliver(run, group, self._of(group, found.day, low, high), found.until)

    def again(self, day: str, group: str, low: int, high: int, templates: str) -> None:
        """Sends to a shard of those whose mail was deferred and is due."""
        self._refuse(templates)
        run, now = self._run(day), self.app.clock.now()
        waiting = self.store.waiting(run.day, now, low, high)
        ours = [a for a in waiting if self._group_of.get(a.rpartition("@")[2], OTHERS) == group]
        self._deliver(replace(run, resuming=True), group, ours, now)

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
        if self._lock(group) is not None:  # nothing of it is under way when another may begin
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

    def _of(self, group: str, day: date, low: int, high: int) -> list[str]:
        if group == OTHERS:
            return self.store.of_others(day, sorted(self._group_of), low, high)
        return self.store.of_domains(day, self._groups[group], low, high)

    def _readers(self, addresses: Sequence[str]) -> list[Subscriber]:
        known = self.app.subscribers.several(addresses)
        return [known[address] for address in addresses if address in known]

    def _accepted(self, day: str, number: int, templates: str) -> Wave:
        self._refuse(templates)
        wave = self.store.wave(date.fromisoformat(day), number)
        if wave is None:
            raise Misuse(f"nobody knows wave {number} of {day} any more")
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
        days = {run.day, *([] if run.backfill else self.app.ledger.waiting_days())}
        before, over = self._counted(days), self.app.over
        self.work(
            TASKS,
            lambda: over(run),
            "digest run",
            first=lambda: self.plan(run, collect=collect),
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
        self.plan(self.app.run(None))
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
