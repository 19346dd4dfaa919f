"""The ledger lets one through, whatever the order of events."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from digest.model import SETTLED, TRANSITIONS, DeliveryState, Outcome, Subscriber
from digest.store.ledger import LEASE, LedgerStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
ANN, BOB, EVE = "ann@reader.example", "bob@reader.example", "eve@reader.example"


@pytest.fixture
def ledger(database):
    SubscriberStore(database).put([Subscriber(a) for a in (ANN, BOB)], NOW)
    return LedgerStore(database)


def states(ledger):
    return {d.address: d.state for d in ledger.deliveries(DAY)}


def test_a_free_edition_is_won_once(ledger):
    assert ledger.claim([BOB, ANN], DAY, NOW) == [ANN, BOB]
    assert ledger.claim([ANN, BOB], DAY, NOW) == []


def test_whoever_is_unknown_wins_nothing(ledger):
    assert ledger.claim([EVE], DAY, NOW) == []


def test_each_day_is_its_own_edition(ledger):
    ledger.claim([ANN], DAY, NOW)
    assert ledger.claim([ANN], DAY + timedelta(days=1), NOW) == [ANN]


@pytest.mark.parametrize(
    "state", [DeliveryState.ACCEPTED, DeliveryState.REJECTED, DeliveryState.IN_DOUBT]
)
def test_what_is_settled_is_never_won_again(ledger, state):
    ledger.claim([ANN], DAY, NOW)
    ledger.sending(ANN, DAY, NOW)
    ledger.record([Outcome(ANN, DAY, state, "250 2.0.0 fine")], NOW)
    assert ledger.claim([ANN], DAY, NOW + timedelta(days=30)) == []
    assert states(ledger) == {ANN: state}


def test_deferred_is_due_again_when_its_time_has_come(ledger):
    ledger.claim([ANN], DAY, NOW)
    ledger.record([Outcome(ANN, DAY, DeliveryState.DEFERRED, "451 4.2.1 busy", 600)], NOW)
    assert ledger.next_due(DAY) == NOW + timedelta(seconds=600)
    assert ledger.claim([ANN], DAY, NOW + timedelta(seconds=599)) == []
    assert ledger.open([ANN, BOB], DAY, NOW + timedelta(seconds=599)) == [BOB]
    assert ledger.claim([ANN], DAY, NOW + timedelta(seconds=600)) == [ANN]
    [delivery] = ledger.deliveries(DAY)
    assert delivery.attempts == 2


def test_retry_after_is_applied_when_asked_not_stored(database, ledger):
    ledger.claim([ANN], DAY, NOW)
    ledger.record([Outcome(ANN, DAY, DeliveryState.DEFERRED, "451 busy", 600)], NOW)
    assert LedgerStore(database, retry_after=0).claim([ANN], DAY, NOW) == [ANN]


def test_the_servers_words_are_kept_unless_accepted(ledger):
    ledger.claim([ANN, BOB], DAY, NOW)
    words = "550 5.1.1 nobody here; drop table --'\N{SNOWMAN}"
    ledger.record(
        [
            Outcome(ANN, DAY, DeliveryState.REJECTED, words),
            Outcome(BOB, DAY, DeliveryState.DEFERRED, "451 4.2.1 busy", 0),
        ],
        NOW,
    )
    assert {d.address: d.reply for d in ledger.deliveries(DAY)} == {
        ANN: words,
        BOB: "451 4.2.1 busy",
    }
    ledger.claim([BOB], DAY, NOW)
    ledger.record([Outcome(BOB, DAY, DeliveryState.ACCEPTED, "250 ok")], NOW)
    [accepted] = ledger.deliveries(DAY, DeliveryState.ACCEPTED)
    assert accepted.reply == ""


def test_a_live_claim_holds_until_its_lease_ends(ledger):
    ledger.claim([ANN], DAY, NOW)
    assert ledger.claim([ANN], DAY, NOW + LEASE - timedelta(seconds=1)) == []
    assert ledger.claim([ANN], DAY, NOW + LEASE) == [ANN]


def test_what_a_dead_process_left_is_taken_over_at_once(ledger):
    ledger.claim([ANN, BOB], DAY, NOW)
    ledger.sending(BOB, DAY, NOW)
    assert ledger.take_over(NOW) == 2
    assert states(ledger) == {ANN: DeliveryState.CLAIMED, BOB: DeliveryState.IN_DOUBT}
    assert ledger.claim([ANN, BOB], DAY, NOW) == [ANN]


def test_expiry_counts_from_the_first_attempt(ledger):
    ledger.claim([ANN], DAY, NOW)
    ledger.record([Outcome(ANN, DAY, DeliveryState.DEFERRED, "451 busy", 0)], NOW)
    later = NOW + timedelta(hours=23)
    ledger.claim([ANN], DAY, later)
    ledger.record([Outcome(ANN, DAY, DeliveryState.DEFERRED, "451 busy", 0)], later)
    assert ledger.expire(DAY, NOW - timedelta(seconds=1), later) == 0
    assert ledger.expire(DAY, NOW, later) == 1
    assert states(ledger) == {ANN: DeliveryState.EXPIRED}


def test_rows_are_paged_by_day_and_address(database):
    readers = [f"r{n:04}@reader.example" for n in range(1203)]
    SubscriberStore(database).put([Subscriber(a) for a in readers], NOW)
    ledger = LedgerStore(database)
    ledger.claim(readers, DAY, NOW)
    ledger.claim(readers[:3], DAY + timedelta(days=1), NOW)
    assert [d.address for d in ledger.deliveries()] == readers + readers[:3]
    assert ledger.count(DAY) == {DeliveryState.CLAIMED: 1203}


def test_a_settled_state_has_no_way_back_to_a_claim_except_a_doubt_released():
    for state in SETTLED - {DeliveryState.IN_DOUBT, DeliveryState.SENDING}:
        assert DeliveryState.CLAIMED not in TRANSITIONS[state]


class LedgerMachine(RuleBasedStateMachine):
    """Any order of claims, marks, outcomes, crashes and waiting against a model of one row."""

    def __init__(self):
        super().__init__()
        self.database = SqliteDatabase(":memory:")
        self.database.migrate()
        SubscriberStore(self.database).put([Subscriber(ANN)], NOW)
        self.ledger = LedgerStore(self.database)
        self.now, self.state, self.due = NOW, DeliveryState.PLANNED, NOW

    @rule(seconds=st.integers(0, 4000))
    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule()
    def claim(self):
        free = self.state is DeliveryState.PLANNED
        again = (
            self.state in {DeliveryState.DEFERRED, DeliveryState.CLAIMED} and self.due <= self.now
        )
        assert self.ledger.claim([ANN], DAY, self.now) == ([ANN] if free or again else [])
        if free or again:
            self.state, self.due = DeliveryState.CLAIMED, self.now + LEASE

    @rule()
    def mark(self):
        self.ledger.sending(ANN, DAY, self.now)
        if self.state is DeliveryState.CLAIMED:
            self.state = DeliveryState.SENDING

    @rule(
        state=st.sampled_from(
            [DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.REJECTED]
        ),
        seconds=st.integers(0, 4000),
    )
    def record(self, state, seconds):
        self.ledger.record([Outcome(ANN, DAY, state, "reply", seconds)], self.now)
        if self.state in {DeliveryState.CLAIMED, DeliveryState.SENDING}:
            self.state, self.due = state, self.now + timedelta(seconds=seconds)

    @rule()
    def crash(self):
        self.ledger.take_over(self.now)
        if self.state is DeliveryState.SENDING:
            self.state = DeliveryState.IN_DOUBT
        elif self.state is DeliveryState.CLAIMED:
            self.due = min(self.due, self.now)

    @invariant()
    def the_row_is_as_the_model_says(self):
        rows = [d.state for d in self.ledger.deliveries(DAY)]
        assert rows == ([] if self.state is DeliveryState.PLANNED else [self.state])

    def teardown(self):
        self.database.close()


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
