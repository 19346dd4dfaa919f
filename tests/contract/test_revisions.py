"""A new version that says much else is kept as a major revision of its work, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Collection, Paper, Revision, Verdict
from digest.store.papers import PaperStore
from digest.store.retention import RetentionSettings, prune

NOW = datetime(2026, 8, 21, 6, tzinfo=UTC)
DAY = date(2026, 8, 20)
LATER, NEXT = NOW + timedelta(days=5), DAY + timedelta(days=5)
OLD = " ".join(f"old{n}" for n in range(40))
NEW = " ".join(f"new{n}" for n in range(40))
FIRST = Paper("arxiv:2608.00001", "A method for everything", OLD, version=1, announced="new")
SECOND = replace(FIRST, abstract=NEW, version=2, announced="replace")
FAR = DAY + timedelta(days=400)


def fetch(at: datetime, day: date, source: str = "arxiv") -> Collection:
    return Collection(source, day, Verdict.COMPLETE, 0, 0, 0, at)


@pytest.fixture
def papers(database) -> PaperStore:
    store = PaperStore(database)
    store.add(fetch(NOW, DAY), [FIRST])
    return store


def test_a_major_revision_is_kept_and_the_work_stays_one(papers: PaperStore):
    papers.add(fetch(LATER, NEXT), [SECOND])
    assert papers.revisions([FIRST.id, "arxiv:unknown"], NEXT) == {
        FIRST.id: Revision(2, NEXT, LATER, 1.0)
    }
    assert papers.revisions([FIRST.id], NEXT - timedelta(days=1)) == {}
    [work] = papers.of_days(DAY, NEXT)
    assert (work.abstract, work.version) == (NEW, 2)


def test_a_version_stays_as_it_was_first_seen(papers: PaperStore):
    papers.add(fetch(LATER, NEXT), [SECOND])
    for hours in (1, 2):
        papers.add(fetch(LATER + timedelta(hours=hours), NEXT), [SECOND])
    corrected = replace(SECOND, abstract=OLD)
    papers.add(fetch(LATER + timedelta(hours=3), NEXT + timedelta(days=1)), [corrected])
    assert papers.revisions([FIRST.id], FAR) == {FIRST.id: Revision(2, NEXT, LATER, 1.0)}


def test_the_newest_major_one_counts_and_a_minor_one_is_none(papers: PaperStore):
    third = replace(SECOND, version=3, abstract=f"{NEW} more")
    fourth = replace(SECOND, version=4, abstract=OLD)
    for days, told in enumerate((SECOND, third)):
        papers.add(fetch(LATER + timedelta(days=days), NEXT + timedelta(days=days)), [told])
    assert papers.revisions([FIRST.id], FAR)[FIRST.id].version == 2
    papers.add(fetch(LATER + timedelta(days=2), NEXT + timedelta(days=2)), [fourth])
    assert papers.revisions([FIRST.id], FAR)[FIRST.id].version == 4


def test_what_was_not_known_before_has_no_revision(papers: PaperStore):
    stranger = replace(SECOND, id="arxiv:2608.00009", title="Quite another thing altogether")
    papers.add(fetch(LATER, NEXT), [stranger, stranger])
    assert papers.revisions([stranger.id], FAR) == {}


def test_another_sources_text_is_no_revision(papers: PaperStore):
    """arXiv's word counts for what its work is."""
    told = replace(SECOND, announced="")
    papers.add(fetch(LATER, NEXT, "huggingface"), [told])
    assert papers.revisions([FIRST.id], FAR) == {}


def test_revisions_pass_to_the_work_that_theirs_turns_out_to_be(papers: PaperStore, database):
    preprint = Paper("doi:10.1101/1", "Nothing alike in this title", OLD, version=1)
    papers.add(fetch(NOW, DAY, "biorxiv"), [preprint])
    papers.add(fetch(LATER, NEXT, "biorxiv"), [replace(preprint, abstract=NEW, version=2)])
    assert papers.revisions([preprint.id], FAR)[preprint.id].version == 2
    bridge = Paper(FIRST.id, FIRST.title, also=(preprint.id,))
    papers.add(fetch(LATER, NEXT, "semanticscholar"), [bridge])
    assert len(papers.of_days(DAY, NEXT)) == 1
    assert papers.revisions([FIRST.id], FAR)[FIRST.id].version == 2
    assert database.all("SELECT count(*) FROM revisions") == [(1,)]


def test_revisions_are_forgotten_with_their_works(papers: PaperStore, database):
    papers.add(fetch(LATER, NEXT), [SECOND])
    prune(database, RetentionSettings(), NOW + timedelta(days=1000))
    assert database.all("SELECT count(*) FROM revisions") == [(0,)]
