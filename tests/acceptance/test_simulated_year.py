"""A year on two sources with all that goes wrong in one, for readers in four zones, paper by paper.

A run plays five weeks with every trouble; `make soak` the whole year. Only HTTP is played: clock,
stages, store, ledger and Maildirs are the program's own.
"""

import os
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from simulated import DAY, HOUR, World, busy, changed, listed, stale

from digest.app import App, open_app
from digest.clock import FixedClock
from digest.config import Settings
from digest.config.sections import EditionKind, SelectionSettings, SourcesSettings
from digest.model import SEEN, Event, Judged, Rhythm, Subscriber, Verdict
from digest.sources.arxiv import ArxivSettings
from digest.sources.fetch import FetchSettings
from digest.store.retention import RetentionSettings

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
FIRST = date(2026, 1, 5) if SOAK else date(2026, 2, 23)
"""A Monday; the shorter play holds the change of clocks in America (8 March) and in Europe (29)."""
LAST = date(2026, 12, 31) if SOAK else date(2026, 4, 3)
EVERY = HOUR * (2 if SOAK else 3)
MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, a year of commits costs no disk

READERS = (
    Subscriber("at-once@x.example", papers=150),
    Subscriber("berlin@x.example", papers=150, timezone="Europe/Berlin", send_at=time(2, 30)),
    Subscriber("new-york@x.example", papers=150, timezone="America/New_York", send_at=time(7, 30)),
    Subscriber("auckland@x.example", papers=150, timezone="Pacific/Auckland", send_at=time(18)),
    Subscriber("kolkata@x.example", papers=150, timezone="Asia/Kolkata", send_at=time(9, 30),
               rhythm=Rhythm.WEEKDAYS),
    Subscriber("weekly@x.example", papers=150, timezone="Europe/Berlin", send_at=time(7),
               rhythm=Rhythm.WEEKLY),
)  # fmt: skip


def at(day: date, hour: float = 0) -> datetime:
    return datetime.combine(day, time(), UTC) + hour * HOUR


def monday(week: int) -> date:
    """Of the weeks that have a trouble each; none of them holds a holiday of arXiv's."""
    return date(2026, 2, 23) + 7 * week * DAY


TROUBLES = {
    "storm": (at(monday(1) + 2 * DAY), at(monday(1) + 2 * DAY, 9), busy("huggingface")),
    "filling night": (at(monday(1) + 4 * DAY), at(monday(1) + 4 * DAY, 2.5), busy("huggingface")),
    "stale feed": (at(monday(2) + DAY, 4), at(monday(2) + DAY, 23), stale),
    "schema change": (at(monday(2) + 3 * DAY), at(monday(2) + 4 * DAY, 6), changed),
    "outage": (at(monday(3)), at(monday(3) + 3 * DAY), busy("*")),
    "arxiv down": (at(monday(4)), at(monday(4) + DAY, 8), busy("arxiv")),
}
DOWN = (at(monday(4) + 2 * DAY, 5), at(date(2026, 4, 3), 1))
"""The machine is off."""


class Simulated(App):
    """An installation whose HTTP is played."""

    world: World

    def fetcher(self, settings: FetchSettings) -> World:
        return self.world


class Play:
    """A year of runs, and what came of it."""

    def __init__(self, app: App, world: World, clock: FixedClock, heard: list[Event]) -> None:
        self.app, self.world, self.clock, self.heard = app, world, clock, heard
        self.judged: dict[datetime, list[Judged]] = {}

    def run(self, now: datetime) -> None:
        self.clock.instant = now
        self.heard.clear()
        self.app.nightly(self.app.run(None))
        self.judged[now] = [event for event in self.heard if isinstance(event, Judged)]

    def papers(self, address: str) -> list[str]:
        rows = [d for d in self.app.ledger.deliveries() if d.address == address]
        chosen = [self.app.selections.get(address, d.day) for d in rows if d.state in SEEN]
        return [choice.paper for selection in chosen for choice in selection.choices]

    def verdicts(self, source: str, day: date) -> list[Verdict]:
        """All verdicts on one day of a source, in their order."""
        told = [j.collection for events in self.judged.values() for j in events]
        return [c.verdict for c in told if (c.source, c.day) == (source, day)]


@contextmanager
def play(home: Path, edition: EditionKind = EditionKind.SETTLED):
    clock, heard = FixedClock(at(FIRST)), []
    settings = Settings(
        home=home,
        retention=RetentionSettings(memory=800, papers=800),  # the whole play is looked back on
        selection=SelectionSettings(edition=edition),
        sources=SourcesSettings(arxiv=ArxivSettings(categories=("cs.LG",))),
    )
    with open_app(settings, clock, heard.append, kind=Simulated) as app:
        app.world = World(clock)
        app.subscribers.put(READERS, at(FIRST) - 7 * DAY)
        yield Play(app, app.world, clock, heard)


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    where = MEMORY if os.access(MEMORY, os.W_OK) else tmp_path_factory.mktemp("year")
    with TemporaryDirectory(dir=where) as home, play(Path(home)) as played:
        for first, last, what in TROUBLES.values():
            played.world.trouble(first, last, what)
        now, end = at(FIRST, 6), at(LAST) + 11 * DAY
        while now < end:
            if not DOWN[0] <= now < DOWN[1]:
                played.run(now)
            now += EVERY
        yield played


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.address)
def test_every_reader_gets_every_paper_exactly_once(year, reader):
    got = Counter(year.papers(reader.address))
    twice = {paper: n for paper, n in got.items() if n > 1}
    assert twice == {}
    wanted = listed(FIRST + 7 * DAY, LAST)
    assert wanted - got.keys() == set()
    assert got.keys() - listed(FIRST - 7 * DAY, LAST + 11 * DAY) == set()


def test_nobody_gets_two_mails_on_one_local_day_but_after_an_outage(year):
    """Who missed an edition gets it when it comes, be the next one hours away."""
    rows = list(year.app.ledger.deliveries())
    assert {row.state.value for row in rows} == {"accepted"}
    zones = {reader.address: ZoneInfo(reader.timezone) for reader in READERS}
    days = Counter((r.address, r.updated.astimezone(zones[r.address]).date()) for r in rows)
    after = {TROUBLES["outage"][1].date() + n * DAY for n in (0, 1)}
    after |= {DOWN[1].date() + n * DAY for n in (0, 1)}
    assert {day for (_, day), n in days.items() if n > 1} <= after
    assert max(days.values()) <= 2


def day_before(name: str) -> date:
    return TROUBLES[name][0].date() - DAY


def test_a_storm_is_failed_and_then_complete(year):
    told = year.verdicts("huggingface", day_before("storm"))
    assert told[-1] is Verdict.COMPLETE
    assert set(told) == {Verdict.FILLING, Verdict.FAILED, Verdict.COMPLETE}


def test_an_edition_never_goes_out_on_a_list_that_was_still_filling(year):
    """The night's fetch fails: it waits for the next one, and holds the whole day."""
    day = day_before("filling night")
    chosen = year.app.selections.get("at-once@x.example", day)
    assert {choice.paper for choice in chosen.choices} >= listed(day, day)
    assert chosen.at >= TROUBLES["filling night"][1]


def test_a_stale_feed_is_named_and_another_way_found(year):
    day = TROUBLES["stale feed"][0].date()
    told = year.verdicts("arxiv", day)
    assert Verdict.STALE in told
    assert told[-1] is Verdict.COMPLETE


def test_a_changed_schema_is_named_and_what_came_is_kept(year):
    told = year.verdicts("huggingface", day_before("schema change"))
    assert Verdict.CHANGED in told
    assert told[-1] is Verdict.COMPLETE
    assert list((year.app.settings.home / "reports").iterdir())


def test_an_outage_fails_every_day_of_it_and_all_are_caught_up(year):
    start = TROUBLES["outage"][0].date()
    for day in (start, start + DAY):
        told = year.verdicts("huggingface", day)
        assert told[0] is Verdict.FAILED
        assert told[-1] is Verdict.COMPLETE


def test_one_source_that_stays_away_keeps_nobody_waiting_longer_than_our_patience(year):
    chosen = year.app.selections.get("at-once@x.example", TROUBLES["arxiv down"][0].date())
    assert chosen.at - at(chosen.day + DAY) <= 5 * HOUR


def test_quiet_times_are_quiet(year):
    """Outside the troubles no verdict but complete, empty and filling was told."""
    windows = [(first, last) for first, last, _ in TROUBLES.values()] + [DOWN]
    strange = [
        judged.collection
        for now, events in year.judged.items()
        for judged in events
        if not any(first <= now < last + 8 * HOUR for first, last in windows)
        and judged.collection.verdict not in {Verdict.COMPLETE, Verdict.EMPTY, Verdict.FILLING}
    ]
    assert strange == []


def test_sources_are_asked_politely(year):
    """A day that is settled is not asked for again: some requests a run, not dozens."""
    asked = Counter(now for now, _ in year.world.asked)
    assert max(asked.values()) <= 30
    assert sum(asked.values()) / len(year.judged) < 4


def test_votes_are_a_series_through_the_day(year):
    series = year.app.papers.series(FIRST + 8 * DAY)
    assert max(len(seen) for seen in series.values()) >= 6
    for seen in series.values():
        votes = [each.upvotes for each in seen if each.upvotes is not None]
        assert votes == sorted(votes)


def test_the_mail_says_which_source_was_missing_and_only_then(year):
    reader = READERS[0]
    for day, told in ((TROUBLES["arxiv down"][0].date(), True), (FIRST + 7 * DAY, False)):
        chosen = year.app.selections.get(reader.address, day)
        digest, message = year.app.press.proof(reader, chosen)
        said = "Not everything could be read today (arXiv)"
        assert digest.notice.startswith(said) is told
        assert (said.encode() in message.content.replace(b"=\r\n", b"")) is told
        assert (digest.notice != "") is told


def test_fresh_editions_hold_the_day_so_far_and_what_comes_later_comes_in_the_next(tmp_path):
    with play(tmp_path, EditionKind.FRESH) as played:
        for hours in range(6, 12 * 24, 6):
            played.run(at(FIRST, hours))
        wanted = listed(FIRST + 2 * DAY, FIRST + 9 * DAY)
        for reader in READERS[:-1]:
            got = Counter(played.papers(reader.address))
            assert max(got.values()) == 1, reader.address
            assert wanted - got.keys() == set(), reader.address
        first = played.app.selections.get("at-once@x.example", FIRST + DAY)
        assert first.at < at(FIRST + 2 * DAY), "a fresh edition waits for no midnight"
