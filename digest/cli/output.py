"""How lists and verdicts are printed: a table for people, JSON Lines for machines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import click

from digest.mail.characters import one_line

Record = Mapping[str, Any]


def show(records: Iterable[Record], as_json: bool, columns: Sequence[str] = ()) -> None:
    """Prints records: each as a JSON object, or all as a table of some columns."""
    if as_json:
        for record in records:
            click.echo(json.dumps(record, ensure_ascii=False, default=_plain))
        return
    table([[record[name] for name in columns] for record in records], columns)


def table(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> None:
    """Prints rows under heads; numbers to the right, nothing wider than it needs to be."""
    if not rows:
        return
    cells = [[_word(value) for value in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(heads), *cells]) for i in range(len(heads))]
    numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(heads))]
    click.secho(_line(heads, widths, numeric), dim=True)
    for line in cells:
        click.echo(_line(line, widths, numeric))


def _line(words: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = (
        word.rjust(width) if number else word.ljust(width)
        for word, width, number in zip(words, widths, numeric, strict=True)
    )
    return "  ".join(padded).rstrip()


def _word(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return one_line("; ".join(map(str, value)))
    # Titles and replies are strangers' words: no control character reaches the terminal.
    return one_line(str(value))


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
