"""Select over a store: each reader's manner, what trends anew, and opinions."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from example_papers import corpus

from digest.model import (
    Collection,
    DeliveryState,
    Manner,
    Mood,
    Outcome,
    Quiet,
    ReasonKind,
    Rhythm,
    Run,
    Subscriber,
    Topic,
    Verdict,
)
from digest.model.feedback import Feedback, Opinion
from digest.rank.telling import told
from digest.stages.select import Select
from digest.store.feedback import FeedbackStore
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.selections import SelectionStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

FIRST = date(2026, 7, 1)
GRAPHS = (Topic.parse("graph neural networks"),)
ANN = Subscriber("ann@reader.example", topics=GRAPHS, papers=3, again=True)
BOB = replace(ANN, address="bob@reader.example", again=None)


class World:
    """A store, and the stage over it."""

    def __init__(self, usual=Manner()):  # noqa: B008 - frozen
        self.database = SqliteDatabase(":memory:")
        self.database.migrate()
        self.papers, self.selections = PaperStore(self.database), SelectionStore(self.database)
        self.readers, self.opinions = SubscriberStore(self.database), FeedbackStore(self.database)
        self.ledger = LedgerStore(self.database)
        stores = self.papers, self.readers, self.selections, self.opinions
        self.stage = Select(*stores, usual, None, lambda _: None)

    def list(self, day, papers):
        at = night(day)
        listed = Collection("huggingface", day, Verdict.COMPLETE, 0, 0, 0, at)
        self.papers.add(listed, [replace(p, day=day, listed=None, observed=at) for p in papers])

    def send(self, day):
        """Chooses for everybody, and has it accepted; returns what was recorded, by address."""
        run, found = Run(day, backfill=True), {}
        for batch in self.stage.pending(run, night(day)):
            self.stage.perform(run, batch, night(day))
            addresses = [reader.address for reader in batch]
            found |= self.selections.several(addresses, day)
            claims = self.ledger.claim(addresses, day, night(day), 1)
            accepted = DeliveryState.ACCEPTED
            ended = [(c, Outcome(c.address, day, accepted, "250")) for c in claims]
            self.ledger.record(ended, night(day))
        return found


@pytest.fixture
def world():
    made = World()
    yield made
    made.database.close()


def night(day):
    return datetime.combine(day + timedelta(days=1), time(1), UTC)


def reasons(selection, paper):
    return {
        reason.kind: reason.label
        for choice in selection.choices
        if choice.paper == paper
        for reason in choice.reasons
    }


def test_what_was_sent_comes_again_when_it_trends_anew_and_is_wished_for(world):
    world.readers.put([ANN, BOB], night(FIRST))
    papers = corpus(40)
    world.list(FIRST, papers)
    got = world.send(FIRST)
    [best, *_] = [choice.paper for choice in got[ANN.address].choices]
    again, risen = FIRST + timedelta(days=30), {best: 10_000}
    later = [replace(p, upvotes=risen.get(p.id, p.upvotes)) for p in papers]
    world.list(again, later)
    got = world.send(again)
    assert reasons(got[ANN.address], best)[ReasonKind.RISING] == str(FIRST)
    assert not reasons(got[BOB.address], best)
    chosen = told(got[ANN.address], {paper.id: paper for paper in later})
    assert chosen.choices[0].reasons[-1].label == "10000 votes"
    weighing = world.stage.explain(ANN, later[int(best[-4:])], again)
    assert weighing.verdict.startswith(f"chosen again: it was in the edition of {FIRST}")
    soon = again + timedelta(days=29)
    world.list(soon, [replace(p, upvotes=(p.upvotes or 0) * 100) for p in later])
    assert not reasons(world.send(soon).get(ANN.address, got[BOB.address]), best)


def revision(paper, version, text):
    """A version of a paper, as arXiv announces it."""
    return replace(paper, abstract=text, version=version, announced="replace", upvotes=None)


def ids(selection):
    return [choice.paper for choice in selection.choices] if selection else []


def test_a_major_revision_comes_once_to_who_wishes_it_and_to_who_never_had_the_paper(world):
    world.readers.put([ANN, BOB], night(FIRST))
    papers = [replace(p, version=1) for p in corpus(40)]
    world.list(FIRST, papers)
    best = ids(world.send(FIRST)[ANN.address])[0]
    old = papers[int(best[-4:])]
    text = "Graph neural networks, told from the beginning with proofs that nobody had before."
    minor = revision(old, 2, f"{old.abstract} Typos are mended.")
    days = [FIRST + timedelta(days=n) for n in range(1, 6)]
    others = [
        [
            replace(
                p,
                id=f"arxiv:9{n}{p.id[-2:]}",
                title=f"{p.title} {n} anew",
                authors=(f"Somebody {n}",),
            )
            for p in papers[30:]
        ]
        for n in range(5)
    ]
    eve = replace(BOB, address="eve@reader.example")

    world.list(days[0], [*others[0], minor])
    got = world.send(days[0])
    assert best not in ids(got.get(ANN.address))

    world.readers.put([eve], night(days[1]))
    world.list(days[1], [*others[1], revision(old, 3, text)])
    got = world.send(days[1])
    assert reasons(got[ANN.address], best)[ReasonKind.REVISED] == "v3"
    assert best not in ids(got[BOB.address])
    assert best in ids(got[eve.address])
    assert ReasonKind.REVISED not in reasons(got[eve.address], best)
    shown = world.papers.get([best])[best]
    assert world.stage.explain(ANN, shown, days[1]).verdict == (
        "chosen again: version 3 is a major revision of what was sent"
    )
    assert world.stage.explain(BOB, shown, days[1]).verdict == "already sent in an earlier edition"

    for day, listed in ((days[2], 3), (days[3], 4)):  # listed once more; then a minor version
        again = revision(old, listed, text if listed == 3 else f"{text} Typos are mended.")
        world.list(day, [*others[listed], again])
        got = world.send(day)
        assert all(best not in ids(got.get(who.address)) for who in (ANN, BOB, eve))

    world.list(days[4], [*others[2], revision(old, 5, old.abstract)])
    got = world.send(days[4])
    assert reasons(got[ANN.address], best)[ReasonKind.REVISED] == "v5"
    assert all(best not in ids(got.get(who.address)) for who in (BOB, eve))


def test_each_reader_is_chosen_for_in_their_manner(world):
    quiet = [
        Subscriber(f"{quiet}@reader.example", topics=(Topic.parse("pottery"),), quiet=quiet)
        for quiet in (None, *Quiet)
    ]
    filled = replace(ANN, address="full@reader.example", papers=30, fill=True)
    surprised = replace(ANN, address="open@reader.example", serendipity=True)
    world.readers.put([*quiet, ANN, filled, surprised], night(FIRST))
    world.list(FIRST, corpus(40))
    got = world.send(FIRST)
    assert [got[reader.address].mood for reader in quiet] == [
        *(Mood.QUIET, Mood.QUIET),
        *(Mood.NOTE, Mood.SKIP),
    ]
    assert len(got[filled.address].choices) == 30
    last = got[surprised.address].choices[-1]
    assert reasons(got[surprised.address], last.paper).keys() == {
        ReasonKind.SERENDIPITY,
        ReasonKind.VOTES,
    }
    assert got[surprised.address].choices[:2] == got[ANN.address].choices[:2]


def test_near_misses_are_the_next_best_and_are_not_taken_for_sent(world):
    muted = replace(BOB, mute=("molecules",))
    world.readers.put([ANN, muted], night(FIRST))
    world.list(FIRST, corpus(40))
    got = world.send(FIRST)
    first = got[ANN.address]
    assert len(first.choices) == len(first.near) == 3
    assert not set(first.near) & {choice.paper for choice in first.choices}
    longer = replace(ANN, address="more@reader.example", papers=6)
    world.readers.put([longer], night(FIRST))
    more = world.send(FIRST)[longer.address]
    assert [choice.paper for choice in more.choices[3:]] == [*first.near]
    assert got[muted.address].near == ()  # a paper that is muted is no near miss either
    following = FIRST + timedelta(days=1)
    world.list(following, corpus(40))  # what was only told comes as a paper of the next edition
    assert {choice.paper for choice in world.send(following)[ANN.address].choices} == {*first.near}


def test_who_wishes_the_line_alone_is_told_of_no_near_miss(world):
    readers = [
        Subscriber(f"{quiet}@reader.example", topics=(Topic.parse("pottery"),), quiet=quiet)
        for quiet in (Quiet.NOTE, Quiet.SKIP)
    ]
    world.readers.put(readers, night(FIRST))
    world.list(FIRST, corpus(40))
    assert [selection.near for selection in world.send(FIRST).values()] == [(), ()]


def test_what_readers_say_brings_its_like(world):
    world.readers.put([ANN, BOB], night(FIRST))
    world.list(FIRST, corpus(40))
    world.opinions.say(ANN.address, Opinion("arxiv:0002", Feedback.MORE, night(FIRST)))
    world.opinions.say(BOB.address, Opinion("arxiv:0002", Feedback.LESS, night(FIRST)))
    got = world.send(FIRST)
    kinds = {
        address: {
            kind for choice in got[address].choices for kind in reasons(got[address], choice.paper)
        }
        for address in (ANN.address, BOB.address)
    }
    assert ReasonKind.LIKED in kinds[ANN.address]
    assert ReasonKind.LIKED not in kinds[BOB.address]
    assert "arxiv:0002" not in {choice.paper for s in got.values() for choice in s.choices}


def test_readers_of_other_days_share_what_a_days_papers_cost(world):
    """And a score means the same to all of them."""
    weekly = replace(BOB, rhythm=Rhythm.WEEKLY)
    second = FIRST + timedelta(days=1)
    world.list(FIRST, corpus(20))
    world.list(second, corpus(40)[20:])
    one, week = (world.stage.choose(second, reader, night(second)) for reader in (BOB, weekly))
    fields = {id(ranking.day.field) for ranking in world.stage._rankings.values()}
    assert len(world.stage._rankings) == 2
    assert len(fields) == 1
    relevance = {choice.paper: choice.relevance for choice in week.choices}
    shared = [choice for choice in one.choices if choice.paper in relevance]
    assert all(relevance[choice.paper] == choice.relevance for choice in shared)
    assert week.considered == 40
    assert one.considered == 20
