"""Which sources there are: ours and those of other distributions enter by the same door."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from digest.errors import Misuse, Unknown
from digest.ports import Source

GROUP = "digest.sources"
"""Entry points in this group name a callable that takes its settings and returns a `Source`."""

BUILT_IN = (EntryPoint("huggingface", "digest.sources.huggingface:HuggingFace", GROUP),)
"""Found also where the distribution is not installed, as in a checkout."""


Tables = Mapping[str, Mapping[str, Any]]
"""`[sources.NAME]` by name, passed on to the source as keyword arguments."""


def names() -> list[str]:
    """The names of all sources that are installed."""
    return sorted(_entry_points())


def load(wanted: Sequence[str], tables: Tables) -> list[Source]:
    """The sources of these names, each once; all that are installed when none is named.

    Raises Unknown for a name that nobody brings, Misuse for a source that does not load.
    """
    found = _entry_points()
    for name in wanted:
        if name not in found:
            raise Unknown(_unknown(name, sorted(found)))
    return [_load(found[name], tables) for name in dict.fromkeys(wanted or sorted(found))]


def _entry_points() -> dict[str, EntryPoint]:
    installed = {point.name: point for point in entry_points(group=GROUP)}
    return installed | {point.name: point for point in BUILT_IN}


def _load(point: EntryPoint, tables: Tables) -> Source:
    try:
        make: Callable[..., Source] = point.load()
        return make(**tables.get(point.name, {}))
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise Misuse(
            f"the source {point.name!r} ({point.value}) does not load: {problem}"
        ) from error


def _unknown(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name.lower(), known, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else "."
    return f"no source is called {name!r}{meant} There are: {', '.join(known)}"
