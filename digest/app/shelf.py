"""The archive's shelf: what days and topics hold, chosen as for a reader, for nobody."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from digest.app.installation import App
from digest.model import Manner, Mood, Quiet, Rhythm, Selection, Subscriber, Topic
from digest.rank.knowledge import NEW
from digest.rank.ranking import Ranking
from digest.render.feeds import Issue, issue
from digest.render.languages import language

NOBODY = "archive@localhost"
PAPERS = 30
"""Papers of a page."""
HELD = 128
"""Pages that are kept until papers change."""
BACK = 366
"""Days that the archive goes back."""


class ArchiveShelf:
    """Chooses over a connection of its own; one call at a time."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._known: dict[date, object] = {}
        self._held: OrderedDict[tuple[object, str], Issue | None] = OrderedDict()

    def days(self) -> Sequence[date]:
        """The days that are over and hold papers, newest first."""
        return self._app.papers.days(self._app.newest_day(), BACK)

    def topics(self) -> Sequence[str]:
        """The words that most of the newest papers are tagged with."""
        days = self.days()[:7]
        counted: dict[str, int] = {}
        for paper in self._app.papers.of_days(days[-1], days[0]) if days else ():
            for word in {word.strip().lower() for word in paper.keywords}:
                counted[word] = counted.get(word, 0) + 1
        often = sorted((-number, word) for word, number in counted.items() if number > 2)
        return [word for _, word in often if 3 < len(word) < 40][:40]

    def issue(self, day: date, locale: str) -> Issue | None:
        """What somebody without topics would have got; None: nothing is known of the day."""
        return self._chosen(day, Subscriber(NOBODY, papers=PAPERS), locale)

    def _choose(self, day: date, wishes: Subscriber) -> Selection:
        """Without topics nothing has to be understood: the day's own papers say what rises."""
        now = self._app.clock.now()
        if wishes.topics:
            return self._app.select.choose(day, wishes, now)
        ranking = Ranking(self._app.papers.of_day(day))
        return replace(ranking.select(wishes, day, NEW, Manner(Quiet.NOTE)), at=now)

    def topic(self, text: str, locale: str) -> Issue | None:
        """What somebody with this topic alone would get of the newest week."""
        days = self.days()
        if not days:
            return None
        topics = (Topic.parse(text),)
        wishes = Subscriber(NOBODY, topics=topics, papers=PAPERS, rhythm=Rhythm.WEEKLY)
        return self._chosen(days[0], wishes, locale)

    def _chosen(self, day: date, wishes: Subscriber, locale: str) -> Issue | None:
        fetches = self._app.papers.collections(day)
        known = day, tuple((fetch.source, fetch.at) for fetch in fetches)
        if self._known.setdefault(day, known) != known:
            self._known[day] = known
            vars(self._app).pop("select", None)  # it holds the rankings of the papers before
        key = ((wishes, known), locale)
        if key not in self._held:
            self._held[key] = self._made(day, wishes, locale) if fetches else None
        self._held.move_to_end(key)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return self._held[key]

    def _made(self, day: date, wishes: Subscriber, locale: str) -> Issue:
        app, words = self._app, language(locale, self._app.settings.mail.locale)
        chosen = _on_topic(self._choose(day, wishes))
        papers = app.papers.get([choice.paper for choice in chosen.choices], chosen.at)
        return issue(chosen, papers, words, app.identity.name, app.settings.web.base_url)


def _on_topic(selection: Selection) -> Selection:
    """A page of a topic holds nothing else on a quiet day."""
    return replace(selection, choices=()) if selection.mood is Mood.QUIET else selection
