"""What a repository asks of a database, and the named queries that it asks with."""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Protocol, overload

Value = str | int | float | bytes | None
"""A list is passed as JSON, and `json_each(:list)` is its table, with the column `value` (text on
PostgreSQL: `CAST(value AS BIGINT)` where numbers are meant)."""
Params = Mapping[str, Value]
Row = tuple[Any, ...]

_NAME = re.compile(r"^-- :(\w+)\s*(.*)$", re.MULTILINE)


class Database(Protocol):
    """One connection; SQL is portable, parameters are named `:like_this`."""

    dialect: str
    """The name of the folder its own migrations and differing queries lie in."""

    def execute(self, sql: str, params: Params = ...) -> int:
        """Runs a statement; returns how many rows it touched."""

    def many(self, sql: str, rows: Iterable[Params]) -> None:
        """Runs a statement once per row of parameters."""

    def all(self, sql: str, params: Params = ...) -> list[Row]:
        """Every row of an answer."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when it ends; inside another one it joins it."""


class Queries:
    """The named queries of one file, `sql/FILE.sql`; `sql/DIALECT/FILE.sql` replaces some.

    A query begins with a line `-- :name  what it is for`.
    """

    def __init__(self, file: str, dialect: str) -> None:
        self._sql = {**_read(f"{file}.sql"), **_read(f"{dialect}/{file}.sql")}

    def __getitem__(self, name: str) -> str:
        return self._sql[name]

    @property
    def names(self) -> list[str]:
        """Of all its queries."""
        return list(self._sql)


@cache
def _read(path: str) -> dict[str, str]:
    source = files("digest.store") / "sql" / path
    if not source.is_file():
        return {}
    parts = _NAME.split(source.read_text(encoding="utf-8"))
    return {name: sql.strip() for name, sql in _pairs(parts)}


def _pairs(parts: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip(parts[1::3], parts[3::3], strict=True)


@overload
def to_instant(value: datetime) -> int: ...
@overload
def to_instant(value: None) -> None: ...
def to_instant(value: datetime | None) -> int | None:
    """Seconds since 1970, the form in which every instant is stored."""
    return None if value is None else int(value.timestamp())


@overload
def from_instant(seconds: int) -> datetime: ...
@overload
def from_instant(seconds: None) -> None: ...
def from_instant(seconds: int | None) -> datetime | None:
    """The instant, in UTC, of stored seconds."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
