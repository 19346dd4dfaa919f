"""A store as a whole: what is done with all of it, whichever database it is."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from digest.errors import Misuse
from digest.store.copying import Copyable
from digest.store.sqlite import SqliteDatabase

EXTRA = "PostgreSQL needs two more packages: pip install 'paper-digest[postgresql]'"


class Store(Copyable, Protocol):
    """A database, its schema and its care."""

    def migrate(self) -> list[str]:
        """Brings the schema up to date; returns the names of the migrations applied."""

    def check(self) -> list[str]:
        """What is wrong with it; empty when it is sound."""

    def backup(self, target: Path) -> None:
        """Copies all of it, as it is at one instant, into a new file."""

    def vacuum(self) -> None:
        """Gives unused space back."""

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Keeps other machines from what only one may do. Raises Locked."""

    def close(self) -> None:
        """Ends the connections."""


def open_store(path: Path | None, url: str | None) -> Store:
    """The store in a file, or the one on a server, of whatever schema.

    Raises Busy when it cannot be reached now, Misuse when what PostgreSQL needs is not installed.
    """
    if path is not None:
        return SqliteDatabase(path)
    try:
        from digest.store.postgres import PostgresDatabase
    except ModuleNotFoundError as error:
        raise Misuse(EXTRA) from error
    return PostgresDatabase(url or "")
