"""PostgreSQL as the store: the same repositories, and what is done with all of it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql

from digest.errors import Busy, StoreError
from digest.store.copying import copy
from digest.store.database import Row
from digest.store.postgres_connections import Connections
from digest.store.postgres_schema import Schema
from digest.store.sqlite import SqliteDatabase

_ORPHANS = (
    "SELECT count(*) FROM {table} AS t "
    "WHERE NOT EXISTS (SELECT 1 FROM readers AS r WHERE r.id = t.reader)"
)


class PostgresDatabase(Connections):
    """A database on a server, its schema and its care."""

    def __init__(self, url: str) -> None:
        """Raises Busy when there is no server, StoreError when it refuses us."""
        super().__init__(url)
        self._schema = Schema(self, self.where)

    # The schema

    def migrate(self) -> list[str]:
        """Brings the schema up to date; returns the names of the migrations applied."""
        return self._schema.migrate()

    def make(self) -> None:
        """Gives a store in which nothing was ever stored its schema; leaves any other as it is."""
        self._schema.make()

    def require_current(self) -> None:
        """Raises WrongSchema, saying what to do, unless this program can work with the schema."""
        self._schema.require_current()

    def is_new(self) -> bool:
        """Whether nothing was ever stored in it."""
        return self._schema.is_new()

    # Care

    def check(self) -> list[str]:
        """What is wrong: rows whose reader or paper is missing, rows that cannot be read."""
        problems = []
        for table in self.tables():
            try:
                self.all(f"SELECT count(t) FROM {table} AS t")  # noqa: S608 - its own name
            except Busy:
                raise
            except StoreError as error:
                problems.append(f"{table}: {error}")
        return problems + [
            f"{count} rows of {table} refer to a missing row of readers"
            for table in ("selections", "deliveries")
            if (count := self.all(_ORPHANS.format(table=table))[0][0])
        ]

    def backup(self, target: Path) -> None:
        """Copies the whole store, as it is at one instant, into a new SQLite file.

        `digest db copy sqlite:///FILE postgresql://…` brings it back.
        """
        if target.exists():
            raise StoreError(f"{target} exists: name a new file for the backup")
        unfinished = target.with_name(target.name + ".unfinished")
        unfinished.unlink(missing_ok=True)
        file = SqliteDatabase(unfinished)
        try:
            copy(self, file)
        finally:
            file.close()
        unfinished.rename(target)

    def vacuum(self) -> None:
        """Makes room of what was deleted, and counts anew what the planner goes by."""
        self.execute("VACUUM (ANALYZE)")

    # For `copying`

    def tables(self) -> list[str]:
        """Our tables; those that others refer to come first."""
        return self._schema.tables()

    def columns(self, table: str) -> list[str]:
        """The columns of a table, by name; those of its key first."""
        return self._schema.columns(table)

    def key(self, table: str) -> list[str]:
        """The columns of a table's key."""
        return self._schema.key(table)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """What is read within is all of one instant."""
        with self.transaction():
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield

    def rows(self, query: str) -> Iterator[Row]:
        """The rows of a large answer, some at a time; only within a transaction."""
        with self._connected() as connection, connection.cursor(name="rows") as cursor:
            cursor.itersize = 10_000
            cursor.execute(query)
            yield from cursor

    def fill(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        """Puts rows into a table, and new numbers after theirs."""
        target = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with (
            self.transaction(),
            self._connected() as connection,
            connection.cursor() as cursor,
            cursor.copy(target) as stream,
        ):
            for row in rows:
                stream.write_row(row)
        self._schema.restart(table)
