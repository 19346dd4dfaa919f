"""After downtime: the days that were missed join one digest, for each reader, and only one."""

import json
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from smtp_server import ScriptedServer

from digest.app import open_app
from digest.clock import FixedClock
from digest.config import Outbox, OutboxKind, Settings
from digest.config.sections import SourcesSettings
from digest.model import SEEN, DeliveryState, Rhythm, Subscriber
from digest.observe import fan_out
from digest.sources.fetch import FetchSettings
from digest.sources.huggingface import HuggingFaceSettings
from digest.sources.replay import Replay
from digest.transport.settings import Security, SmtpSettings

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = date(2026, 8, 3)
WORKDAYS = [d for n in range(42) if (d := MONDAY - 14 * DAY + n * DAY).weekday() < 5]
HALF_SEVEN = time(7, 30)
READERS = (
    Subscriber("at-once@x.example", papers=100),
    Subscriber("berlin@x.example", papers=100, timezone="Europe/Berlin", send_at=HALF_SEVEN),
    Subscriber("la@x.example", papers=100, timezone="America/Los_Angeles", send_at=time(20, 30)),
    Subscriber("weekly@x.example", papers=100, send_at=HALF_SEVEN, rhythm=Rhythm.WEEKLY),
    Subscriber("working@x.example", papers=100, send_at=HALF_SEVEN, rhythm=Rhythm.WEEKDAYS),
)


WORDS = "amber brook cedar delta ember frost grove heath inlet joule knoll larch".split()


def paper(day, number):
    """What the source lists: ids tell the day, and no two papers speak of the same."""
    spoken = [
        WORDS[(day.toordinal() * 7 + number * 5 + n * n) % 12] + f"{day.day}{number}{n}"
        for n in range(9)
    ]
    return {
        "paper": {
            "id": f"{day:%y%m}.{day.day:02}{number:03}",
            "title": " ".join(spoken[:4]),
            "summary": " ".join(spoken[4:]) + ".",
            "authors": [{"name": "A. Author"}],
            "publishedAt": f"{day}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            "upvotes": number,
        },
        "numComments": 0,
    }


@pytest.fixture(scope="module")
def hub():
    days = {d: json.dumps([paper(d, n) for n in (1, 2)]).encode() for d in WORKDAYS}
    with Replay(days) as replay:
        yield replay


class World:
    """An installation whose clock we hold."""

    def __init__(self, app, clock):
        self.app, self.clock = app, clock

    def run(self, now):
        """A run at an instant; returns who was mailed how often by it."""
        self.clock.instant = now
        before = self.accepted()
        self.app.nightly(self.app.run(None))
        return [address for address, _ in self.accepted() - before]

    def accepted(self):
        found = self.app.ledger.deliveries(None, DeliveryState.ACCEPTED)
        return {(delivery.address, delivery.day) for delivery in found}

    def papers(self, address):
        """Everything that a reader has seen, in the order of editions."""
        rows = [d for d in self.app.ledger.deliveries() if d.address == address]
        chosen = [self.app.selections.get(address, d.day) for d in rows if d.state in SEEN]
        return [choice.paper for selection in chosen for choice in selection.choices]


@contextmanager
def world(home, hub, **changes):
    clock = FixedClock(datetime.combine(MONDAY, time(), UTC))
    fetch = FetchSettings(attempts=1, backoff=0)
    given_ = Settings(
        home=home,
        sources=SourcesSettings(fetch=fetch, huggingface=HuggingFaceSettings(hub.url)),
        **changes,
    )
    with open_app(given_, clock, fan_out(())) as app:
        app.collect = app.collecting(app.sources(["huggingface"]))
        app.subscribers.put(READERS, clock.now() - 7 * DAY)
        yield World(app, clock)


def listed(first, last):
    return {
        f"arxiv:{entry['paper']['id']}"
        for day in WORKDAYS
        if first <= day <= last
        for entry in (paper(day, 1), paper(day, 2))
    }


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(pauses=st.lists(st.integers(1, 120), min_size=6, max_size=18))
def test_no_paper_twice_none_lost_and_one_mail_a_run(tmp_path_factory, hub, pauses):
    with world(tmp_path_factory.mktemp("home"), hub) as here:
        now = datetime.combine(MONDAY, HALF_SEVEN, UTC)
        end = now + 19 * DAY
        for pause in pauses:
            if now + pause * HOUR < end:
                now += pause * HOUR
                mailed = here.run(now)
                assert len(mailed) == len(set(mailed)), "two mails to one reader in one run"
        here.run(end)  # a Saturday morning, and the Monday after it
        here.run(end + 2 * DAY + HOUR)
        for reader in READERS:
            papers = here.papers(reader.address)
            assert len(papers) == len(set(papers)), reader.address
            wanted = listed(date(2026, 8, 10), date(2026, 8, 20))
            assert set(papers) >= wanted, (reader.address, wanted - set(papers))


def test_a_week_of_downtime_ends_in_one_digest_of_the_whole_week(tmp_path, hub):
    with world(tmp_path / "home", hub) as here:
        wednesday = datetime(2026, 8, 5, 9, tzinfo=UTC)
        assert "at-once@x.example" in here.run(wednesday)
        mailed = here.run(wednesday + 7 * DAY)  # another Wednesday; Monday has passed, too
        assert sorted(mailed) == [reader.address for reader in READERS]
        week = listed(date(2026, 8, 5), date(2026, 8, 11))
        assert set(here.papers("at-once@x.example")[2:]) == week
        friday = listed(date(2026, 8, 4), date(2026, 8, 7))  # the first day that we asked for
        assert set(here.papers("weekly@x.example")) >= friday
        assert here.run(wednesday + 7 * DAY + HOUR) == []


def test_an_evening_after_downtime_waits_for_the_morning_unless_the_last_one_was_missed(
    tmp_path, hub
):
    late = datetime(2026, 8, 6, 3, tzinfo=UTC)  # 05:00 in Berlin, two and a half hours to go
    with world(tmp_path / "missed", hub) as here:
        here.run(datetime(2026, 8, 3, 8, tzinfo=UTC))
        assert "berlin@x.example" in here.run(late)
    with world(tmp_path / "had", hub) as here:
        here.run(datetime(2026, 8, 4, 8, tzinfo=UTC))
        assert "berlin@x.example" not in here.run(late)
        assert "berlin@x.example" in here.run(late + 3 * HOUR)
        both = listed(date(2026, 8, 4), date(2026, 8, 5))
        assert set(here.papers("berlin@x.example")[-4:]) == both
    with world(tmp_path / "named", hub) as here:
        here.run(datetime(2026, 8, 4, 8, tzinfo=UTC))
        here.clock.instant = late
        here.app.nightly(here.app.run(date(2026, 8, 4)))
        assert ("berlin@x.example", date(2026, 8, 4)) in here.accepted()


def test_what_was_put_off_is_folded_into_the_next_edition_and_never_comes_twice(tmp_path, hub):
    with ScriptedServer() as relay:
        smtp = SmtpSettings(host=relay.host, port=relay.port, security=Security.NONE, sessions=1)
        outbox = Outbox(OutboxKind.SMTP)
        with world(tmp_path / "home", hub, outbox=outbox, smtp=smtp) as here:
            relay.on_rcpt("berlin@x.example", "450 4.2.1 busy", times=1)
            here.run(datetime(2026, 8, 4, 20, tzinfo=UTC))
            rows = {
                d.day: d.state for d in here.app.ledger.deliveries(None) if "berlin" in d.address
            }
            assert rows == {date(2026, 8, 3): DeliveryState.DEFERRED}
            mailed = here.run(datetime(2026, 8, 5, 6, tzinfo=UTC))
            assert mailed.count("berlin@x.example") == 1
            rows = {
                d.day: d.state for d in here.app.ledger.deliveries(None) if "berlin" in d.address
            }
            assert rows[date(2026, 8, 3)] is DeliveryState.EXPIRED
            assert rows[date(2026, 8, 4)] is DeliveryState.ACCEPTED
            assert set(here.papers("berlin@x.example")) >= listed(
                date(2026, 8, 4), date(2026, 8, 4)
            )
        assert len(relay.accepted["berlin@x.example"]) == 1
