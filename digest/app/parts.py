"""The parts, put together from the settings: the only place where they meet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cached_property, partial
from typing import TypeVar

from digest.app.inbound_parts import InboundParts
from digest.app.source_parts import SourceParts
from digest.app.store_parts import open_database
from digest.clock import Clock
from digest.config import Settings
from digest.encoders.static import StaticVectors, installed
from digest.engine.crew import Crew
from digest.engine.local import Local, Stages
from digest.model import WHOLE, Part, Report, Run
from digest.ports import Observer, Readers
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send


class Parts(InboundParts, SourceParts):
    """The parts of one installation, each made when it is first asked for."""

    @cached_property
    def select(self) -> Select:
        """The stage that chooses."""
        return self.selecting(self.subscribers)

    def selecting(self, readers: Readers) -> Select:
        """The stage that chooses for these readers."""
        stores = (self.papers, readers, self.selections, self.feedback)
        usual = self.settings.selection.manner
        patience = timedelta(seconds=self.settings.selection.patience)
        return Select(*stores, usual, self._vectors, self.observer, patience=patience)

    def rendering(self, readers: Readers) -> Render:
        """The stage that proves the mails of these readers."""
        return Render(readers, self.selections, self.ledger, self.press, self.observer)

    def sending(self, readers: Readers) -> Send:
        """The stage that sends to these readers."""
        stores = (readers, self.selections, self.ledger)
        return Send(*stores, self.press, self.way_out, self.clock, self.observer)

    @property
    def _vectors(self) -> StaticVectors | None:
        """Word vectors, 37 MB of them: a process that only sends does without."""
        return installed() if self.part == WHOLE else None

    @cached_property
    def engine(self) -> Local:
        """The four stages, driven by this process and its children."""
        return Local(
            Stages(
                collect=self.collect,
                select=self.select,
                render=self.rendering(self.subscribers),
                send=self.sending(self.subscribers),
            ),
            self.clock,
            self.observer,
            self.stop,
            self._share_out if self.processes > 1 else None,
        )

    def _share_out(self, run: Run, report: Report) -> None:
        """Sends with several processes: each has its share of the readers, and of the sessions."""
        smtp, of = self.settings.smtp, max(1, self.processes)
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
