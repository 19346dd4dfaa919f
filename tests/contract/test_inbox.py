"""Suppressions, the health of addresses, and the inbox, over both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Subscriber
from digest.model.health import Health
from digest.model.suppression import Suppression
from digest.store.inbox import InboxStore
from digest.store.subscribers import SubscriberStore
from digest.store.suppressions import SuppressionStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 21)
ANN, BOB = "ann@x.example", "bob@x.example"


@pytest.fixture
def suppressions(database):
    return SuppressionStore(database)


@pytest.fixture
def inbox(database):
    return InboxStore(database)


@pytest.fixture
def readers(database):
    store = SubscriberStore(database)
    store.put([Subscriber(ANN), Subscriber(BOB)], NOW)
    return store


def test_the_first_suppression_of_an_address_stays(suppressions):
    suppressions.put([Suppression(BOB, "operator", NOW), Suppression(ANN, "bounce: 5.1.1", NOW)])
    suppressions.put([Suppression(ANN, "operator", NOW + timedelta(days=1))])
    assert list(suppressions.all()) == [
        Suppression(ANN, "bounce: 5.1.1", NOW),
        Suppression(BOB, "operator", NOW),
    ]
    assert suppressions.barred([ANN, "eve@x.example"]) == {ANN}
    assert suppressions.remove(ANN)
    assert not suppressions.remove(ANN)


def test_more_suppressions_than_fit_a_page_are_all_told(suppressions):
    many = [Suppression(f"{number:05}@x.example", "operator", NOW) for number in range(2_001)]
    suppressions.put(many)
    assert list(suppressions.all()) == many


def test_who_is_suppressed_is_not_among_the_active(suppressions, readers):
    suppressions.put([Suppression(ANN, "operator", NOW)])
    assert [reader.address for reader in readers.active()] == [BOB]
    assert [reader.address for reader in readers.all()] == [ANN, BOB]


def test_one_bounce_counts_a_day(suppressions, readers):
    number = readers.intern(ANN)
    first = Health(5.0, NOW, DAY, DAY - timedelta(days=1))
    assert suppressions.health(number) == Health()
    assert suppressions.fare(number, first)
    assert not suppressions.fare(number, Health(9.0, NOW, DAY, None))
    assert suppressions.health(number) == first
    assert suppressions.fare(number, Health(6.0, NOW, DAY + timedelta(days=1), None))
    suppressions.heal(ANN)
    assert suppressions.health(number) == Health()


def test_a_mail_is_taken_in_once(inbox):
    assert inbox.take_in("name", NOW)
    assert not inbox.take_in("name", NOW)
    inbox.forget(NOW + timedelta(days=61))
    assert inbox.take_in("name", NOW)


def test_what_was_asked_for_is_done_once(inbox, readers):
    number = readers.intern(ANN)
    item = inbox.ask(number, DAY, ["pause 2 weeks", "add RL"])
    assert inbox.ask(number, DAY, ["weekly"]) == item + 1
    assert inbox.asked(number, DAY, item) == (["pause 2 weeks", "add RL"], False)
    assert inbox.do(number, DAY, item, NOW)
    assert not inbox.do(number, DAY, item, NOW)
    assert inbox.asked(number, DAY, item) == (["pause 2 weeks", "add RL"], True)
    assert inbox.asked(number, DAY, 77) is None


def test_answers_wait_until_they_are_handed_over(inbox):
    inbox.answer(ANN, {"to": ANN}, NOW)
    inbox.answer(BOB, {"to": BOB}, NOW)
    (first, said), _ = inbox.waiting(NOW, 10)
    assert said == {"to": ANN}
    inbox.handed([first], NOW)
    assert [said for _, said in inbox.waiting(NOW, 10)] == [{"to": BOB}]
    inbox.handed([first], None)
    assert len(inbox.waiting(NOW, 10)) == 2
    assert inbox.waiting(NOW + timedelta(days=2), 10) == []


def test_nothing_of_an_erased_reader_stays(inbox, suppressions, readers):
    number = readers.intern(ANN)
    suppressions.put([Suppression(ANN, "bounce: x", NOW)])
    suppressions.fare(number, Health(5.0, NOW, DAY, DAY))
    inbox.ask(number, DAY, ["weekly"])
    inbox.answer(ANN, {"to": ANN}, NOW)
    readers.erase(ANN, "0" * 64, NOW, keep=True)
    assert list(suppressions.all()) == []
    assert suppressions.health(number) == Health()
    assert inbox.asked(number, DAY, 1) is None
    assert inbox.waiting(NOW, 10) == []
