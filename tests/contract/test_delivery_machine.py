"""Ledger, journals, kills and power losses in any order, against a model that knows the truth.

The model plays the server, too: it knows which final dots were written, and holds the program to
the promise: nobody gets two unless a resending was asked for, whoever may have got one is not taken
for one who did not, and after a kill all but the mails between dot and answer go on at once.
"""

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contract_stores import emptied
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from digest.model import Claim, DeliveryState, Outcome, Subscriber
from digest.store.journal import Journal, Journals, replay
from digest.store.ledger import LedgerStore
from digest.store.process import boot_id
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
READERS = [f"r{n}@reader.example" for n in range(4)]
S = DeliveryState
ANSWERS = [S.ACCEPTED, S.DEFERRED, S.REJECTED]


def in_memory():
    database = SqliteDatabase(":memory:")
    database.migrate()
    return database


@dataclass
class Attempt:
    """A claim that this process holds: how far it has come."""

    claim: Claim
    journal: Journal
    dotted: bool = False
    outcome: Outcome | None = None


class DeliveryMachine(RuleBasedStateMachine):
    store = staticmethod(in_memory)

    def __init__(self):
        super().__init__()
        self.home = tempfile.TemporaryDirectory()
        self.directory = Path(self.home.name) / "journal"
        self.database = self.store()
        SubscriberStore(self.database).put([Subscriber(a) for a in READERS], NOW)
        self.now = NOW
        self.begin_process()
        self.attempts: dict[str, Attempt] = {}
        self.files: Counter[Journal] = Counter()
        self.lost: set[str] = set()
        """Of these, whom another machine believes lost."""
        self.dots: Counter[str] = Counter()
        """Final dots that reached the server."""
        self.refused: Counter[str] = Counter()
        """Of these, which it is known not to have taken."""

    @initialize(resend=st.booleans())
    def policy(self, resend):
        self.resend = resend
        self.begin_process()

    def begin_process(self):
        self.ledger = LedgerStore(self.database, resend=getattr(self, "resend", False))
        self.journals = Journals(self.directory)

    @rule(seconds=st.integers(-4000, 4000))
    def time_goes_by_or_the_clock_steps_back(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(addresses=st.lists(st.sampled_from(READERS), unique=True, min_size=1))
    def record_what_ended_and_claim_more(self, addresses):
        ended = [a for a in self.attempts.values() if a.outcome]
        journal = self.journals.begin()
        with self.ledger.one_commit():
            self.ledger.record([(a.claim, a.outcome) for a in ended], self.now)
            claims = self.ledger.claim(addresses, DAY, self.now, journal.number)
        for attempt in ended:
            del self.attempts[attempt.claim.address]
            self.lost.discard(attempt.claim.address)
            self.release(attempt.journal)
        for claim in claims:
            assert claim.address not in self.attempts
            self.attempts[claim.address] = Attempt(claim, journal)
            self.files[journal] += 1
        if not claims:
            journal.remove()

    def release(self, journal):
        self.files[journal] -= 1
        if not self.files[journal]:
            del self.files[journal]
            journal.remove()

    @precondition(lambda self: any(not a.dotted and not a.outcome for a in self.attempts.values()))
    @rule(data=st.data(), reaches=st.booleans())
    def a_final_dot(self, data, reaches):
        open_ = [a for a in self.attempts.values() if not a.dotted and not a.outcome]
        attempt = data.draw(st.sampled_from(open_))
        attempt.journal.dot(attempt.claim)
        attempt.dotted = True
        if reaches:
            self.dots[attempt.claim.address] += 1

    @precondition(lambda self: any(not a.outcome for a in self.attempts.values()))
    @rule(data=st.data(), answer=st.sampled_from(ANSWERS), seconds=st.integers(0, 4000))
    def an_answer(self, data, answer, seconds):
        open_ = [a for a in self.attempts.values() if not a.outcome]
        attempt = data.draw(st.sampled_from(open_))
        address = attempt.claim.address
        if answer is S.ACCEPTED and not attempt.dotted:
            answer = S.DEFERRED
        attempt.outcome = Outcome(address, DAY, answer, "its words", seconds)
        attempt.journal.ended(attempt.claim, attempt.outcome)
        if attempt.dotted and answer is not S.ACCEPTED:
            self.refused[address] += 1

    @precondition(lambda self: not self.resend)
    @rule()
    def another_machine_gives_this_one_up(self):
        """And this one goes on, and comes to know of it by nothing."""
        for journal in self.files:
            self.ledger.lose(journal.number, journal.number, self.now)
        self.lost = set(self.attempts)

    @rule()
    def kill(self):
        doubtful = {a.claim.address for a in self.attempts.values() if a.dotted and not a.outcome}
        before = self.in_doubt() - self.lost
        self.die()
        self.ledger.take_over(self.journals.left(), self.now)
        self.journals.clear()
        again = before | {a for a, doubts in self.doubts().items() if doubts}
        assert self.in_doubt() <= doubtful | again
        assert not self.claimed()

    @rule(kept=st.integers(0, 400))
    def power_loss(self, kept):
        """Of each file some beginning is left, or nothing."""
        self.die()
        files = [path.read_bytes()[:kept] for path in sorted(self.directory.glob("*"))]
        self.ledger.take_over([replay(f, b"the boot after it") for f in files if f], self.now)
        self.journals.clear()
        assert not self.claimed()

    def die(self):
        for journal in self.files:
            journal.leave()
        self.files.clear()
        self.attempts.clear()
        self.lost.clear()
        self.begin_process()

    def in_doubt(self):
        return {d.address for d in self.ledger.deliveries(DAY, S.IN_DOUBT)}

    def claimed(self):
        return {d.address for d in self.ledger.deliveries(DAY, S.CLAIMED)}

    def doubts(self):
        sql = "SELECT r.address, d.doubts FROM deliveries AS d JOIN readers AS r ON r.id = d.reader"
        return dict(self.database.all(sql))

    @invariant()
    def nobody_gets_two(self):
        for address in READERS:
            taken = self.dots[address] - self.refused[address]
            assert taken <= (2 if self.resend else 1), address

    @invariant()
    def what_is_claimed_is_under_way_or_explained(self):
        assert self.claimed() == self.attempts.keys() - self.lost
        assert self.lost <= self.in_doubt()

    @invariant()
    def whoever_may_have_it_is_not_taken_for_one_who_has_not(self):
        for delivery in self.ledger.deliveries(DAY):
            address = delivery.address
            perhaps = self.dots[address] > self.refused[address]
            if address in self.attempts or not perhaps:
                continue
            assert delivery.state in {S.ACCEPTED, S.IN_DOUBT} or self.resend, delivery

    def teardown(self):
        for journal in self.files:
            journal.leave()
        self.home.cleanup()


assert boot_id() != b"the boot after it"
HARD = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestDeliveryMachine = DeliveryMachine.TestCase
TestDeliveryMachine.settings = HARD


def test_the_same_on_postgresql(kept):
    class Machine(DeliveryMachine):
        store = staticmethod(lambda: emptied(kept))

    run_state_machine_as_test(Machine, settings=settings(HARD, max_examples=30))
