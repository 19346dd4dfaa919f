"""What would somebody get? For the site: samples, previews, editions, and topics to choose from."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, timedelta

from digest.app.installation import App
from digest.model import Digest, Subscriber
from digest.rank.telling import told
from digest.web.site.library import Work, common

HELD = 256
"""Samples that are kept until papers change."""
LATELY = timedelta(days=6)
SUGGESTED = 8


class Study:
    """Chooses and prints, over a connection of its own; one call at a time."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: object = None
        self._samples: OrderedDict[Subscriber, Digest] = OrderedDict()
        self._topics: list[str] = []

    def sample(self, reader: Subscriber) -> Digest | None:
        """What a reader would get of the newest papers; None: there are none."""
        day = self._newest()
        if day is None:
            return None
        if reader not in self._samples:
            selection = self._app.select.choose(day, reader, self._app.clock.now())
            self._samples[reader] = self._app.press.proof(reader, selection)[0]
        self._samples.move_to_end(reader)
        while len(self._samples) > HELD:
            self._samples.popitem(last=False)
        return self._samples[reader]

    def suggestions(self) -> Sequence[str]:
        """What the newest papers are about, by their keywords."""
        self._newest()
        return self._topics

    def edition(self, reader: Subscriber, day: date) -> Digest | None:
        """What was chosen for a reader; None: nobody remembers."""
        recorded = self._app.selections.get(reader.address, day)
        if recorded is None:
            return None
        papers = self._app.papers.get([c.paper for c in recorded.choices], recorded.at)
        return self._app.press.proof(reader, told(recorded, papers))[0]

    def _newest(self) -> date | None:
        """The newest day that holds papers. When it, or its papers, change, all is anew."""
        days = self._app.papers.days(self._app.newest_day(), 1)
        if not days:
            return None
        fetches = self._app.papers.collections(days[0])
        known = days[0], [(fetch.source, fetch.at) for fetch in fetches]
        if known != self._known:
            self._known = known
            self._samples.clear()
            vars(self._app).pop("select", None)  # it holds the rankings of the papers before
            self._topics = self._counted(days[0])
        return days[0]

    def _counted(self, day: date) -> list[str]:
        papers = self._app.papers.of_days(day - LATELY, day)
        works = [Work(paper.title, paper.id, paper.keywords) for paper in papers]
        return list(common(works)[:SUGGESTED])
