"""The stores of an installation, over its one database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from digest.clock import Clock
from digest.config import Settings
from digest.config.sections import InDoubt
from digest.engine.lock import run_lock
from digest.errors import Misuse
from digest.model import WHOLE, Part
from digest.ports import Observer
from digest.store.journal import Journals
from digest.store.ledger import LedgerStore
from digest.store.memory import Memory
from digest.store.pace import PaceStore
from digest.store.papers import PaperStore
from digest.store.selections import SelectionStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore
from digest.store.whole import EXTRA, Store, open_store


@dataclass
class StoreParts:
    """What an installation keeps, each part made when it is first asked for."""

    settings: Settings
    clock: Clock
    observer: Observer
    database: Store
    stop: Callable[[], bool] = lambda: False
    """Whether to finish what is under way and begin nothing more."""
    part: Part = WHOLE
    """Which of several processes that send this is."""
    worker: int = 0
    """Which worker of a fleet this is; 0: none."""

    @cached_property
    def papers(self) -> PaperStore:
        """The papers of every day."""
        return PaperStore(self.database)

    @cached_property
    def subscribers(self) -> SubscriberStore:
        """Who reads."""
        return SubscriberStore(self.database)

    @cached_property
    def suppressions(self) -> SuppressionStore:
        """Who must not be written to."""
        return SuppressionStore(self.database)

    @cached_property
    def selections(self) -> SelectionStore:
        """What was chosen for whom."""
        return SelectionStore(self.database)

    @cached_property
    def ledger(self) -> LedgerStore:
        """Who got which edition."""
        return LedgerStore(self.database, self.settings.delivery.retry_after, resend=self.resends)

    @property
    def resends(self) -> bool:
        """Whether what is in doubt is sent once more."""
        return self.settings.delivery.in_doubt is InDoubt.RESEND

    @cached_property
    def journals(self) -> Journals:
        """What is marked between two commits of the ledger."""
        return Journals(self.settings.home / "journal", self.worker)

    @cached_property
    def memory(self) -> Memory:
        """Whether the store knows all that was sent from here."""
        return Memory(self.database, self.settings.home / "sent")

    @cached_property
    def pace_store(self) -> PaceStore:
        """What is known of providers and relays from run to run."""
        return PaceStore(self.database)

    @contextmanager
    def alone(self, what: str, now: datetime) -> Iterator[None]:
        """Holds the run lock, here and among all machines that share the store. Raises Locked."""
        with run_lock(self.settings.home / "run.lock", what, now), self.database.alone(what):
            yield


def open_database(settings: Settings) -> Store:
    """The store as it is, of whatever schema."""
    return open_store(settings.store.sqlite, settings.store.postgresql)


def migrate_queue(database: Store) -> list[str]:
    """Brings the tables of a fleet's queue up to date; returns the migrations applied."""
    try:
        from digest.store.postgres import PostgresDatabase
        from digest.store.queue_schema import make_queue
    except ModuleNotFoundError as error:
        raise Misuse(EXTRA) from error
    return make_queue(database) if isinstance(database, PostgresDatabase) else []
