"""Enrich: what others know of a day's papers. Whatever fails or is slow costs its field alone."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from digest.errors import SourceError
from digest.model import Paper
from digest.ports import Enricher, Fetcher, Papers

BUDGET = 120.0
"""Seconds that one enricher may take of a run."""


class Enrich:
    """Asks enrichers about papers that are listed; never raises for what they answer."""

    def __init__(
        self,
        enrichers: Sequence[Enricher],
        fetcher: Fetcher,
        papers: Papers,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fetcher` should be an impatient one: readers wait."""
        self._enrichers, self._fetcher, self._papers = enrichers, fetcher, papers
        self._timer = timer

    def perform(self, day: date, now: datetime) -> dict[str, str]:
        """What came of each enricher, in words; "" where all went well."""
        papers = self._papers.of_day(day)
        return {e.name: "; ".join(self._ask(e, papers, now)) for e in self._enrichers if papers}

    def _ask(self, enricher: Enricher, papers: Sequence[Paper], now: datetime) -> Iterator[str]:
        end = self._timer() + BUDGET
        for request in enricher.about(papers, now):
            if self._timer() > end:
                yield f"{enricher.name} took more than {BUDGET:.0f} s: the rest was not asked for"
                return
            try:
                page = enricher.read(self._fetcher.fetch(request))
            except SourceError as error:
                yield str(error)
                return
            self._papers.enrich(enricher.name, page.papers, now)
