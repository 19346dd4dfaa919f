"""The only place where the parts meet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from jinja2 import BaseLoader

from digest.clock import Clock
from digest.config import Engine, OutboxKind, Settings
from digest.config.secret_key import signing_keys
from digest.encoders.static import installed
from digest.engine.local import Local, Stages
from digest.engine.lock import run_lock
from digest.errors import Misuse
from digest.mail.identity import Identity
from digest.mail.message_id import message_id
from digest.mail.tokens import Signer
from digest.model import (
    Delivery,
    DeliveryState,
    Message,
    Mood,
    Outcome,
    Paper,
    Report,
    Run,
    Selection,
    Subscriber,
)
from digest.model.due import due_at, newest_day
from digest.ports import Observer, Source, Transport
from digest.rank.ranking import Weighing
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
from digest.stages.press import INERT, Press
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.selections import SelectionStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore
from digest.transport.console import ConsoleTransport
from digest.transport.loop import deliver_all
from digest.transport.maildir import MaildirTransport
from digest.transport.smtp import SmtpTransport

QUIET = {"trending": Mood.QUIET, "note": Mood.NOTE, "skip": Mood.SKIP}


@dataclass
class App:
    """One installation, put together from its settings."""

    settings: Settings
    clock: Clock
    observer: Observer
    database: SqliteDatabase

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
        return LedgerStore(self.database, self.settings.delivery.retry_after)

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
        return Select(*stores, quiet, installed(), self.observer)

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
                    self._deliver,
                    self.clock,
                    self.observer,
                ),
            ),
            self.clock,
            self.observer,
        )

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
            # What a dead process was sending is in doubt from now on: it is said once, here.
            report.states[DeliveryState.IN_DOUBT] += sum(
                1 for _ in self.ledger.deliveries(state=DeliveryState.SENDING)
            )
            self.ledger.take_over(now)
            if collect:
                self.engine.collect(run, report)
            older = [] if run.backfill else self.ledger.deferred_days()
            days = [*(day for day in older if day != run.day), run.day]
            for day in days:
                self.engine.deliver(replace(run, day=day), report)
        report.deferred = sum(self.ledger.count(day).get(DeliveryState.DEFERRED, 0) for day in days)
        return self._looking_ahead(run, report)

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
            return self.select.choose(day, [reader], self.clock.now())[0]
        return told(recorded, self.papers.get([c.paper for c in recorded.choices], recorded.at))

    def explain(self, reader: Subscriber, paper: Paper, day: date) -> Weighing:
        """The sum behind one paper for a reader."""
        return self.select.explain(reader, paper, day)

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
        """Whoever takes the mail."""
        outbox = self.settings.outbox
        if outbox.kind is OutboxKind.SMTP:
            return SmtpTransport(self.settings.smtp)
        if outbox.kind is OutboxKind.MAILDIR and outbox.path:
            return MaildirTransport(outbox.path)
        return ConsoleTransport()

    def hand_over(self, messages: Sequence[Message]) -> list[Outcome]:
        """Hands messages over outside the ledger: test copies, answers. Raises TransportError."""
        outcomes: list[Outcome] = []
        self._deliver(messages, lambda _: None, outcomes.append, lambda: False)
        return outcomes

    def _deliver(
        self,
        messages: Iterable[Message],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        by_smtp = self.settings.outbox.kind is OutboxKind.SMTP
        sessions = self.settings.smtp.sessions if by_smtp else 1
        deliver_all(self.transport, messages, sessions, before_dot, record, stop)


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
def open_app(settings: Settings, clock: Clock, observer: Observer) -> Iterator[App]:
    """The parts over a store of this program's schema; a new store is made. Raises WrongSchema."""
    database = open_database(settings)
    try:
        database.make()
        database.require_current()
        yield App(settings, clock, observer, database)
    finally:
        database.close()
