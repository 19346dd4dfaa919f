"""Readers are kept as they asked; choices are recorded once and remembered as seen."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from decided import decided

from digest.model import (
    Choice,
    Collection,
    DeliveryState,
    Outcome,
    Paper,
    Quiet,
    Reason,
    ReasonKind,
    Rhythm,
    Selection,
    Subscriber,
    SubscriberState,
    Topic,
    Verdict,
)
from digest.rank.telling import told
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.selections import SelectionStore
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
ANN = Subscriber(
    address="ann@reader.example",
    name="Ann “Annie” O’Neil",
    topics=(
        Topic.parse("diffusion models"),
        Topic.parse("cat:cs.LG"),
        Topic.parse('"world model"'),
    ),
    mute=("survey",),
    authors=("Ada Lovelace",),
    liked=("arxiv:2406.01234",),
    papers=7,
    timezone="Pacific/Kiritimati",
    send_at=time(7, 30),
    rhythm=Rhythm.WEEKDAYS,
    locale="fr",
    quiet=Quiet.NOTE,
    fill=False,
    again=True,
)
PAPER = Paper("arxiv:2608.00001", "RL for everything", upvotes=9, observed=NOW)
CHOICE = Choice(
    paper=PAPER.id,
    score=0.6 * (1 + 0.8 * 0.8) / 1.8,
    relevance=0.6,
    trending=0.8,
    reasons=(
        Reason(ReasonKind.TOPIC, "rl", 0.6, ("rl",)),
        Reason(ReasonKind.TOPIC, "cat:cs.LG", 0.4),
        Reason(ReasonKind.VOTES, "9 votes", 0.8),
    ),
)


@pytest.fixture
def subscribers(database):
    listed = Collection("huggingface", DAY, Verdict.COMPLETE, 0, 0, 0, NOW)
    PaperStore(database).add(listed, [PAPER])
    return SubscriberStore(database)


def test_a_reader_comes_back_as_they_asked(subscribers):
    assert subscribers.put([ANN], NOW) == 1
    assert subscribers.get(ANN.address) == ANN
    assert list(subscribers.active()) == [ANN]


@pytest.mark.parametrize("gone", [SubscriberState.LEFT, SubscriberState.SUPPRESSED])
def test_who_left_is_not_brought_back(subscribers, gone):
    subscribers.put([Subscriber("bob@reader.example", state=gone)], NOW)
    subscribers.put([Subscriber("bob@reader.example", papers=3)], NOW)
    bob = subscribers.get("bob@reader.example")
    assert (bob.state, bob.papers) == (gone, 3)
    assert list(subscribers.active()) == []


def test_thousands_are_paged_in_order(subscribers):
    subscribers.put((Subscriber(f"{n}@reader.example") for n in range(2500)), NOW)
    found = [reader.address for reader in subscribers.active()]
    assert found == sorted(found)
    assert len(found) == 2500
    assert subscribers.count() == {SubscriberState.ACTIVE: 2500}


def test_the_ledgers_key_outlives_a_subscription(database, subscribers):
    subscribers.put([ANN], NOW)
    LedgerStore(database).claim([ANN.address], DAY, NOW, 1)
    assert subscribers.remove(ANN.address)
    assert not subscribers.remove(ANN.address)
    subscribers.put([ANN], NOW)
    assert LedgerStore(database).claim([ANN.address], DAY, NOW, 1) == []


def test_a_recorded_choice_stays(database, subscribers):
    subscribers.put([ANN], NOW)
    selections = SelectionStore(database)
    first = Selection(ANN.address, DAY, (CHOICE,), considered=30, at=NOW)
    selections.put(decided(first), DAY, NOW)
    selections.put(decided(Selection(ANN.address, DAY, ())), DAY, NOW)
    assert selections.recorded([ANN.address, "bob@reader.example"], DAY) == {ANN.address}
    recorded = selections.get(ANN.address, DAY)
    words = told(recorded, {PAPER.id: PAPER})
    assert (recorded.address, recorded.day, recorded.at) == (ANN.address, DAY, NOW)
    assert recorded.considered == 30
    [choice] = words.choices
    assert choice.paper == CHOICE.paper
    assert choice.score == pytest.approx(CHOICE.score)
    assert [(r.kind, r.label, r.words) for r in choice.reasons] == [
        (ReasonKind.TOPIC, "rl", ("rl",)),
        (ReasonKind.TOPIC, "cat:cs.LG", ("cs", "lg")),
        (ReasonKind.VOTES, "9 votes", ()),
    ]
    assert [r.value for r in choice.reasons] == pytest.approx([0.6, 0.4, 0.8])


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        (DeliveryState.ACCEPTED, True),
        (DeliveryState.IN_DOUBT, True),
        (DeliveryState.REJECTED, False),
        (DeliveryState.DEFERRED, False),
    ],
)
def test_papers_are_seen_when_the_mail_was_taken(database, subscribers, state, seen):
    subscribers.put([ANN], NOW)
    selections, ledger = SelectionStore(database), LedgerStore(database)
    selections.put(decided(Selection(ANN.address, DAY, (CHOICE,))), DAY, NOW)
    claims = ledger.claim([ANN.address], DAY, NOW, 1)
    ledger.record([(c, Outcome(c.address, DAY, state, "x")) for c in claims], NOW)
    later = DAY + timedelta(days=1)
    assert selections.seen([ANN.address], later).get(ANN.address, frozenset()) == (
        {CHOICE.paper} if seen else set()
    )
    assert not selections.seen([ANN.address], DAY).get(ANN.address)
    chosen = {ANN.address: {CHOICE.paper: (DAY, NOW)}} if seen else {}
    assert selections.chosen([ANN.address], later) == chosen
    assert selections.chosen([ANN.address], DAY) == {}


def test_proofs_are_kept(database, subscribers):
    subscribers.put([ANN], NOW)
    selections = SelectionStore(database)
    selections.put(decided(Selection(ANN.address, DAY, (CHOICE,))), DAY, NOW)
    assert selections.proofs([ANN.address], DAY) == {}
    selections.prove({ANN.address: b"\x00\xff"}, DAY)
    assert selections.proofs([ANN.address], DAY) == {ANN.address: b"\x00\xff"}
