"""SQLite as the store: one file in WAL mode, migrated by sqlite-utils."""

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from graphlib import TopologicalSorter
from importlib.resources import files
from pathlib import Path

import sqlite_utils
from sqlite_utils.migrations import Migrations

from digest.errors import Busy, StoreError, WrongSchema
from digest.store.database import Params, Row

BUSY = 30.0
"""Seconds to wait for another process's write."""

PRIVATE = 0o600
"""Permissions of a database file: it holds addresses. SQLite gives its WAL the same."""


def _migrations() -> Migrations:
    """Every numbered file of `migrations/sqlite`, as a set that records what it applied."""
    found = Migrations("paper-digest")
    folder = files("digest.store") / "migrations" / "sqlite"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            found(name=file.name.removesuffix(".sql"))(_apply(file.read_text(encoding="utf-8")))
    return found


def _apply(script: str):  # type: ignore[no-untyped-def]
    def migration(db: sqlite_utils.Database) -> None:
        for statement in script.split(";\n"):
            if statement.strip():
                db.execute(statement)

    return migration


class SqliteDatabase:
    """One connection to a database file; `:memory:` is the fake store of tests."""

    dialect = "sqlite"

    def __init__(self, path: Path | str) -> None:
        self.path = path
        with _translated(), self._alone():
            if isinstance(path, Path):
                path.touch(PRIVATE)
            # One thread at a time uses it, though not always the one that opened it.
            connection = sqlite3.connect(
                path, timeout=BUSY, isolation_level=None, check_same_thread=False
            )
            self._db = sqlite_utils.Database(connection)
            self._set_up()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps others from making the same store meanwhile; held by its directory (flock(2)).

        SQLite's own patience does not cover the change to WAL mode, nor a schema half made.
        """
        if not isinstance(self.path, Path):
            yield
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        directory = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            yield
        finally:
            os.close(directory)

    def _set_up(self) -> None:
        self._db.enable_wal()
        # FULL: what was committed survives a power cut, or a mail might go out twice.
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            self._db.execute(f"PRAGMA {pragma}")

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection itself, for what only SQLite can do (backup)."""
        return self._db.conn

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Runs a statement; returns how many rows it touched."""
        with _translated():
            return self.connection.execute(sql, params or {}).rowcount

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        """Runs a statement once per row of parameters, in one transaction."""
        with _translated(), self.transaction():
            self.connection.executemany(sql, rows)

    def all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Every row of an answer."""
        with _translated():
            return self.connection.execute(sql, params or {}).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Takes the write lock at once, so that it never fails half-way."""
        if self.connection.in_transaction:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        finally:
            self._roll_back()

    def _roll_back(self) -> None:
        """Undoes what was begun and not committed."""
        if self.connection.in_transaction:
            self.execute("ROLLBACK")

    def migrate(self) -> list[str]:
        """Brings the schema up to date; returns the names of the migrations applied."""
        with _translated():
            self._refuse_newer()
            pending = [migration.name for migration in _migrations().pending(self._db)]
            if pending:
                _migrations().apply(self._db)
            return pending

    def make(self) -> None:
        """Gives a store in which nothing was ever stored its schema; leaves any other as it is."""
        with _translated(), self._alone():
            if self.is_new():
                self.migrate()

    def require_current(self) -> None:
        """Raises WrongSchema, saying what to do, unless the schema is this program's."""
        with _translated():
            self._refuse_newer()
            pending = [migration.name for migration in _migrations().pending(self._db)]
        if pending:
            raise WrongSchema(
                f"{self.path} was made by an older program (it lacks {', '.join(pending)}): "
                "run `digest db backup FILE`, then `digest db migrate`"
            )

    def is_new(self) -> bool:
        """Whether nothing was ever stored in it."""
        return not self._db.table_names()

    def _refuse_newer(self) -> None:
        known = {migration.name for migration in _migrations()._migrations}
        foreign = [m.name for m in _migrations().applied(self._db) if m.name not in known]
        if foreign:
            raise WrongSchema(
                f"{self.path} was made by a newer program (it has {', '.join(foreign)}): "
                "upgrade paper-digest, or restore the backup made before the upgrade"
            )

    def check(self) -> list[str]:
        """What is wrong with the file, in SQLite's words; empty when it is sound."""
        broken = [str(row[0]) for row in self.all("PRAGMA integrity_check") if row[0] != "ok"]
        lost = self.all("PRAGMA foreign_key_check")
        orphans = [f"a row of {row[0]} refers to a missing row of {row[2]}" for row in lost]
        return broken + orphans

    def backup(self, target: Path) -> None:
        """Copies the whole database, consistently, while others use it."""
        if target.exists():
            raise StoreError(f"{target} exists: name a new file for the backup")
        unfinished = target.with_name(target.name + ".unfinished")
        with _translated(), closing(_private(unfinished)) as copy:
            self.connection.backup(copy)
        unfinished.rename(target)

    def vacuum(self) -> None:
        """Gives unused space back to the file system."""
        with _translated():
            self._db.vacuum()

    def close(self) -> None:
        """Ends the connection."""
        self._db.close()

    def alone(self, what: str) -> AbstractContextManager[None]:
        """Keeps other machines from what only one may do: a file has one machine, and its lock."""
        del what
        return nullcontext()

    # For `copying`

    def tables(self) -> list[str]:
        """Our tables; those that others refer to come first."""
        names = sorted(name for name in self._db.table_names() if not name.startswith("_"))
        above = {
            name: {row[2] for row in self.all(f"PRAGMA foreign_key_list({name})")} - {name}
            for name in names
        }
        return list(TopologicalSorter(above).static_order())

    def columns(self, table: str) -> list[str]:
        """The columns of a table, by name."""
        return sorted(row[1] for row in self.all(f"PRAGMA table_info({table})"))

    def key(self, table: str) -> list[str]:
        """The columns of a table's key."""
        parts = [(row[5], row[1]) for row in self.all(f"PRAGMA table_info({table})")]
        return [name for place, name in sorted(parts) if place]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """What is read within is all of one instant."""
        self.execute("BEGIN")
        try:
            yield
        finally:
            self._roll_back()

    def rows(self, query: str) -> Iterator[Row]:
        """The rows of a large answer, some at a time."""
        with _translated():
            yield from self.connection.execute(query)

    def fill(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        """Puts rows into a table."""
        names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        with _translated(), self.transaction():
            self.execute("PRAGMA defer_foreign_keys=ON")  # whatever the order of the tables
            insert = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - its names
            self.connection.executemany(insert, rows)


def _private(path: Path) -> sqlite3.Connection:
    """A database file that nobody else can read: it holds addresses."""
    path.touch(PRIVATE)
    return sqlite3.connect(path)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise Busy(
                f"another program has held the database for {BUSY:g} s: try again when it is done"
            ) from error
        raise StoreError(f"the database failed: {_said(error)}") from error


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror or error}"
    return str(error)
