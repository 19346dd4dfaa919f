"""Which sources there are: ours and those of other distributions enter by the same door."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from digest.errors import Misuse, Unknown
from digest.ports import Source

GROUP = "digest.sources"
"""Entry points in this group name a callable that takes its settings and returns a `Source`."""

BUILT_IN = tuple(
    EntryPoint(name, f"digest.sources.{place}", GROUP)
    for name, place in (
        ("arxiv", "arxiv:Arxiv"),
        ("biorxiv", "biorxiv:Biorxiv"),
        ("crossref", "crossref:Crossref"),
        ("feeds", "feeds:Feeds"),
        ("github", "github:GitHub"),
        ("hackernews", "hackernews:HackerNews"),
        ("huggingface", "huggingface:HuggingFace"),
        ("openalex", "openalex:OpenAlex"),
        ("openreview", "openreview:OpenReview"),
        ("semanticscholar", "semanticscholar:SemanticScholar"),
    )
)
"""Found also where the distribution is not installed, as in a checkout."""


Tables = Mapping[str, Mapping[str, Any]]
"""`[sources.NAME]` by name, passed on to the source as keyword arguments."""


def names() -> list[str]:
    """The names of all sources that are installed."""
    return sorted(_entry_points())


def load(wanted: Sequence[str], tables: Tables) -> list[Source]:
    """The sources of these names, each once; all that are installed and enabled when none is.

    A source is enabled unless its attribute `enabled` says that it has not been set up.

    Raises Unknown for a name that nobody brings, Misuse for a source that does not load.
    """
    found = _entry_points()
    for name in wanted:
        if name not in found:
            raise Unknown(_unknown(name, sorted(found)))
    if not wanted:
        return _parted(s for s in everyone(tables) if getattr(s, "enabled", True))
    return _parted(_load(found[name], tables) for name in dict.fromkeys(wanted))


def everyone(tables: Tables) -> list[Source]:
    """All sources that are installed, enabled or not: whose a saved file may be."""
    return [_load(point, tables) for _, point in sorted(_entry_points().items())]


def _parted(sources: Iterable[Source]) -> list[Source]:
    """Sources that stand for several (`each()`) as those."""
    return [part for source in sources for part in getattr(source, "each", lambda s=source: [s])()]


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
