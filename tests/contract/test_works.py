"""One work, whoever lists it, by whatever name, in whatever order: merged without loss."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from decided import decided

from digest.model import (
    Choice,
    Collection,
    DeliveryState,
    Outcome,
    Paper,
    Selection,
    Subscriber,
    Verdict,
)
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.retention import RetentionSettings, prune
from digest.store.selections import SelectionStore
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, tzinfo=UTC)
DAY = date(2026, 8, 20)
READER = Subscriber("ann@reader.example")
TITLE, AUTHORS = "A method for everything that matters", ("Ada Lovelace", "Alan Turing")
ARXIV = Paper("arxiv:2608.00001", TITLE, "The abstract.", AUTHORS, categories=("cs.LG",))
HUB = Paper("arxiv:2608.00001", TITLE, authors=AUTHORS, summary="Short.", upvotes=7, observed=NOW)
JOURNAL = Paper("doi:10.1/x", TITLE, authors=AUTHORS, venue="Journal of Everything")
BRIDGE = Paper("arxiv:2608.00001", TITLE, also=("doi:10.1/x",), signals=(("citations", 3),))
REVIEW = Paper("openreview:abc", TITLE.upper(), authors=("A. Lovelace",), keywords=("all",))


def fetch(source: str, at: datetime = NOW, day: date = DAY) -> Collection:
    return Collection(source, day, Verdict.COMPLETE, 0, 0, 0, at)


@pytest.fixture
def papers(database) -> PaperStore:
    return PaperStore(database)


TOLD = {
    "arxiv": ARXIV,
    "huggingface": HUB,
    "crossref": JOURNAL,
    "semanticscholar": BRIDGE,
    "openreview": REVIEW,
}


@pytest.mark.parametrize("order", list(permutations(TOLD))[::7])
def test_five_sources_are_one_work_in_whatever_order_they_come(
    papers: PaperStore, order: tuple[str, ...]
):
    for hour, source in enumerate(order):
        papers.add(fetch(source, NOW + timedelta(hours=hour)), [TOLD[source]])
    [work] = papers.of_day(DAY)
    assert work.id == "arxiv:2608.00001"
    assert set(work.sources) == set(TOLD)
    assert (work.abstract, work.summary, work.venue) == (
        "The abstract.",
        "Short.",
        "Journal of Everything",
    )
    assert (work.categories, work.keywords, work.upvotes) == (("cs.LG",), ("all",), 7)
    assert dict(work.signals) == {"citations": 3}
    for name in ("doi:10.1/x", "openreview:abc", "arxiv:2608.00001"):
        assert papers.get([name])[name] == papers.get([work.id])[work.id]
    told = papers.origins("doi:10.1/x")
    assert (told["abstract"].source, told["venue"].source) == ("arxiv", "crossref")
    assert told["summary"].since == NOW + timedelta(hours=order.index("huggingface"))


def test_new_and_updated_count_works(papers: PaperStore):
    assert papers.add(fetch("huggingface"), [HUB]).new == 1
    later = papers.add(fetch("arxiv", NOW + timedelta(hours=1)), [ARXIV])
    assert (later.papers, later.new, later.updated) == (1, 0, 1)
    again = papers.add(fetch("arxiv", NOW + timedelta(hours=2)), [ARXIV])
    assert (again.new, again.updated) == (0, 0)


def test_two_arxiv_papers_never_merge(papers: PaperStore):
    other = Paper("arxiv:2608.00002", TITLE, authors=AUTHORS, also=("doi:10.1/x",))
    papers.add(fetch("arxiv"), [Paper("arxiv:2608.00001", TITLE, also=("doi:10.1/x",)), other])
    assert [p.id for p in papers.of_day(DAY)] == ["arxiv:2608.00001", "arxiv:2608.00002"]
    papers.add(fetch("crossref"), [JOURNAL])
    assert len(papers.of_day(DAY)) == 2


def test_a_corrected_title_neither_splits_nor_doubles(papers: PaperStore):
    papers.add(fetch("arxiv"), [ARXIV])
    changed = Paper(ARXIV.id, "Quite another title for the same thing", "New.", ("Somebody Else",))
    papers.add(fetch("arxiv", NOW + timedelta(days=1), DAY + timedelta(days=1)), [changed])
    [work] = papers.of_days(DAY, DAY + timedelta(days=1))
    assert (work.title, work.abstract) == (changed.title, "New.")
    papers.add(fetch("openreview"), [REVIEW])  # it still bears the old title
    assert len(papers.of_days(DAY, DAY + timedelta(days=1))) == 1


def test_never_twice_hangs_on_the_work(papers: PaperStore, database):
    """What was sent under one name is known as sent under the work's id after two were joined."""
    papers.add(fetch("openreview"), [Paper("openreview:abc", "Nothing alike in this title")])
    papers.add(fetch("arxiv"), [ARXIV])
    SubscriberStore(database).put([READER], NOW)
    selections, ledger = SelectionStore(database), LedgerStore(database)
    choice = Choice("openreview:abc", 0.5, 0.5, 0.5)
    selections.put(decided(Selection(READER.address, DAY, (choice,))), DAY, NOW)
    claims = ledger.claim([READER.address], DAY, NOW, 1)
    ledger.record([(c, Outcome(c.address, DAY, DeliveryState.ACCEPTED, "x")) for c in claims], NOW)
    bridge = Paper(ARXIV.id, TITLE, also=("openreview:abc",))
    papers.add(fetch("semanticscholar", NOW + timedelta(days=1)), [bridge])
    assert len(papers.of_day(DAY)) == 1
    seen = selections.seen([READER.address], DAY + timedelta(days=1))
    assert seen[READER.address] == {ARXIV.id}
    [kept] = selections.get(READER.address, DAY).choices
    assert papers.get([kept.paper])[kept.paper].id == ARXIV.id


def test_votes_and_lists_of_a_joined_work_are_kept(papers: PaperStore):
    early = Paper("huggingface:own", "Nothing alike in this title", upvotes=1, observed=NOW)
    papers.add(fetch("huggingface"), [early])
    papers.add(fetch("arxiv"), [ARXIV])
    later = NOW + timedelta(hours=3)
    papers.add(fetch("semanticscholar", later), [Paper(ARXIV.id, TITLE, also=("huggingface:own",))])
    [work] = papers.of_day(DAY)
    assert (work.upvotes, set(work.sources)) == (1, {"arxiv", "huggingface", "semanticscholar"})
    assert [s.upvotes for s in papers.series(DAY)[work.id]] == [1]


def test_enrichment_tells_of_what_is_listed_and_lists_nothing(papers: PaperStore):
    papers.add(fetch("huggingface"), [HUB])
    known = Paper(
        "semanticscholar:1", "", also=(HUB.id,), venue="ICML", signals=(("citations", 9),)
    )
    unknown = Paper("arxiv:9999.00001", "Unknown")
    assert papers.enrich("semanticscholar", [known, unknown], NOW) == 1
    [work] = papers.of_day(DAY)
    assert (work.venue, dict(work.signals), work.title) == ("ICML", {"citations": 9}, TITLE)
    assert work.sources == ("huggingface",)
    assert papers.get(["arxiv:9999.00001"]) == {}


def test_a_store_of_an_older_program_loses_nothing_when_another_source_tells(
    papers: PaperStore, database
):
    papers.add(fetch("huggingface"), [HUB])
    database.execute("DELETE FROM tellings")
    papers.add(fetch("arxiv", NOW + timedelta(hours=1)), [ARXIV])
    [work] = papers.of_day(DAY)
    assert (work.summary, work.abstract) == ("Short.", "The abstract.")


def test_a_joined_works_number_outlives_retention_while_the_work_is_listed(
    papers: PaperStore, database
):
    papers.add(fetch("openreview"), [Paper("openreview:abc", "Nothing alike in this title")])
    papers.add(fetch("arxiv"), [ARXIV])
    papers.add(fetch("semanticscholar"), [Paper(ARXIV.id, TITLE, also=("openreview:abc",))])
    old = Paper("arxiv:2001.00001", "An old one")
    papers.add(fetch("arxiv", day=date(2020, 1, 2)), [old])
    prune(database, RetentionSettings(), NOW)
    assert len(database.all("SELECT id FROM papers")) == 2
    assert database.all("SELECT alias FROM aliases WHERE alias = :a", {"a": old.id}) == []
    assert database.check() == []


def test_a_time_lapse_keeps_the_series(papers: PaperStore):
    votes = [0, 2, 2, 9, 14, 13]
    for hour, count in enumerate(votes):
        at = NOW + timedelta(hours=hour)
        seen = Paper(ARXIV.id, TITLE, upvotes=count, observed=at)
        papers.add(Collection("huggingface", DAY, Verdict.FILLING, 0, 0, 0, at), [seen])
    [series] = papers.series(DAY).values()
    assert [each.upvotes for each in series] == votes
    assert [each.at for each in series] == [NOW + timedelta(hours=n) for n in range(6)]


def test_what_a_source_had_before(papers: PaperStore):
    for week in range(1, 4):
        listed = [Paper(f"arxiv:{week}.{n}", "T") for n in range(week)]
        papers.add(fetch("arxiv", day=DAY - timedelta(weeks=week)), listed)
    papers.add(fetch("arxiv", day=DAY - timedelta(days=1)), [ARXIV])
    precedent = papers.precedent("arxiv", DAY)
    assert precedent.previous == {ARXIV.id}
    assert precedent.usual == (1, 2, 3)
    assert papers.precedent("huggingface", DAY).usual == ()


def test_what_is_first_seen_after_the_choice_is_late_and_a_backfill_never_is(papers, database):
    papers.add(fetch("huggingface"), [HUB])
    SubscriberStore(database).put([READER], NOW)
    selections = SelectionStore(database)
    began = NOW + timedelta(hours=1)
    selections.put(decided(Selection(READER.address, DAY, ())), DAY, began)
    after = began + timedelta(hours=2)
    late = Paper("arxiv:2608.00009", "Quite another thing altogether")
    papers.add(fetch("arxiv", after), [late, ARXIV])
    old = Paper("arxiv:2608.00008", "A third thing from an archive")
    papers.add(fetch("arxiv", after, DAY - timedelta(days=1)), [old], backfill=True)
    assert papers.late(DAY - timedelta(days=13), DAY) == {late.id: (DAY, after)}
    assert papers.late(DAY + timedelta(days=1), DAY + timedelta(days=2)) == {}
