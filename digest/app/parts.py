"""The parts, put together from the settings: the only place where they meet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from jinja2 import BaseLoader

from digest.clock import Clock
from digest.config import Engine, OutboxKind, Settings
from digest.config.secret_key import signing_keys
from digest.config.sections import InDoubt
from digest.encoders.static import installed
from digest.engine.crew import Crew, cores
from digest.engine.local import Local, Stages
from digest.errors import Misuse
from digest.mail.identity import Identity
from digest.mail.tokens import Signer
from digest.model import (
    WHOLE,
    Message,
    Mood,
    Outcome,
    Part,
    Report,
    Run,
)
from digest.ports import Observer, Source, Transport
from digest.render.html import Html
from digest.render.renderers import Renderers
from digest.render.templates import environment
from digest.render.text import Text
from digest.sources.cache import Cache
from digest.sources.fetch import PoliteFetcher
from digest.sources.registry import load as load_sources
from digest.stages.collect import Collect
from digest.stages.doubts import Doubts
from digest.stages.post import WayOut
from digest.stages.press import Press
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send
from digest.store.journal import Journals
from digest.store.ledger import LedgerStore
from digest.store.memory import Memory
from digest.store.pace import PaceStore
from digest.store.papers import PaperStore
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
class Parts:
    """The parts of one installation, each made when it is first asked for."""

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

    def _deliver(
        self,
        messages: Iterable[Message | Callable[[], object]],
        before_dot: Callable[[Message], None],
        record: Callable[[Outcome], None],
        stop: Callable[[], bool],
    ) -> None:
        deliver_all(self.course, messages, before_dot, record, stop)


def renderer(
    settings: Settings, keys: Sequence[bytes], loader: BaseLoader | None = None
) -> Renderers:
    """What makes an installation's mails, with its templates or others. Raises RenderError."""
    pages = environment(loader)
    identity, base_url = Identity.of(settings.mail), settings.web.base_url
    locale = settings.mail.locale
    return Renderers(identity, Signer(keys), base_url, Html(pages), Text(pages), locale)


def open_database(settings: Settings) -> SqliteDatabase:
    """The store as it is, of whatever schema."""
    path = settings.store.sqlite
    if path is None:
        raise Misuse(f"store = {str(settings.store)!r}: PostgreSQL is not supported yet")
    return SqliteDatabase(path)


Opened = TypeVar("Opened", bound=Parts)


@contextmanager
def opened(
    kind: type[Opened],
    settings: Settings,
    clock: Clock,
    observer: Observer,
    stop: Callable[[], bool],
) -> Iterator[Opened]:
    """The parts over a store of this program's schema; a new store is made. Raises WrongSchema."""
    database = open_database(settings)
    try:
        database.make()
        database.require_current()
        yield kind(settings, clock, observer, database, stop)
    finally:
        database.close()


def send_part(
    kind: type[Parts],
    settings: Settings,
    clock: Clock,
    run: Run,
    observer: Observer,
    stop: Callable[[], bool],
) -> Report:
    """One process's share of a pass: its own connection to the store, its own sessions."""
    report = Report(run.day)
    with opened(kind, settings, clock, observer, stop) as parts:
        parts.part = run.part
        parts.engine.send(run, report, clock.now())
    return report
