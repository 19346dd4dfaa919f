"""A whole store into another one, of either kind, verified row for row.

All is read at one instant, whoever writes meanwhile. Numbers that stand for readers, papers and
reasons are kept, so tokens, packed selections and Message-IDs stay what they were.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import zip_longest
from typing import Protocol

from digest.errors import Misuse, StoreError
from digest.store.database import Database, Row


class Copyable(Database, Protocol):
    """A database whose tables can be told and filled."""

    def make(self) -> None:
        """Gives a new store its schema."""

    def require_current(self) -> None:
        """Raises WrongSchema."""

    def is_new(self) -> bool:
        """Whether nothing was ever stored in it."""

    def tables(self) -> list[str]:
        """Our tables; those that others refer to come first."""

    def columns(self, table: str) -> list[str]:
        """The columns of a table, in an order that does not depend on its making."""

    def key(self, table: str) -> list[str]:
        """The columns of a table's key."""

    def frozen(self) -> AbstractContextManager[None]:
        """What is read within is all of one instant."""

    def rows(self, query: str) -> Iterator[Row]:
        """The rows of a large answer, some at a time; only within `frozen` or a transaction."""

    def fill(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        """Puts rows into a table."""


Tell = Callable[[str, int], None]


def copy(
    source: Copyable, target: Copyable, tell: Tell = lambda _table, _rows: None
) -> dict[str, int]:
    """Copies everything into a store that is new; returns how many rows each table has.

    All or nothing. Raises Misuse when `target` holds something, StoreError when a row differs.
    """
    source.require_current()
    target.make()
    target.require_current()
    copied: dict[str, int] = {}
    with source.frozen(), target.transaction():
        _refuse_full(target)
        for table in source.tables():
            _fill(source, target, table)
            copied[table] = _verify(source, target, table)
            tell(table, copied[table])
    return copied


def _refuse_full(target: Copyable) -> None:
    for table in target.tables():
        if table != "memory" and target.all(f"SELECT 1 FROM {table} LIMIT 1"):  # noqa: S608
            raise Misuse(f"the store to copy into is not empty: {table} has rows; name a new one")


def _fill(source: Copyable, target: Copyable, table: str) -> None:
    columns = source.columns(table)
    if columns != target.columns(table):
        raise StoreError(f"the table {table} has other columns there than here")
    target.execute(f"DELETE FROM {table}")  # noqa: S608 - what a migration put there
    target.fill(table, columns, source.rows(_query(source, table)))


def _verify(source: Copyable, target: Copyable, table: str) -> int:
    """Reads both once more, side by side; returns how many rows there are."""
    query, number = _query(source, table), 0
    for ours, theirs in zip_longest(source.rows(query), target.rows(query)):
        if ours != theirs:
            raise StoreError(
                f"row {number + 1} of {table} is another one in the copy: nothing was copied"
            )
        number += 1
    return number


def _query(database: Copyable, table: str) -> str:
    columns = database.columns(table)
    return (
        f"SELECT {_names(columns)} FROM {table} "  # noqa: S608 - their own names
        f"ORDER BY {_names(database.key(table) or columns)}"
    )


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
