"""What brings papers into an installation, and what is asked about them afterwards."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property

from digest.app.store_parts import StoreParts
from digest.errors import Unknown
from digest.model import Page, Request, Saved
from digest.ports import Enricher, Source
from digest.sources.cache import Cache
from digest.sources.fetch import FetchSettings, PoliteFetcher
from digest.sources.huggingface import HuggingFace
from digest.sources.registry import everyone
from digest.sources.registry import load as load_sources
from digest.sources.saved import day_of, open_saved
from digest.sources.summaries import Summaries
from digest.sources.turns import Turns
from digest.stages.collect import Collect
from digest.stages.enrich import Enrich

ATTEMPTS, DEADLINE, LONGEST_WAIT = 2, 60, 20
"""What an enrichment may cost: readers wait for their mail, not for a field of it."""


class SourceParts(StoreParts):
    """The sources of an installation."""

    @cached_property
    def collect(self) -> Collect:
        """The stage that asks every source."""
        return self.collecting(self.sources(()))

    def sources(self, names: Sequence[str]) -> list[Source]:
        """The sources of these names; all that are set up when none is named."""
        return load_sources(names, self.settings.sources.tables())

    def every_source(self) -> list[Source]:
        """All sources that are installed, set up or not: whose a saved file may be."""
        return everyone(self.settings.sources.tables())

    def collecting(self, sources: Sequence[Source]) -> Collect:
        """The stage that asks these sources."""
        reports, fetcher = self.settings.home / "reports", self.fetcher(self.settings.sources.fetch)
        return Collect(sources, fetcher, self.papers, reports, self.observer, self._shelved)

    def fetcher(self, settings: FetchSettings) -> PoliteFetcher:
        """What speaks HTTP for this installation, in turn with its other processes."""
        home = self.settings.home
        turns = Turns(home / "turns", self.clock, time.sleep)
        return PoliteFetcher(settings, self.clock, Cache(home / "cache"), turns=turns)

    @cached_property
    def enrich(self) -> Enrich:
        """Whoever is asked what else is known of a day's papers."""
        fetch = self.settings.sources.fetch
        fetch = replace(fetch, attempts=ATTEMPTS, deadline=DEADLINE, longest_wait=LONGEST_WAIT)
        return Enrich(self._enrichers(), self.fetcher(fetch), self.papers)

    def ask_once(self, request: Request) -> Page:
        """What Hugging Face answers to a request that is no day's. Raises SourceError."""
        return self.huggingface.read(self.fetcher(self.settings.sources.fetch).fetch(request))

    @cached_property
    def huggingface(self) -> HuggingFace:
        """Hugging Face itself, for what is no day's list."""
        return HuggingFace(self.settings.sources.huggingface.url)

    def _enrichers(self) -> list[Enricher]:
        """The sources named in `sources.enrich`. Raises Unknown for one that enriches nothing."""
        named = self.settings.sources.enrich
        found = load_sources(named, self.settings.sources.tables()) if named else []
        for source in found:
            if not hasattr(source, "about"):
                raise Unknown(f"sources.enrich: {source.name!r} tells nothing of single papers")
        summary = self.settings.summary
        return [*found, *([Summaries(summary)] if summary.url else [])]  # type: ignore[list-item]

    def _shelved(self, day: date) -> Iterator[tuple[Source, Saved]]:
        """The saved files of `sources.folder` that may be of a day, with whose they are."""
        named = self.settings.sources.folder
        folder = self.settings.home / named if named else None
        sources = {source.name: source for source in self.every_source()} if folder else {}
        for path in sorted(folder.rglob("*")) if folder else ():
            if path.is_file() and not path.name.startswith(".") and day_of(path) in {None, day}:
                kept = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                saved = open_saved(path, list(sources.values()), None, kept)
                yield sources[saved.source], saved
