"""Makes one written value into what a setting's type wants, or says what it is not."""

import math
import re
import tomllib
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Protocol, Self, Union, get_args, get_origin

from digest.config.schema import is_section, settable, written_name
from digest.config.spelling import nearest
from digest.model import Secret

TRUTH = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False, "no": False, "off": False, "0": False
}  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Bytes that were no UTF-8, as Python keeps them (PEP 383)."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


NOTHING = object()


class Unfit(ValueError):
    """A value that a setting cannot have; `wanted` continues "VALUE is not …"."""

    def __init__(self, wanted: str, hint: str = "") -> None:
        super().__init__(wanted)
        self.wanted, self.hint = wanted, hint
        self.item: object = NOTHING
        """The item that is meant, of a list."""


class Parsed(Protocol):
    """A type that reads itself: `parse` raises ValueError(wanted)."""

    @classmethod
    def parse(cls, written: str) -> Self:
        """The value of a text."""


@dataclass(frozen=True)
class Written:
    """A value as it stands in a file, a variable or a flag."""

    value: object
    where: str
    """File and line, or variable: begins an error."""
    anchor: Callable[[str], Path] = Path
    """Makes a path that is written here absolute."""
    textual: bool = False
    """Whether everything is text here, numbers too: the environment, the command line."""


def convert(kind: Any, written: Written) -> Any:
    """The value as `kind`: a scalar, StrEnum, Literal, Secret, Path, list, or None of a union.

    Raises Unfit.
    """
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        (inner,) = (each for each in get_args(kind) if each is not type(None))
        return convert(inner, written)
    if origin in {tuple, list, Sequence}:
        return tuple(_item(get_args(kind)[0], item) for item in _items(written))
    if origin is Literal:
        return _choice(get_args(kind), written)
    if issubclass(kind, Enum):
        return kind(_choice([member.value for member in kind], written))
    if kind in SCALARS:
        return SCALARS[kind](written)
    if hasattr(kind, "parse") or is_section(kind):
        return (_entry if is_section(kind) else _parsed)(kind, written)
    raise TypeError(f"no setting can be of type {kind!r}")  # a programmer's mistake


def _item(kind: Any, written: Written) -> Any:
    try:
        return convert(kind, written)
    except Unfit as error:
        error.item = written.value
        raise


def _entry(kind: type, written: Written) -> Any:
    """One table of a list of them, as in `[[smtp.relay]]`."""
    if not isinstance(written.value, dict):
        raise Unfit("a table of keys", "as in [[smtp.relay]], or {key = value}")
    names = {written_name(field): (field.name, inner) for field, inner in settable(kind)}
    given = {}
    for name, value in written.value.items():
        if name not in names:
            best = nearest(name, names)
            raise Unfit(f"known: no key {name!r} here", f"did you mean {best!r}?" if best else "")
        field, inner = names[name]
        given[field] = _named(name, inner, Written(value, written.where, written.anchor))
    try:
        return kind(**given)
    except ValueError as error:
        raise Unfit(f"right: {error}") from None


def _named(name: str, kind: Any, written: Written) -> Any:
    """The value of a key in a table; an error names the key, and never shows the value."""
    try:
        return convert(kind, written)
    except Unfit as error:
        raise Unfit(f"right: {name} must be {error.wanted}", error.hint) from None


def _items(written: Written) -> list[Written]:
    value = written.value
    if written.textual and isinstance(value, str):
        value = _list_in(value)
    items = value if isinstance(value, list | tuple) else [value]
    return [Written(item, written.where, written.anchor, written.textual) for item in items]


def _list_in(text: str) -> list[Any]:
    """A list in a variable or file: `["a", "b"]` as in TOML, or `a; b`, or one item a line."""
    if text.lstrip().startswith("["):
        try:
            return list(tomllib.loads(f"list = {text}")["list"])
        except (ValueError, RecursionError, TypeError):
            raise Unfit("a list", 'write ["one", "two"] or one; two') from None
    return [item.strip() for item in re.split(r"[;\n]", text) if item.strip()]


def _choice(names: Sequence[str], written: Written) -> str:
    text = _text(written)
    if text not in names:
        best = nearest(text, names)
        raise Unfit("one of " + ", ".join(names), f"did you mean {best!r}?" if best else "")
    return text


def _text(written: Written) -> str:
    if not isinstance(written.value, str):
        raise Unfit("a text", "write it in quotes")
    if _SURROGATE.search(written.value):
        raise Unfit("UTF-8", "save it as UTF-8")
    if _CONTROL.search(written.value):
        raise Unfit("a text without control characters")
    return written.value


def _whole(written: Written) -> int:
    value = written.value
    if written.textual and isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,18}\s*", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("a whole number", _bare(value))
    return value


def _number(written: Written) -> float:
    value = written.value
    if written.textual and isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Unfit("a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise Unfit("a number", _bare(value))
    return float(value)


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _bare(value: object) -> str:
    return "write it without quotes" if isinstance(value, str) and value.isdecimal() else ""


def _truth(written: Written) -> bool:
    value = written.value
    if written.textual and isinstance(value, str):
        value = TRUTH.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise Unfit("true or false", _bare(value) or "without quotes" * isinstance(value, str))
    return value


def _time(written: Written) -> time:
    if isinstance(written.value, time):
        return written.value.replace(microsecond=0)
    match = _TIME.fullmatch(written.value) if isinstance(written.value, str) else None
    if match is None:
        raise Unfit("a time of day", 'write it as in "07:30"')
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def _path(written: Written) -> Path:
    text = _text(written)
    if not text.strip():
        raise Unfit("a path")
    return written.anchor(text)


def _parsed(kind: type[Parsed], written: Written) -> Any:
    try:
        value: Any = kind.parse(_text(written))
    except ValueError as error:
        raise Unfit(str(error)) from None
    return value.anchored(written.anchor) if hasattr(value, "anchored") else value


SCALARS: dict[Any, Callable[[Written], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    time: _time,
    Path: _path,
    Secret: lambda written: Secret(_text(written)),
}
