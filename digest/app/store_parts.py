"""The stores of an installation, over its one database."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from digest.clock import Clock
from digest.config import Settings
from digest.config.sections import InDoubt
from digest.errors import Misuse
from digest.model import WHOLE, Part
from digest.ports import Observer
from digest.store.journal import Journals
from digest.store.ledger import LedgerStore
from digest.store.memory import Memory
from digest.store.pace import PaceStore
from digest.store.papers import PaperStore
from digest.store.selections import SelectionStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore


@dataclass
class StoreParts:
    """What an installation keeps, each part made when it is first asked for."""

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
    def pace_store(self) -> PaceStore:
        """What is known of providers and relays from run to run."""
        return PaceStore(self.database)

    @cached_property
    def lock_file(self) -> Path:
        """What a run holds while it works."""
        return self.settings.home / "run.lock"


def open_database(settings: Settings) -> SqliteDatabase:
    """The store as it is, of whatever schema."""
    path = settings.store.sqlite
    if path is None:
        raise Misuse(f"store = {str(settings.store)!r}: PostgreSQL is not supported yet")
    return SqliteDatabase(path)
