"""What is kept of providers and relays from run to run."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Standing
from digest.store.pace import PaceStore

NOON = datetime(2026, 9, 25, 12, tzinfo=UTC)
GOOGLE = Standing("google", NOON, 600, 1, "421 4.7.28 unusual rate")
YAHOO = Standing("yahoo", NOON, 900, 3, "451 [TS03]", alert=True)


@pytest.fixture
def store(database):
    return PaceStore(database)


def test_standings_are_kept_as_they_were(store):
    store.stand([YAHOO, GOOGLE], NOON)
    assert store.standings(NOON) == [GOOGLE, YAHOO]


def test_a_later_word_replaces_an_earlier_one_and_never_the_other_way(store):
    later = Standing("google", NOON + timedelta(minutes=5), 600, 1, "again")
    store.stand([later], NOON)
    store.stand([GOOGLE], NOON)
    assert store.standings(NOON) == [later]


def test_who_is_in_favour_again_is_forgotten_and_so_is_yesterday(store):
    store.stand([GOOGLE, YAHOO], NOON)
    store.stand([Standing("google", NOON, 600, 0, "")], NOON)
    assert store.standings(NOON) == [YAHOO]
    assert store.standings(NOON + timedelta(days=1)) == []


def test_sendings_add_up_by_way_and_day(store):
    day = date(2026, 9, 25)
    for mails in (3, 4):
        store.sent("news.example a:25", day, mails)
    store.sent("news.example a:25", day + timedelta(days=1), 1)
    store.sent("news.example b:25", day, 9)
    assert store.sendings("news.example a:25") == {day: 7, day + timedelta(days=1): 1}
    assert store.sendings("other") == {}
