"""`subscribers.toml`: who reads, as data. All that is wrong with a file is told at once."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from digest.config.binder import raise_all, show
from digest.config.spelling import suggestion
from digest.config.subscriber_fields import KEYS, read_entry, written
from digest.config.subscribers_csv import read_csv
from digest.config.toml import Document, parse_toml, read_toml, spell
from digest.errors import BadAddress, BadSetting
from digest.mail.mailbox import normalise
from digest.model import Subscriber

TABLE = "subscriber"
LONGEST = 256_000_000
"""Bytes of a subscribers.toml that are read; for more there is CSV, which streams."""


def read_subscribers(path: Path) -> list[Subscriber]:
    """The subscribers of a file, `.csv` or else TOML.

    Raises BadSetting, or BadSettings for several: each names file, line and key, what was found,
    and the nearest right spelling.
    """
    if path.suffix.lower() == ".csv":
        rows = list(read_csv(path))
        raise_all([row for row in rows if isinstance(row, BadSetting)])
        return [row for row in rows if isinstance(row, Subscriber)]
    return _subscribers(read_toml(path, LONGEST))


def parse_subscribers(text: str, name: str) -> list[Subscriber]:
    """The subscribers of a TOML text; `name` stands for it in errors."""
    return _subscribers(parse_toml(text, name))


def _subscribers(document: Document) -> list[Subscriber]:
    problems = [
        BadSetting(document.where(key), "is unknown", suggestion(key, [TABLE]))
        for key in document.data
        if key != TABLE
    ]
    found: list[Subscriber] = []
    places: dict[str, int] = {}
    for number, entry in enumerate(_entries(document, problems)):
        subscriber = _entry(document, number, entry, problems)
        address = subscriber.address if subscriber else _address(entry)
        earlier = places.setdefault(address, number) if address else number
        if earlier != number:
            problems.append(_twice(document, number, earlier, address))
        if subscriber is not None:
            found.append(subscriber)
    raise_all(problems)
    return found


def _entries(document: Document, problems: list[BadSetting]) -> list[Any]:
    entries = document.data.get(TABLE, [])
    if isinstance(entries, list):
        return entries
    problems.append(BadSetting(document.where(TABLE), "stands alone", f"write [[{TABLE}]]"))
    return []


def _entry(
    document: Document, number: int, entry: object, problems: list[BadSetting]
) -> Subscriber | None:
    def where(key: str) -> str:
        return _where(document, number, key)

    if not isinstance(entry, dict):
        problem = f"{show(entry)} is no subscriber"
        problems.append(BadSetting(where(""), problem, f"write [[{TABLE}]] and its keys below"))
        return None
    problems += [
        BadSetting(where(key), "is no key of a subscriber", suggestion(key, KEYS))
        for key in entry
        if key not in KEYS
    ]
    known = {key: value for key, value in entry.items() if key in KEYS}
    subscriber = read_entry(known, where, problems)
    return subscriber if len(known) == len(entry) else None


def _address(entry: object) -> str:
    """The address of an entry in which something else is wrong; "" when it is the address."""
    email = entry.get("email") if isinstance(entry, dict) else None
    try:
        return normalise(email) if isinstance(email, str) else ""
    except BadAddress:
        return ""


def _where(document: Document, number: int, key: str) -> str:
    """`subscribers.toml, line 12, subscriber 3, topics`."""
    line = document.line(TABLE, number, key)
    words = [document.name, f"line {line}", f"{TABLE} {number + 1}", spell((key,)) if key else ""]
    return ", ".join(filter(None, words))


def _twice(document: Document, number: int, earlier: int, address: str) -> BadSetting:
    first = _where(document, earlier, "email").partition(", ")[2]
    hint = "one address has one entry: put their topics together"
    problem = f"{address!r} stands there already: {first}"
    return BadSetting(_where(document, number, "email"), problem, hint)


def write_toml(subscribers: Iterable[Subscriber]) -> str:
    """A text that reads back as the same subscribers."""
    return "\n".join(map(_table, subscribers))


def _table(subscriber: Subscriber) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in written(subscriber).items()]
    return "\n".join([f"[[{TABLE}]]", *lines, ""])


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, int):
        return str(value).lower()
    # A JSON string is a TOML basic string, but that TOML escapes DEL, too.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
