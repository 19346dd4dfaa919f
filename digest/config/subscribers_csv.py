"""Subscribers as CSV (RFC 4180): streamed, a row at a time, each with its own error."""

import csv
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from digest.config import rosters
from digest.config.spelling import suggestion
from digest.config.subscriber_fields import KEYS, LISTS, read_entry, written
from digest.errors import BadSetting, BadSettings
from digest.model import Subscriber

REMEMBERED = 100_000
"""Rows within which an address that stands there twice is found: memory stays flat for any file.

Of two that are farther apart the later one counts.
"""
Places = OrderedDict[str, int]
"""Addresses and the lines they stand on."""
_SPLIT = re.compile(r"((?:\\[\\;]|[^;])*)(;|\Z)")
_ESCAPED = re.compile(r"\\([\\;])")


def read_csv(
    path: Path, told: Callable[[int], None] = lambda _: None
) -> Iterator[Subscriber | BadSetting]:
    """The rows of a file: each a subscriber, or what is wrong with it (BadSettings for several).

    `told` hears how many characters each line has. Raises BadSetting when the file cannot be read,
    or its header line cannot be used.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from read_rows(_counted(file, told), str(path))
    except OSError as error:
        raise BadSetting(str(path), f"cannot be read: {error.strerror}") from error


def _counted(lines: Iterable[str], told: Callable[[int], None]) -> Iterator[str]:
    for line in lines:
        told(len(line))
        yield line


def read_rows(lines: Iterable[str], name: str) -> Iterator[Subscriber | BadSetting]:
    """The same from lines; `name` stands for them in errors."""
    rows = _numbered(csv.reader(lines, strict=True), name)
    header = next(rows, None)
    if header is None or isinstance(header, BadSetting):
        raise header or BadSetting(name, "is empty", "its first line names the columns: email,…")
    places: Places = OrderedDict()
    if rosters.is_roster(header[1]):
        for row in chain([header], rows):
            yield row if isinstance(row, BadSetting) else _of_roster(*row, name, places)
        return
    columns, translate = _columns(header[1], f"{name}, line {header[0]}")
    for row in rows:
        yield row if isinstance(row, BadSetting) else _row(columns, translate, *row, name, places)


def _numbered(
    reader: Iterator[list[str]], name: str
) -> Iterator[tuple[int, list[str]] | BadSetting]:
    """Rows that hold something, with the line each begins on."""
    while True:
        line = getattr(reader, "line_num", 0) + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            hint = "a cell that holds a comma or quotes stands in quotes, quotes in it doubled"
            yield BadSetting(f"{name}, line {line}", f"is no CSV: {error}", hint)
            continue
        if any(cell.strip() for cell in row):
            yield line, row


def _columns(header: list[str], where: str) -> tuple[list[str], rosters.Row | None]:
    columns = [cell.strip().lower() for cell in header]
    if translate := rosters.translated(columns):
        return columns, translate
    for column in columns:
        if column not in KEYS:
            hint = suggestion(column, KEYS)
            if {";", "\t"} & set(column):
                hint = "columns are separated by commas"
            raise BadSetting(where, f"{column!r} is no column", hint)
    if "email" not in columns:
        raise BadSetting(where, "has no column 'email'", "the first line names the columns")
    if len(set(columns)) < len(columns):
        raise BadSetting(where, "names a column twice")
    return columns, None


def _of_roster(line: int, row: list[str], name: str, places: Places) -> Subscriber | BadSetting:
    cells = dict(zip(("email", "name"), map(str.strip, rosters.roster(row)), strict=False))
    return _entry({k: v for k, v in cells.items() if v}, line, name, places)


def _row(
    columns: list[str],
    translate: rosters.Row | None,
    line: int,
    row: list[str],
    name: str,
    places: Places,
) -> Subscriber | BadSetting:
    place = f"{name}, line {line}"
    if len(row) > len(columns):
        hint = "a cell that holds a comma stands in quotes; several topics are separated by ;"
        problem = f"has {len(row)} cells for {len(columns)} columns"
        return BadSetting(place, problem, hint)
    pairs = zip(columns, map(str.strip, row), strict=False)
    cells = {column: cell for column, cell in pairs if cell}
    return _entry(translate(cells) if translate else cells, line, name, places)


def _entry(
    cells: Mapping[str, str], line: int, name: str, places: Places
) -> Subscriber | BadSetting:
    place = f"{name}, line {line}"
    entry = {column: split(cell) if column in LISTS else cell for column, cell in cells.items()}
    problems: list[BadSetting] = []
    subscriber = read_entry(entry, lambda key: f"{place}, {key}", problems, textual=True)
    if subscriber is None:
        return problems[0] if len(problems) == 1 else BadSettings(problems)
    earlier = places.setdefault(subscriber.address, line)
    if earlier != line:
        problem = f"{subscriber.address!r} stands there already: line {earlier}"
        return BadSetting(f"{place}, email", problem, "one address has one row")
    if len(places) > REMEMBERED:
        places.popitem(last=False)
    return subscriber


def split(cell: str) -> list[str]:
    r"""The items of a cell, separated by `;`; one that belongs to an item is written `\;`."""
    items = [_ESCAPED.sub(r"\1", match[1]).strip() for match in _SPLIT.finditer(cell)]
    return [item for item in items if item]


def join(items: Iterable[str]) -> str:
    """The cell of some items."""
    return "; ".join(re.sub(r"([\\;])", r"\\\1", item) for item in items)


def write_csv(subscribers: Iterable[Subscriber], file: TextIO) -> None:
    """Writes all columns of all subscribers; the text reads back as the same subscribers."""
    writer = csv.DictWriter(file, list(KEYS), lineterminator="\n")
    writer.writeheader()
    for subscriber in subscribers:
        cells = written(subscriber)
        writer.writerow({k: _cell(v) for k, v in cells.items()})


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return str(value).lower()
    return join(value) if isinstance(value, list) else value
