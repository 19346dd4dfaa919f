"""The ledger lets one through, whatever the order of events."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.errors import StoreError
from digest.model import SEEN, SETTLED, TRANSITIONS, DeliveryState, Outcome, Part, Subscriber
from digest.store.journal import Left, Mark
from digest.store.ledger import FORGOTTEN, KILLED, RESEND_AFTER, LedgerStore
from digest.store.process import Process
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
ANN, BOB, EVE = "ann@reader.example", "bob@reader.example", "eve@reader.example"
S = DeliveryState
JOURNAL = 7001


@pytest.fixture
def ledger(database):
    SubscriberStore(database).put([Subscriber(a) for a in (ANN, BOB)], NOW)
    return LedgerStore(database)


def states(ledger):
    return {d.address: d.state for d in ledger.deliveries(DAY)}


def claim(ledger, *addresses, now=NOW, journal=JOURNAL, day=DAY):
    return ledger.claim(list(addresses), day, now, journal)


def won(claims):
    return [claim.address for claim in claims]


def record(ledger, claims, state, reply="", retry_after=0, now=NOW):
    ended = [(c, Outcome(c.address, c.day, state, reply, retry_after)) for c in claims]
    ledger.record(ended, now)


def left(*marks, whole=True, number=JOURNAL):
    found = tuple(Mark(c.day.toordinal(), c.reader, state) for c, state in marks)
    return Left(number, Process(b"", 0, 0), found, whole)


def test_a_free_edition_is_won_once(ledger):
    assert won(claim(ledger, BOB, ANN)) == [ANN, BOB]
    assert claim(ledger, ANN, BOB) == []
    assert claim(ledger, ANN, BOB, journal=7002, now=NOW + timedelta(days=30)) == []


def test_a_claim_knows_reader_and_journal(ledger, database):
    [bob] = claim(ledger, BOB)
    assert bob.reader == SubscriberStore(database).numbers([BOB])[BOB]
    assert (bob.day, bob.journal) == (DAY, JOURNAL)


def test_whoever_is_unknown_wins_nothing(ledger):
    assert claim(ledger, EVE) == []


def test_each_day_is_its_own_edition(ledger):
    claim(ledger, ANN)
    assert won(claim(ledger, ANN, day=DAY + timedelta(days=1))) == [ANN]


@pytest.mark.parametrize("state", sorted(SETTLED - {S.BOUNCED, S.EXPIRED}))
def test_what_is_settled_is_never_won_again(ledger, state):
    record(ledger, claim(ledger, ANN), state, "250 2.0.0 fine")
    assert claim(ledger, ANN, now=NOW + timedelta(days=30)) == []
    assert states(ledger) == {ANN: state}


def test_what_ended_and_what_comes_next_is_one_commit(ledger, database):
    first = claim(ledger, ANN)

    def fail_half_way():
        with ledger.one_commit():
            record(ledger, first, S.ACCEPTED)
            claim(ledger, BOB)
            database.execute("SELECT nonsense")

    with pytest.raises(StoreError):
        fail_half_way()
    assert states(ledger) == {ANN: S.CLAIMED}
    with ledger.one_commit():
        record(ledger, first, S.ACCEPTED)
        claim(ledger, BOB)
    assert states(ledger) == {ANN: S.ACCEPTED, BOB: S.CLAIMED}


def test_an_outcome_counts_for_the_attempt_it_is_of(ledger):
    first = claim(ledger, ANN)
    record(ledger, first, S.DEFERRED, "451 busy")
    second = claim(ledger, ANN, journal=7002)
    record(ledger, first, S.REJECTED, "550 late")
    record(ledger, first, S.ACCEPTED)
    assert states(ledger) == {ANN: S.CLAIMED}
    assert [d.reply for d in ledger.deliveries()] == ["451 busy"]
    record(ledger, second, S.ACCEPTED)
    assert states(ledger) == {ANN: S.ACCEPTED}


def test_deferred_is_due_again_when_its_time_has_come(ledger):
    record(ledger, claim(ledger, ANN), S.DEFERRED, "451 4.2.1 busy", 600)
    assert ledger.next_due(DAY) == NOW + timedelta(seconds=600)
    assert ledger.waiting_days() == [DAY]
    early = NOW + timedelta(seconds=599)
    assert claim(ledger, ANN, now=early) == []
    assert ledger.open([ANN, BOB], DAY, early) == [BOB]
    assert won(claim(ledger, ANN, now=NOW + timedelta(seconds=600))) == [ANN]
    [delivery] = ledger.deliveries(DAY)
    assert delivery.attempts == 2
    assert ledger.waiting_days() == []


def test_a_clock_that_steps_back_makes_nothing_due(ledger):
    record(ledger, claim(ledger, ANN), S.DEFERRED, "451 busy", 600)
    record(ledger, claim(ledger, BOB), S.ACCEPTED)
    for hours in (1, 24, 9_999):
        assert claim(ledger, ANN, BOB, now=NOW - timedelta(hours=hours)) == []
    assert ledger.expire(DAY, NOW - timedelta(days=2), NOW - timedelta(days=1)) == 0


def test_retry_after_is_applied_when_asked_not_stored(database, ledger):
    record(ledger, claim(ledger, ANN), S.DEFERRED, "451 busy", 600)
    assert won(claim(LedgerStore(database, retry_after=0), ANN)) == [ANN]


def test_the_servers_words_are_kept_unless_accepted(ledger):
    ann, bob = claim(ledger, ANN, BOB)
    words = "550 5.1.1 nobody here; drop table --'\N{SNOWMAN}"
    record(ledger, [ann], S.REJECTED, words)
    record(ledger, [bob], S.DEFERRED, "451 4.2.1 busy")
    assert {d.address: d.reply for d in ledger.deliveries(DAY)} == {
        ANN: words,
        BOB: "451 4.2.1 busy",
    }
    record(ledger, claim(ledger, BOB), S.ACCEPTED, "250 ok")
    [accepted] = ledger.deliveries(DAY, S.ACCEPTED)
    assert accepted.reply == ""


def test_what_a_dead_process_left_is_taken_over_by_its_marks(ledger, database):
    readers = [f"r{n}@reader.example" for n in range(5)]
    SubscriberStore(database).put([Subscriber(a) for a in readers], NOW)
    claims = claim(ledger, *readers)
    told = [S.SENDING, S.ACCEPTED, S.REJECTED, S.DEFERRED]
    ledger.take_over([left(*zip(claims, told, strict=False))], NOW)
    want = [S.IN_DOUBT, S.ACCEPTED, S.REJECTED, S.DEFERRED, S.DEFERRED]
    assert states(ledger) == dict(zip(readers, want, strict=True))
    assert [d.reply for d in ledger.deliveries(DAY)][:3] == [KILLED, "", FORGOTTEN]
    assert won(claim(ledger, *readers)) == readers[3:]


def test_taking_over_twice_changes_nothing(ledger):
    ann, bob = claim(ledger, ANN, BOB)
    dead = left((ann, S.SENDING))
    ledger.take_over([dead], NOW)
    before = list(ledger.deliveries())
    ledger.take_over([dead], NOW + timedelta(hours=1))
    assert list(ledger.deliveries()) == before
    record(ledger, claim(ledger, BOB, journal=7002), S.ACCEPTED)
    ledger.take_over([left((bob, S.DEFERRED))], NOW)
    assert states(ledger) == {ANN: S.IN_DOUBT, BOB: S.ACCEPTED}


@pytest.mark.parametrize("journals", [[], [left(whole=False)], [left(number=7002)]])
def test_a_claim_that_nothing_explains_is_in_doubt(ledger, journals):
    """A power loss, or a journal that somebody removed."""
    claim(ledger, ANN)
    assert ledger.take_over(journals, NOW) == 1
    assert states(ledger) == {ANN: S.IN_DOUBT}


def test_after_a_power_loss_what_is_told_counts(ledger):
    ann, _ = claim(ledger, ANN, BOB)
    ledger.take_over([left((ann, S.ACCEPTED), whole=False)], NOW)
    assert states(ledger) == {ANN: S.ACCEPTED, BOB: S.IN_DOUBT}


def test_a_mark_that_a_restored_store_knows_nothing_of_is_believed(ledger, database):
    ann, bob = claim(ledger, ANN, BOB)
    database.execute("DELETE FROM deliveries")
    ledger.take_over([left((ann, S.ACCEPTED), (bob, S.SENDING))], NOW)
    assert states(ledger) == {ANN: S.ACCEPTED, BOB: S.IN_DOUBT}


def test_a_doubt_is_held_unless_it_is_to_be_resent_and_then_once(ledger, database):
    resending = LedgerStore(database, resend=True)
    record(ledger, claim(ledger, ANN), S.IN_DOUBT, "lost")
    later = NOW + RESEND_AFTER
    assert claim(ledger, ANN, now=later) == []
    assert ledger.waiting_days() == []
    assert resending.waiting_days() == [DAY]
    assert claim(resending, ANN, now=later - timedelta(seconds=1)) == []
    second = claim(resending, ANN, now=later)
    assert won(second) == [ANN]
    record(resending, second, S.IN_DOUBT, "lost again", now=later)
    assert claim(resending, ANN, now=later + timedelta(days=1)) == []
    assert resending.waiting_days() == []


def test_a_resending_that_was_killed_before_its_dot_leaves_the_doubt_that_was(ledger, database):
    resending = LedgerStore(database, resend=True)
    record(ledger, claim(ledger, ANN), S.IN_DOUBT, "lost")
    claim(resending, ANN, now=NOW + RESEND_AFTER, journal=7002)
    resending.take_over([left(number=7002)], NOW + RESEND_AFTER)
    assert states(ledger) == {ANN: S.IN_DOUBT}
    assert won(claim(resending, ANN, now=NOW + RESEND_AFTER)) == [ANN]


def test_a_resending_that_expires_leaves_a_doubt_and_no_third(ledger, database):
    resending = LedgerStore(database, resend=True)
    record(ledger, claim(ledger, ANN), S.IN_DOUBT, "lost")
    later = NOW + RESEND_AFTER
    record(resending, claim(resending, ANN, now=later), S.DEFERRED, "451 busy", now=later)
    assert resending.expire(DAY, later, later) == 1
    assert states(ledger) == {ANN: S.IN_DOUBT}
    assert claim(resending, ANN, now=later + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("word", "again"), [(S.ACCEPTED, False), (S.EXPIRED, False), (S.DEFERRED, True)]
)
def test_a_person_settles_a_doubt(ledger, word, again):
    record(ledger, claim(ledger, ANN), S.IN_DOUBT, "lost")
    assert ledger.decide(ANN, DAY, word, NOW)
    assert states(ledger) == {ANN: word}
    assert (won(claim(ledger, ANN)) == [ANN]) is again
    assert not ledger.decide(BOB, DAY, word, NOW)


def test_what_was_settled_as_lost_may_be_sent_again(ledger):
    record(ledger, claim(ledger, ANN), S.IN_DOUBT, "lost")
    ledger.decide(ANN, DAY, S.EXPIRED, NOW)
    assert ledger.decide(ANN, DAY, S.DEFERRED, NOW)
    assert won(claim(ledger, ANN)) == [ANN]


@pytest.mark.parametrize("state", [S.ACCEPTED, S.REJECTED, S.SKIPPED])
@pytest.mark.parametrize("word", [S.ACCEPTED, S.EXPIRED, S.DEFERRED])
def test_what_is_known_is_not_decided(ledger, state, word):
    record(ledger, claim(ledger, ANN), state)
    assert not ledger.decide(ANN, DAY, word, NOW)
    assert states(ledger) == {ANN: state}


def test_expiry_counts_from_the_first_attempt(ledger):
    record(ledger, claim(ledger, ANN), S.DEFERRED, "451 busy")
    later = NOW + timedelta(hours=23)
    record(ledger, claim(ledger, ANN, now=later), S.DEFERRED, "451 busy", now=later)
    assert ledger.expire(DAY, NOW - timedelta(seconds=1), later) == 0
    assert ledger.expire(DAY, NOW, later) == 1
    assert states(ledger) == {ANN: S.EXPIRED}


def test_rows_are_paged_by_day_and_address(database):
    readers = [f"r{n:04}@reader.example" for n in range(1203)]
    SubscriberStore(database).put([Subscriber(a) for a in readers], NOW)
    ledger = LedgerStore(database)
    claim(ledger, *readers)
    claim(ledger, *readers[:3], day=DAY + timedelta(days=1))
    assert [d.address for d in ledger.deliveries()] == readers + readers[:3]
    assert ledger.count(DAY) == {S.CLAIMED: 1203}


def test_parts_share_out_all_readers_and_stay_the_same(database):
    readers = [f"r{n:04}@reader.example" for n in range(300)]
    store = SubscriberStore(database)
    store.put([Subscriber(a) for a in readers], NOW)
    parts = [[r.address for r in store.active(Part(n, 3))] for n in range(3)]
    assert sorted(address for part in parts for address in part) == readers
    assert all(80 < len(part) < 120 for part in parts)
    store.put([Subscriber("a0@reader.example")], NOW)
    for number, part in enumerate(parts):
        now = [r.address for r in store.active(Part(number, 3))]
        assert [address for address in now if address in readers] == part


def test_a_settled_state_has_no_way_back_except_by_a_person_s_word():
    for state in SETTLED - {S.IN_DOUBT}:
        assert S.CLAIMED not in TRANSITIONS[state]
    assert {s for s in SEEN if S.DEFERRED in TRANSITIONS[s]} == {S.IN_DOUBT}
