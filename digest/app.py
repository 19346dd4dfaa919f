"""The only place where the parts meet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path

from jinja2 import BaseLoader

from digest.clock import Clock
from digest.config import Engine, OutboxKind, Settings
from digest.config.secret_key import signing_keys
from digest.config.sections import InDoubt
from digest.encoders.static import installed
from digest.engine.crew import Crew, cores
from digest.engine.local import Local, Stages
from digest.engine.lock import run_lock
from digest.errors import Misuse
from digest.mail.identity import Identity
from digest.mail.message_id import message_id
from digest.mail.tokens import Signer
from digest.model import (
    WHOLE,
    Delivery,
    DeliveryState,
    Message,
    Mood,
    Outcome,
    Paper,
    Part,
    Report,
    Run,
    Selection,
    Subscriber,
)
from digest.model.due import due_at, newest_day
from digest.ports import Observer, Source, Transport
from digest.rank.explaining import Weighing
from digest.rank.replay import Evaluation
from digest.rank.telling import told
from digest.render.examples import Example, names
from digest.render.html import Html
from digest.render.message import Renderer
from digest.render.templates import environment
from digest.render.text import Text
from digest.sources.cache import Cache
from digest.sources.fetch import PoliteFetcher
from digest.sources.registry import load as load_sources
from digest.stages.batches import batches
from digest.stages.collect import Collect
from digest.stages.doubts import Doubts
from digest.stages.evaluate import Evaluate
from digest.stages.post import WayOut
from digest.stages.press import INERT, Press
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send
from digest.store.journal import Journals
from digest.store.ledger import LedgerStore
from digest.store.memory import Memory
from digest.store.pace import PaceStore
from digest.store.papers import PaperStore
from digest.store.retention import prune
from digest.store.selections import SelectionStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore
from digest.transport.console import ConsoleTransport
from digest.transport.course import course, keep
from digest.transport.loop import deliver_all
from digest.transport.maildir import MaildirTransport
from digest.transport.relays import Relay
from digest.transport.supply import Course

QUIET = {"trending": Mood.QUIET, "note": Mood.NOTE, "skip": Mood.SKIP}


@dataclass
class App:
    """One installation, put together from its settings."""

    settings: Settings
    clock: Clock
    observer: Observer
    database: SqliteDatabase
    stop: Callable[[], bool] = lambda: False
    """Whether to finish what is under way and begin nothing more."""
    part: Part = WHOLE
    """Which of several processes that send this is."""

    @cached_property
    def papers(self) -> PaperStore:
        """The papers of every day."""
        return PaperStore(self.database)

    @cached_property
    def subscribers(self) -> SubscriberStore:
        """Who reads."""
        return SubscriberStore(self.database)

    @cached_property
    def selections(self) -> SelectionStore:
        """What was chosen for whom."""
        return SelectionStore(self.database)

    @cached_property
    def ledger(self) -> LedgerStore:
        """Who got which edition."""
        delivery = self.settings.delivery
        resend = delivery.in_doubt is InDoubt.RESEND
        return LedgerStore(self.database, delivery.retry_after, resend=resend)

    @cached_property
    def journals(self) -> Journals:
        """What is marked between two commits of the ledger."""
        return Journals(self.settings.home / "journal")

    @cached_property
    def memory(self) -> Memory:
        """Whether the store knows all that was sent from here."""
        return Memory(self.database, self.settings.home / "sent")

    @cached_property
    def doubts(self) -> Doubts:
        """What a person settles."""
        return Doubts(self.ledger, self.selections)

    @cached_property
    def identity(self) -> Identity:
        """Who the digests are from."""
        return Identity.of(self.settings.mail)

    @cached_property
    def press(self) -> Press:
        """Prints digests and messages."""
        return self.press_with(None)

    def press_with(self, loader: BaseLoader | None) -> Press:
        """A press with other templates than the program's own. Raises RenderError."""
        keys = signing_keys(self.settings)
        return Press(self.papers, self.subscribers, renderer(self.settings, keys, loader))

    @cached_property
    def select(self) -> Select:
        """The stage that chooses."""
        quiet = QUIET[self.settings.selection.quiet]
        stores = (self.papers, self.subscribers, self.selections)
        fill = self.settings.selection.fill
        return Select(*stores, quiet, installed(), self.observer, fill=fill)

    @cached_property
    def engine(self) -> Local:
        """The four stages, driven by this process. Raises Misuse for another engine."""
        if self.settings.engine is not Engine.LOCAL:
            raise Misuse(f"engine = '{self.settings.engine}': only 'local' is there yet")
        return Local(
            Stages(
                collect=self.collect,
                select=self.select,
                render=Render(
                    self.subscribers, self.selections, self.ledger, self.press, self.observer
                ),
                send=Send(
                    self.subscribers,
                    self.selections,
                    self.ledger,
                    self.press,
                    WayOut(self._deliver, self.journals, self.stop, self._keep_pace),
                    self.clock,
                    self.observer,
                ),
            ),
            self.clock,
            self.observer,
            self.stop,
            self._share_out if self._processes > 1 else None,
        )

    @property
    def _processes(self) -> int:
        """How many processes send: each has a session at least, and only SMTP takes several."""
        if self.settings.outbox.kind is not OutboxKind.SMTP:
            return 1
        smtp, now = self.settings.smtp, self.clock.now()
        few = [limit.connections for limit in smtp.provider_limits.values() if limit.connections]
        few += [s.connections for s in self.pace_store.standings(now) if s.until <= now]
        few += [1] if smtp.ramp else []  # one process counts exactly, and has time
        return min(smtp.processes or cores(), smtp.sessions // len(smtp.weights), *few)

    def _share_out(self, run: Run, report: Report) -> None:
        """Sends with several processes: each has its share of the readers, and of the sessions."""
        smtp, of = self.settings.smtp, max(1, self._processes)
        jobs = []
        for index in range(of):
            sessions = smtp.sessions // of + (index < smtp.sessions % of)
            settings = replace(self.settings, smtp=replace(smtp, sessions=sessions, processes=1))
            share = replace(run, part=Part(index, of))
            jobs.append(partial(send_part, type(self), settings, self.clock, share))
        for part in Crew(self.stop, self.observer).work(jobs):
            if part is None:
                report.died += 1
            else:
                report.take_in(part)

    @cached_property
    def lock_file(self) -> Path:
        """What a run holds while it works."""
        return self.settings.home / "run.lock"

    def newest_day(self) -> date:
        """The edition that is meant when none is named."""
        return newest_day(self.clock.now(), self.settings.selection.fresh)

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
            only=frozenset(only),
            deadline=deadline,
        )

    def nightly(self, run: Run, *, collect: bool = True) -> Report:
        """Collects, selects, renders, sends: one pass. Raises Locked.

        With no day named, older editions that somebody still waits for are gone on with, too.
        """
        report = Report(run.day)
        now = self.clock.now()
        with run_lock(self.lock_file, f"digest run of {run.day}", now):
            self.memory.check()
            self.memory.advance()
            report.count(DeliveryState.IN_DOUBT, self.take_over(now))
            if collect:
                self.engine.collect(run, report)
            older = [] if run.backfill else self.ledger.waiting_days()
            days = [*(day for day in older if day != run.day), run.day]
            for day in days:
                if not self._over(run) and day > self.memory.forgotten:
                    self.engine.deliver(replace(run, day=day), report)
            self._tidy(run, report)
        report.stopped = self._over(run)
        report.deferred = sum(self.ledger.count(day).get(DeliveryState.DEFERRED, 0) for day in days)
        return self._looking_ahead(run, report)

    def _tidy(self, run: Run, report: Report) -> None:
        if report.attempted:
            self.memory.advance()
        if not self._over(run):
            prune(self.database, self.settings.retention, self.clock.now())

    def _over(self, run: Run) -> bool:
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
        with run_lock(self.lock_file, "digest db adopt", self.clock.now()):
            self.memory.adopt(sent)

    def prepare(self, run: Run) -> Report:
        """Selects and proves what is due, and sends nothing. Raises Locked, RenderError."""
        report, now = Report(run.day), self.clock.now()
        with run_lock(self.lock_file, f"digest render of {run.day}", now):
            self.engine.prepare(run, report, now)
        return report

    def _looking_ahead(self, run: Run, report: Report) -> Report:
        """Adds what keeps the edition back, who is due later, and when the next of them is."""
        now = self.clock.now()
        due = any(run.due(reader, now) for reader in self.subscribers.active())
        report.uncollected = due and not self.select.ready(run.day)
        later = [due_at(r, run.day, run.fresh) for r in self._waiting(run, now)]
        report.waiting = len(later)
        report.next_due = min(filter(None, [*later, self.ledger.next_due(run.day)]), default=None)
        return report

    def _waiting(self, run: Run, now: datetime) -> Iterator[Subscriber]:
        if not run.backfill:
            active = self.subscribers.active()
            yield from (r for r in active if run.ever(r) and not run.due(r, now))

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

    @cached_property
    def collect(self) -> Collect:
        """The stage that asks every source."""
        return self.collecting(self.sources(()))

    def sources(self, names: Sequence[str]) -> list[Source]:
        """The sources of these names; all that are installed when none is named."""
        return load_sources(names, self.settings.sources.tables())

    def collecting(self, sources: Sequence[Source]) -> Collect:
        """The stage that asks these sources."""
        home = self.settings.home
        fetcher = PoliteFetcher(self.settings.sources.fetch, self.clock, Cache(home / "cache"))
        return Collect(sources, fetcher, self.papers, home / "reports", self.observer)

    @cached_property
    def transport(self) -> Transport:
        """Whoever takes the mail, when it is not sent by SMTP."""
        outbox = self.settings.outbox
        if outbox.kind is OutboxKind.MAILDIR and outbox.path:
            return MaildirTransport(outbox.path)
        return ConsoleTransport()

    @cached_property
    def pace_store(self) -> PaceStore:
        """What is known of providers and relays from run to run."""
        return PaceStore(self.database)

    @cached_property
    def course(self) -> Course:
        """Where mail goes, and how fast."""
        if self.settings.outbox.kind is not OutboxKind.SMTP:
            return Course([Relay(self.transport, 1)])
        return course(self.settings.smtp, self.identity.domain, self.part, self.clock)

    def _keep_pace(self) -> None:
        keep(self.pace_store, self.course, self.clock.now(), self.settings.delivery.retry_after)

    def hand_over(self, messages: Sequence[Message]) -> list[Outcome]:
        """Hands messages over outside the ledger: test copies, answers. Raises TransportError."""
        outcomes: list[Outcome] = []
        self._deliver(messages, lambda _: None, outcomes.append, lambda: False)
        return outcomes

    def _deliver(
        self,
        messages: Iterable[Message | Callable[[], object]],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        deliver_all(self.course, messages, before_dot, record, stop)


class Specimens:
    """Example editions as an installation would mail them; its store is not opened.

    Their links are signed with a key that everybody knows, so they open nothing.
    """

    def __init__(self, settings: Settings, loader: BaseLoader | None = None) -> None:
        """With the program's own templates unless others are given. Raises RenderError."""
        self._loader = loader
        self._renderer = renderer(settings, [b"no secret at all"], loader)

    @property
    def names(self) -> list[str]:
        """The examples that there are."""
        return names(self._loader)

    def message(self, name: str) -> Message:
        """An example's mail. Raises Unknown, RenderError."""
        return self._message(Example.load(name, self._loader))

    def test_copy(self, name: str, address: str, now: datetime) -> Message:
        """The same, addressed to somebody who wants to see it in their mail reader."""
        example = Example.load(name, self._loader)
        reader = replace(example.subscriber, address=address)
        return self._renderer.test_copy(self._message(replace(example, subscriber=reader)), now)

    def _message(self, example: Example) -> Message:
        shown = example.subscriber, example.selection, example.papers
        return self._renderer.message(*shown, INERT)


def renderer(
    settings: Settings, keys: Sequence[bytes], loader: BaseLoader | None = None
) -> Renderer:
    """What makes an installation's mails, with its templates or others. Raises RenderError."""
    pages = environment(loader)
    identity, base_url = Identity.of(settings.mail), settings.web.base_url
    return Renderer(identity, Signer(keys), base_url, Html(pages), Text(pages))


def open_database(settings: Settings) -> SqliteDatabase:
    """The store as it is, of whatever schema."""
    path = settings.store.sqlite
    if path is None:
        raise Misuse(f"store = {str(settings.store)!r}: PostgreSQL is not supported yet")
    return SqliteDatabase(path)


@contextmanager
def open_app(
    settings: Settings,
    clock: Clock,
    observer: Observer,
    stop: Callable[[], bool] = lambda: False,
    kind: type[App] = App,
) -> Iterator[App]:
    """The parts over a store of this program's schema; a new store is made. Raises WrongSchema."""
    database = open_database(settings)
    try:
        database.make()
        database.require_current()
        yield kind(settings, clock, observer, database, stop)
    finally:
        database.close()


def send_part(
    kind: type[App],
    settings: Settings,
    clock: Clock,
    run: Run,
    observer: Observer,
    stop: Callable[[], bool],
) -> Report:
    """One process's share of a pass: its own connection to the store, its own sessions."""
    report = Report(run.day)
    with open_app(settings, clock, observer, stop, kind) as app:
        app.part = run.part
        app.engine.send(run, report, clock.now())
    return report
