"""Locks that last as long as a session with PostgreSQL: who lives, and who is alone."""

from typing import Any

from psycopg import Connection

from digest.errors import Locked
from digest.store.postgres_words import translated

_TRY = "SELECT pg_try_advisory_lock(%s, %s)"
_HOLDER = """SELECT a.application_name, a.client_addr FROM pg_locks AS l
JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted
  AND CAST(l.classid AS BIGINT) = %s AND CAST(l.objid AS BIGINT) = %s"""


class Held:
    """An advisory lock, for as long as its session lasts."""

    def __init__(self, connection: Connection[Any], where: str) -> None:
        self._connection, self._where = connection, where

    def share(self, locks: int, lock: int) -> None:
        """Holds another one, too, which others may share, but nobody may have alone.

        Raises Locked.
        """
        with translated():
            take(self._connection, locks, lock, self._where, shared=True)

    def check(self) -> None:
        """Raises Busy when the session has ended, and the lock with it."""
        with translated():
            self._connection.execute("SELECT 1")


def take(
    connection: Connection[Any], locks: int, lock: int, where: str, *, shared: bool = False
) -> None:
    """Takes a lock for the session, or raises Locked, naming who has it."""
    how = "SELECT pg_try_advisory_lock_shared(%s, %s)" if shared else _TRY
    taken = connection.execute(how, (locks, lock)).fetchone()
    if taken == (True,):
        return
    holder = connection.execute(_HOLDER, (locks, lock)).fetchone()
    name, address = holder or ("another process", None)
    raise Locked(
        f"{name} on {address or 'this machine'} works on {where}: "
        "wait until it has ended, then try again"
    )
