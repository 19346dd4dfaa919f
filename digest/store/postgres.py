"""PostgreSQL as the store: the same repositories over a pool of connections (psycopg 3).

The named queries are written once. What SQLite spells otherwise is respelt here, not there: `:name`
as psycopg has it, and `json_each(:list)`, the table of a list, as PostgreSQL's own function. Where
that is not enough, or not fast enough, `sql/postgres/FILE.sql` has a query of the same name.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from digest.errors import Busy, Locked, StoreError
from digest.store.copying import copy
from digest.store.database import Params, Row, Value
from digest.store.postgres_schema import LOCKS, Schema
from digest.store.postgres_words import configure, translated
from digest.store.sqlite import SqliteDatabase

MOST = 8
"""Connections of one process."""
WAIT = 30.0
"""Seconds to wait for a connection, or for another program's lock."""
RUN_LOCK = 1

_HIDDEN = r"'(?:[^']|'')*'|--[^\n]*|::"
_PARAMETER = re.compile(rf"({_HIDDEN})|:([a-z_]\w*)", re.IGNORECASE)
_LIST = re.compile(r"json_each\(([^()]*)\)")

# A server, or a way to it, that has gone is noticed within half a minute, at either end.
_ALIVE: Mapping[str, str] = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
_SESSION: Mapping[str, str] = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "lock_timeout": f"{WAIT:.0f}s",
}


class PostgresDatabase:
    """A database on a server. Several threads may use it; a transaction is its thread's own."""

    dialect = "postgres"

    def __init__(self, url: str) -> None:
        """Raises Busy when there is no server, StoreError when it refuses us."""
        with translated():
            given = {k: str(v) for k, v in conninfo_to_dict(url).items() if v is not None}
            options = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
            settings: dict[str, Any] = {
                "application_name": "paper-digest",
                **_ALIVE,
                **given,
                "options": f"{options} {given.get('options', '')}".strip(),
                "autocommit": True,
            }
            self.where = f"{given.get('host', 'localhost')}/{given.get('dbname', '')}"
            self.settings = settings
            """What psycopg connects with."""
            # The pool would try, and wait, and not say why.
            Connection.connect(**settings).close()
        self._pool = ConnectionPool(
            kwargs=settings,
            min_size=1,
            max_size=MOST,
            timeout=WAIT,
            configure=configure,
            check=ConnectionPool.check_connection,
            open=True,
        )
        self._own = threading.local()
        self._schema = Schema(self, self.where)

    @contextmanager
    def _connected(self) -> Iterator[Connection[Row]]:
        """The connection of this thread's transaction, else any."""
        with translated():
            within: Connection[Row] | None = getattr(self._own, "connection", None)
            if within is not None:
                yield within
                return
            with self._pool.connection() as connection:
                yield connection

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Runs a statement; returns how many rows it touched."""
        with self._connected() as connection:
            return connection.execute(respelt(sql), params or {}).rowcount

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        """Runs a statement once per row of parameters, in one transaction.

        One that unnests its parameters takes them all at once, as arrays.
        """
        listed = list(rows)
        if not listed:
            return
        if "unnest(" in sql:
            self.execute(sql, _columns(listed))
            return
        with self.transaction(), self._connected() as connection, connection.cursor() as cursor:
            cursor.executemany(respelt(sql), listed)

    def all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Every row of an answer."""
        with self._connected() as connection:
            return connection.execute(respelt(sql), params or {}).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it ends; inside another one it joins it."""
        if getattr(self._own, "connection", None) is not None:
            yield
            return
        with self._connected() as connection, connection.transaction():
            self._own.connection = connection
            try:
                yield
            finally:
                self._own.connection = None

    @contextmanager
    def alone(self, what: str) -> Iterator[None]:
        """Keeps every other machine from what only one may do. Raises Locked."""
        with self.hold(LOCKS, RUN_LOCK, what):
            yield

    @contextmanager
    def hold(self, locks: int, lock: int, what: str) -> Iterator["Held"]:
        """Holds an advisory lock in a session of its own, `what` being its name. Raises Locked.

        It goes with the process, or with the way to the server.
        """
        with translated():
            connection = Connection.connect(**{**self.settings, "application_name": what})
        try:
            with translated():
                _take(connection, locks, lock, self.where)
            yield Held(connection)
        finally:
            connection.close()

    @contextmanager
    def joined(self) -> Iterator[Connection[Row]]:
        """The connection of this thread's transaction, for what must be part of it."""
        with self._connected() as connection:
            yield connection

    def script(self, script: str) -> None:
        """Runs many statements as they stand."""
        with self._connected() as connection:
            connection.execute(script)

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

    def close(self) -> None:
        """Ends the connections."""
        self._pool.close()

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


@cache
def respelt(query: str) -> str:
    """A portable query as psycopg takes it."""
    listed = _LIST.sub(r"json_array_elements_text(CAST(\1 AS json))", query)
    return _PARAMETER.sub(lambda m: m[1] or f"%({m[2]})s", listed.replace("%", "%%"))


_ORPHANS = (
    "SELECT count(*) FROM {table} AS t "
    "WHERE NOT EXISTS (SELECT 1 FROM readers AS r WHERE r.id = t.reader)"
)


def _columns(rows: list[Params]) -> Params:
    """Rows of values as one array a name."""
    return cast("Mapping[str, Value]", {name: [row[name] for row in rows] for name in rows[0]})


class Held:
    """An advisory lock, for as long as its session lasts."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def check(self) -> None:
        """Raises Busy when the session has ended, and the lock with it."""
        with translated():
            self._connection.execute("SELECT 1")


_HOLDER = """SELECT a.application_name, a.client_addr FROM pg_locks AS l
JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted
  AND CAST(l.classid AS BIGINT) = %s AND CAST(l.objid AS BIGINT) = %s"""


def _take(connection: Connection[Any], locks: int, lock: int, where: str) -> None:
    taken = connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (locks, lock)).fetchone()
    if taken == (True,):
        return
    holder = connection.execute(_HOLDER, (locks, lock)).fetchone()
    name, address = holder or ("another process", None)
    raise Locked(
        f"{name} on {address or 'this machine'} works on {where}: "
        "wait until it has ended, then try again"
    )
