"""A pool of connections to PostgreSQL (psycopg 3), over which the repositories are the same.

The named queries are written once. What SQLite spells otherwise is respelt here, not there: `:name`
as psycopg has it, and `json_each(:list)`, the table of a list, as PostgreSQL's own function. Where
that is not enough, or not fast enough, `sql/postgres/FILE.sql` has a query of the same name.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool

from digest.store.database import Params, Row, Value
from digest.store.postgres_locks import Held, take
from digest.store.postgres_schema import LOCKS
from digest.store.postgres_words import configure, translated

MOST = 8
"""Connections of one process."""
WAIT = 30.0
"""Seconds to wait for a connection, or for another program's lock."""
RUN_LOCK = 1
"""Of whoever must be alone; the workers of a fleet share it among them."""

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
    # A plan that was made while a table was small would be kept while an edition fills it.
    "plan_cache_mode": "force_custom_plan",
}


class Connections:
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
    def hold(self, locks: int, lock: int, what: str) -> Iterator[Held]:
        """Holds an advisory lock in a session of its own, `what` being its name. Raises Locked.

        It goes with the process, or with the way to the server.
        """
        with translated():
            connection = Connection.connect(**{**self.settings, "application_name": what})
        try:
            with translated():
                take(connection, locks, lock, self.where)
            yield Held(connection, self.where)
        finally:
            connection.close()

    @contextmanager
    def joined(self) -> Iterator[Connection[Row]]:
        """The connection of this thread's transaction, for what must be part of it."""
        with self._connected() as connection:
            yield connection

    def close(self) -> None:
        """Ends the connections."""
        self._pool.close()

    def script(self, script: str) -> None:
        """Runs many statements as they stand."""
        with self._connected() as connection:
            connection.execute(script)


@cache
def respelt(query: str) -> str:
    """A portable query as psycopg takes it."""
    listed = _LIST.sub(r"json_array_elements_text(CAST(\1 AS json))", query)
    return _PARAMETER.sub(lambda m: m[1] or f"%({m[2]})s", listed.replace("%", "%%"))


def _columns(rows: list[Params]) -> Params:
    """Rows of values as one array a name."""
    return cast("Mapping[str, Value]", {name: [row[name] for row in rows] for name in rows[0]})
