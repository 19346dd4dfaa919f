"""`[sources.NAME]` of sources that other distributions bring: they know their keys, we do not."""

from collections.abc import Sequence
from typing import Any

from digest.config.binder import Layer
from digest.config.schema import Names, keys
from digest.config.settings import Settings
from digest.sources.registry import names

SOURCES = "sources"


def is_plugins(path: Names) -> bool:
    """Whether a key path lies in the table of an installed source that is not one of ours."""
    if len(path) < 2 or path[0] != SOURCES:
        return False
    ours = {known[1] for known in keys(Settings) if known[0] == SOURCES}
    return path[1] not in ours and path[1] in names()


def plugin_path(parts: Sequence[str]) -> Names | None:
    """The key path that a variable's parts stand for, if it lies in such a table."""
    path = tuple(part.lower() for part in parts)
    return path if len(path) > 2 and is_plugins(path) else None


def plugin_tables(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    """What is set for such sources, by source; of several layers the first counts."""
    tables: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for path, written in layer.items():
            if path not in keys(Settings):
                tables.setdefault(path[1], {}).setdefault("__".join(path[2:]), written.value)
    return tables
