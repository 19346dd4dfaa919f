"""What an installation does and tells: a run, what is due, what was chosen, what was sent."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.app.gate import is_old, remember, require_proof
from digest.app.parts import opened
from digest.app.watch_parts import WatchParts
from digest.clock import Clock
from digest.config import Engine, Settings
from digest.doctor.check import failed
from digest.encoders.static import installed
from digest.errors import DigestError, Misuse, TransportError
from digest.mail.message_id import message_id
from digest.model import (
    Delivery,
    DeliveryState,
    Paper,
    Report,
    Run,
    Selection,
    Subscriber,
)
from digest.model.due import current_day, due_at
from digest.ports import Observer
from digest.rank.explaining import Weighing
from digest.rank.replay import Evaluation
from digest.rank.telling import told
from digest.stages.batches import batches
from digest.stages.catch_up import REMEMBERED, days_before, missed_days
from digest.stages.evaluate import Evaluate
from digest.store.retention import prune
from digest.store.whole import EXTRA

if TYPE_CHECKING:
    from digest.app.fleet import Fleet


class App(WatchParts):
    """One installation, put together from its settings."""

    def run(
        self, day: date | None, only: tuple[str, ...] = (), deadline: datetime | None = None
    ) -> Run:
        """A pass over a day's edition; a day that was named and is over is a back-fill."""
        today = self.clock.now().date()
        if day is not None and day > today:
            raise Misuse(f"{day} has not come yet: today is {today} (UTC)")
        if day is not None and day <= self.memory.forgotten:
            raise Misuse(
                f"nobody remembers any more who got the edition of {day}: it is not sent again"
            )
        backfill = day is not None and day < today
        expiry = timedelta(seconds=self.settings.delivery.expire_after)
        return Run(
            day=day or self.newest_day(),
            backfill=backfill,
            expiry=None if backfill else expiry,
            fresh=self.settings.selection.fresh,
            fold_after=self.settings.delivery.fold_after / 100,
            only=frozenset(only),
            deadline=deadline,
        )

    def nightly(self, run: Run, *, collect: bool = True, anyway: bool = False) -> Report:
        """Collects, selects, renders, sends: one pass. Raises Locked, NotProved.

        With no day named, every reader gets the edition that they should have by now, and older
        ones that somebody still waits for are gone on with. The newest come first: an older one
        whose papers they take over is given up then, and nobody gets two mails for one downtime.
        `anyway`: whether a first sending to many needs no preflight.
        """
        if self.settings.engine is Engine.FLEET:
            require_proof(self, run, anyway=anyway)
            fleet = self.fleet(lambda _: None)
            return self.watched(run, lambda: fleet.nightly(run, collect=collect))
        with self.alone(f"digest run of {run.day}", self.clock.now()):
            return self.watched(run, lambda: self._night(run, collect=collect, anyway=anyway))

    def _night(self, run: Run, *, collect: bool, anyway: bool) -> Report:
        report, now = Report(run.day), self.clock.now()
        self.memory.check()
        self.memory.advance()
        self.joining.tick()
        report.count(DeliveryState.IN_DOUBT, self.take_over(now))
        if collect:
            self._collect(run, report)
            self._look_further(run, report)
        require_proof(self, run, anyway=anyway)
        passes = self._passes(run, now)
        for each in passes:
            if not self.over(run):
                self.engine.deliver(each, report)
        self._tidy(run, report)
        report.stopped = self.over(run)
        self.looking_ahead(run, passes, report)
        if not report.stopped:
            self._look_after()
        return report

    def look_round(self) -> Report:
        """What a run would report that did nothing: for a fleet, whose runs nobody waits for."""
        run = self.run(None)
        report = Report(run.day, collections=self.papers.collections(run.day))
        return self.watched(run, lambda: self.looking_ahead(run, [run], report))

    def _look_after(self) -> None:
        """Once a day: whether what was found fit still is. It stops no run."""
        if not self.alerts.silent and is_old(self):
            from digest.app.preflight import Preflight

            try:
                checks = list(Preflight(self, ()).mail())
            except DigestError as error:
                checks = [failed("preflight", str(error), "")]
            remember(self, checks)
            self.report_preflight(checks)

    def _collect(self, run: Run, report: Report) -> None:
        """The edition's day, and those before it that were missed: its pool reaches back."""
        self.engine.collect(run, report)
        for day in self.missed_days(run):
            if not self.over(run):
                self.engine.collect(replace(run, day=day), report)

    def missed_days(self, run: Run) -> list[date]:
        """The days before an edition's that are to be asked for again, oldest first."""
        if run.backfill:
            return []
        before = days_before(run.day, REMEMBERED)
        fetches = {day: self.papers.collections(day) for day in before}
        return missed_days(fetches, run.day, self.clock.now())

    def _passes(self, run: Run, now: datetime) -> list[Run]:
        """What is to be delivered: editions that are somebody's by now, then what waits."""
        if run.backfill:
            return [run] if run.day > self.memory.forgotten else []
        waiting = [replace(run, day=day, resuming=True) for day in self.ledger.waiting_days()]
        asked = [each for each in self.older(run, now) if any(self.open(each, now))] + waiting
        return [each for each in (run, *asked) if each.day > self.memory.forgotten]

    def older(self, run: Run, now: datetime) -> list[Run]:
        """Passes over older editions that are somebody's newest by now, newest first."""
        schedules = self.subscribers.schedules()
        theirs = {current_day(reader, now, run.fresh) for reader in schedules} - {run.day}
        return [replace(run, day=day, latest=False) for day in sorted(theirs, reverse=True)]

    def fleet(self, say: Callable[[str], None]) -> "Fleet":
        """The part of this machine in a fleet. Raises Misuse unless the store is on PostgreSQL."""
        try:
            from digest.app.fleet import Fleet
        except ModuleNotFoundError as error:
            raise Misuse(EXTRA) from error
        return Fleet(self, say)

    def _look_further(self, run: Run, report: Report) -> None:
        """Asks what else is known of what came in, and how the present day is filling up.

        Nothing of it keeps an edition back, or makes a run fail.
        """
        if report.collections:
            self.enrich.perform(run.day, self.clock.now())
        now = self.clock.now()
        troubled = any(fetch.verdict.failure for fetch in report.collections)
        if run.backfill or troubled or run.day == now.date() or not self.settings.sources.watch:
            return
        today = replace(run, day=now.date())
        for sources in self.collect.pending(today, now):
            self.collect.perform(today, sources, now)

    def _tidy(self, run: Run, report: Report) -> None:
        if report.attempted:
            self.memory.advance()
        if not self.over(run):
            prune(self.database, self.settings.retention, self.clock.now())
            self.inbox.forget(self.clock.now())
            with suppress(TransportError):  # answers that nobody takes wait on
                self.correspondence.post()

    def over(self, run: Run) -> bool:
        """Whether a pass is to begin nothing more."""
        return self.stop() or (run.deadline is not None and self.clock.now() >= run.deadline)

    def take_over(self, now: datetime) -> int:
        """Settles what a dead process left; returns how many it doubts. Raises Locked.

        Only under the run lock.
        """
        doubts = self.ledger.take_over(self.journals.left(), now)
        self.journals.clear()
        return doubts

    def adopt(self, sent: date) -> None:
        """Takes a restored store as it is; editions up to `sent` count as sent. Raises Locked."""
        with self.alone("digest db adopt", self.clock.now()):
            self.memory.adopt(sent)

    def prepare(self, run: Run) -> Report:
        """Selects and proves what is due, and sends nothing. Raises Locked, RenderError."""
        report, now = Report(run.day), self.clock.now()
        with self.alone(f"digest render of {run.day}", now):
            self.engine.prepare(run, report, now)
        return report

    def looking_ahead(self, run: Run, passes: Sequence[Run], report: Report) -> Report:
        """Adds what keeps editions back, who is due later, and when the next of them is."""
        now, days = self.clock.now(), {each.day for each in passes}
        turns = [each for each in passes if not each.resuming]
        lacking = [each for each in turns if not self.select.ready(each, now)]
        readers = self.subscribers.active() if lacking else ()
        report.uncollected = any(each.due(reader, now) for reader in readers for each in lacking)
        counts = [self.ledger.count(day) for day in days]
        report.deferred = sum(count.get(DeliveryState.DEFERRED, 0) for count in counts)
        got = report.attempted + sum(count.get(DeliveryState.ACCEPTED, 0) for count in counts)
        over = [each for each in turns if not self.select.waits(each, now)]
        report.silent = not (got or report.stopped) and any(self._left(e, now) for e in over)
        later = [due_at(r, run.day, run.fresh) for r in self._waiting(run, now)]
        report.waiting = len(later)
        deferred = [self.ledger.next_due(day) for day in days]
        report.next_due = min(filter(None, [*later, *deferred]), default=None)
        return report

    def _left(self, run: Run, now: datetime) -> bool:
        """Whether somebody should have got the edition by now, and did not."""
        due = (r for r in self.subscribers.active() if run.due(r, now) and not run.late(r, now))
        return any(
            self.ledger.open([reader.address for reader in batch], run.day, now)
            for batch in batches(due)
        )

    def _waiting(self, run: Run, now: datetime) -> Iterator[Subscriber]:
        if not run.backfill:
            for reader in self.subscribers.active():
                at = due_at(reader, run.day, run.fresh) if run.wants(reader) else None
                if at is not None and at > now:
                    yield reader

    def due_later(self, day: date) -> tuple[datetime | None, int]:
        """When the first of those who are due later for an edition is, and how many they are."""
        run = Run(day, fresh=self.settings.selection.fresh)
        later = [due_at(r, day, run.fresh) for r in self._waiting(run, self.clock.now())]
        return min(filter(None, later), default=None), len(later)

    def open(self, run: Run, now: datetime) -> Iterator[list[str]]:
        """Who is due and not settled, in batches of addresses."""
        for batch in batches(r for r in self.subscribers.active() if run.due(r, now)):
            yield self.ledger.open([reader.address for reader in batch], run.day, now)

    def selection(self, reader: Subscriber, day: date) -> Selection:
        """The recorded choice of a reader, else the one that would be made now."""
        recorded = self.selections.get(reader.address, day)
        if recorded is None:
            return self.select.choose(day, reader, self.clock.now())
        return told(recorded, self.papers.get([c.paper for c in recorded.choices], recorded.at))

    def evaluate(self, days: int) -> Evaluation:
        """How choices would have done over the newest days that hold papers."""
        newest = self.papers.days(self.newest_day(), days)
        return Evaluate(self.papers, self.subscribers, installed()).replay(reversed(newest))

    def explain(self, reader: Subscriber, paper: Paper, day: date) -> Weighing:
        """The sum behind one paper for a reader."""
        return self.select.explain(reader, paper, day)

    def deliveries(
        self, day: date | None = None, state: DeliveryState | None = None
    ) -> Iterator[Delivery]:
        """The ledger, and what journals tell of the mails that are under way."""
        yield from self.ledger.deliveries(day, state, self.journals.sending())

    def planned(self, day: date) -> Iterator[Delivery]:
        """Readers who get an edition and have no row yet."""
        run = Run(day, fresh=self.settings.selection.fresh)
        for batch in batches(r for r in self.subscribers.active() if run.ever(r)):
            taken = self.ledger.held([reader.address for reader in batch], day)
            for reader in batch:
                if reader.address not in taken:
                    yield Delivery(reader.address, day, DeliveryState.PLANNED)

    def states(self, day: date) -> dict[DeliveryState, int]:
        """How many deliveries of an edition are in each state, planned ones too."""
        planned = sum(1 for _ in self.planned(day))
        return {DeliveryState.PLANNED: planned, **self.ledger.count(day)}

    def message_id(self, address: str, day: date) -> str:
        """The Message-ID of an edition for a reader: computed, never stored."""
        return message_id(self.identity.list_label, address, day, self.identity.domain)


@contextmanager
def open_app(
    settings: Settings,
    clock: Clock,
    observer: Observer,
    stop: Callable[[], bool] = lambda: False,
    kind: type[App] = App,
) -> Iterator[App]:
    """An installation over a store of this program's schema; a new store is made.

    Raises WrongSchema.
    """
    with opened(kind, settings, clock, observer, stop) as app:
        yield app
