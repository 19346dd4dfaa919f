"""Reads the keys that can be set off the frozen dataclasses that hold them.

A part of the program defines its section as a dataclass of defaults, and needs nothing from here:
`field(metadata={"low": 1, "high": 65535, "check": function})` bounds a value (a check returns the
value to use, or raises ValueError("an https URL")), `repr=False` or the type Secret hides one, and
`__post_init__` may raise ValueError about values that do not go together.
"""

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from digest.model import Secret

Names = tuple[str, ...]
"""A key path without positions."""


@dataclass(frozen=True)
class Key:
    """One key that can be set."""

    path: Names
    kind: Any
    default: Any
    low: float | None = None
    high: float | None = None
    check: Callable[[Any], Any] | None = None
    hidden: bool = False
    """Its value is never shown."""

    @property
    def dotted(self) -> str:
        """The key as it is written in texts: `smtp.port`."""
        return ".".join(self.path)


def keys(section: type) -> dict[Names, Key]:
    """Every key below a section's dataclass, nested ones too, in their order."""
    return _tabled(section)


@cache
def _tabled(section: Any) -> dict[Names, Key]:
    return {key.path: key for key in _keys(section, ())}


def sections(section: type) -> frozenset[Names]:
    """The paths of all nested sections."""
    return frozenset(path[:n] for path in keys(section) for n in range(1, len(path)))


def written_name(field: "dataclasses.Field[Any]") -> str:
    """The key of a field: `from_` is written `from`."""
    return field.name.rstrip("_")


def settable(section: type) -> Iterator[tuple["dataclasses.Field[Any]", Any]]:
    """The fields that stand for keys, and their types; `metadata={"key": False}` does not."""
    hints = get_type_hints(section)
    for field in dataclasses.fields(section):
        tabular = get_origin(hints[field.name]) is dict  # has no one way to be written
        if field.init and field.metadata.get("key", True) and not tabular:
            yield field, hints[field.name]


def _keys(section: type, above: Names) -> Iterator[Key]:
    for field, kind in settable(section):
        path = (*above, written_name(field))
        if is_section(kind):
            yield from _keys(kind, path)
            continue
        yield Key(
            path=path,
            kind=kind,
            default=_default(field),
            low=field.metadata.get("low"),
            high=field.metadata.get("high"),
            check=field.metadata.get("check"),
            hidden=not field.repr or field.metadata.get("hidden", False) or _holds_secret(kind),
        )


def is_section(kind: Any) -> bool:
    """Whether a field's type holds keys of its own, rather than being a value."""
    return is_dataclass(kind) and kind is not Secret and not hasattr(kind, "parse")


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return None if field.default is MISSING else field.default


def _holds_secret(kind: Any) -> bool:
    return kind is Secret or any(_holds_secret(inner) for inner in get_args(kind))
