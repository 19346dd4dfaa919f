"""How Python and PostgreSQL understand each other: values, and what goes wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown
from psycopg_pool import PoolTimeout

from digest.errors import Busy, StoreError

_DURABLE = """SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') = 'off'"""
_PASSING = ("08", "40", "53", "55P03", "57")
"""SQLSTATE classes of what may go by itself: connection, rollback, resources, lock, operator."""
_STARTING = ("starting up", "shutting down", "recovery mode", "too many", "not yet accepting")


class _Flag(Int8Dumper):
    """Truth as 1 or 0: flags are numbers in both databases."""

    def dump(self, obj: Any) -> Buffer | None:
        return super().dump(int(obj))


class _Text(StrDumperUnknown):
    """PostgreSQL has no NUL in text: a hostile one becomes U+FFFD, as lists of them in JSON do."""

    def dump(self, obj: str) -> Buffer | None:
        if "\0" in obj or "\\u0000" in obj:
            obj = obj.replace("\0", "\ufffd").replace("\\u0000", "\\ufffd")
        return super().dump(obj)


class _Number(Loader):
    """sum() gives numeric(…), SQLite a number."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text or "N" in text else int(text)


def configure(connection: "psycopg.Connection[Any]") -> None:
    """Makes a connection take and give what SQLite would."""
    # An edition that was sent and is forgotten would be sent twice.
    connection.execute(_DURABLE)
    # One type for every number, or a statement is prepared again for each size.
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_dumper(bool, _Flag)
    connection.adapters.register_dumper(str, _Text)
    connection.adapters.register_loader("numeric", _Number)


@contextmanager
def translated() -> Iterator[None]:
    """Says it in our errors: Busy for what may go by itself, StoreError for what will not."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy("the database server gives no connection: try again later") from error
    except psycopg.Error as error:
        raise _translation(error) from error


def _translation(error: psycopg.Error) -> Exception:
    said = " ".join(str(error).split()) or type(error).__name__
    if _passing(error, said):
        return Busy(f"the database server cannot be used now ({said}): try again later")
    return StoreError(f"the database failed: {said}")


def _passing(error: psycopg.Error, said: str) -> bool:
    if error.sqlstate:
        return error.sqlstate.startswith(_PASSING)
    if not isinstance(error, psycopg.OperationalError):
        return False
    # A server that answers with FATAL is there, and refuses us: password, name of the database.
    return "FATAL" not in said or any(words in said for words in _STARTING)
