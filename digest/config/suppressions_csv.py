"""Suppressions as CSV or as bare addresses: exports of lists, providers and other programs."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from digest.errors import BadAddress, BadSetting
from digest.mail.mailbox import normalise

Row = tuple[str, str, datetime | None]
"""Address, reason, since when."""

ADDRESS = ("address", "email", "email address", "e-mail", "emailaddress", "recipient")
REASON = ("reason", "bounce type", "type", "description", "status", "error")
SINCE = ("since", "created", "created_at", "date", "lastupdatetime", "timestamp", "updated_at")


def read_suppressions(path: Path) -> Iterator[Row | BadSetting]:
    """The rows of a file: each a suppression, or what is wrong with it.

    Raises BadSetting when the file cannot be read, or no column holds addresses.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            yield from _rows(csv.reader(file), str(path))
    except OSError as error:
        raise BadSetting(str(path), f"cannot be read: {error.strerror}") from error
    except csv.Error as error:
        raise BadSetting(str(path), f"is no CSV: {error}") from error


def _rows(reader: Iterator[list[str]], name: str) -> Iterator[Row | BadSetting]:
    columns: dict[str, int] | None = None
    for number, row in enumerate(reader, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells, f"{name}, line {number}")
            if "@" not in cells[columns["address"]]:
                continue
        yield _row(cells, columns, f"{name}, line {number}")


def _columns(header: list[str], where: str) -> dict[str, int]:
    """Where address, reason and date stand; a file without a header holds addresses first."""
    names = [cell.lower() for cell in header]
    if "@" in header[0]:
        return {"address": 0}
    found = {}
    for column, known in (("address", ADDRESS), ("reason", REASON), ("since", SINCE)):
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            found[column] = place
    if "address" not in found:
        hint = "the first line names the columns: address, and perhaps reason and since"
        raise BadSetting(where, "has no column 'address' or 'email'", hint)
    return found


def _row(cells: list[str], columns: dict[str, int], where: str) -> Row | BadSetting:
    def cell(column: str) -> str:
        place = columns.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    try:
        return normalise(cell("address")), cell("reason"), _instant(cell("since"))
    except BadAddress as error:
        return BadSetting(where, f"{cell('address')!r}: {error.problem}")
    except ValueError:
        hint = "write it as 2026-08-21 or 2026-08-21T06:30+02:00"
        return BadSetting(where, f"{cell('since')!r} is no moment", hint)


def _instant(written: str) -> datetime | None:
    """ISO 8601, in UTC where no offset is said. Raises ValueError."""
    if not written:
        return None
    instant = datetime.fromisoformat(written.replace(" UTC", "+00:00"))
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
