"""What a source told is kept, nothing told is forgotten, and votes are a series."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.model import Collection, Paper, Verdict
from digest.store.papers import PaperStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
RICH = Paper(
    id="arxiv:2608.00001",
    title="A <b>title</b> & 'quotes'; DROP TABLE papers; --",
    abstract="One. Two.",
    authors=("Ada Lovelace", "Émilie du Châtelet", "陶哲轩"),
    url="https://papers.example/2608.00001",
    summary="In short.",
    organization="Lab",
    categories=("cs.LG", "stat.ML"),
    keywords=("diffusion",),
    pdf="https://papers.example/2608.00001.pdf",
    code="https://code.example/x",
    project="https://x.example",
    thumbnail="https://x.example/t.png",
    published=datetime(2026, 8, 17, tzinfo=UTC),
    upvotes=7,
    comments=1,
    stars=12,
    listed=datetime(2026, 8, 20, 3, tzinfo=UTC),
    observed=NOW,
)


def fetch(at=NOW, source="huggingface", day=DAY):
    return Collection(source, day, Verdict.COMPLETE, 0, 0, 0, at)


@pytest.fixture
def papers(database):
    return PaperStore(database)


def test_a_paper_comes_back_as_it_was_told(papers):
    papers.add(fetch(), [RICH])
    assert papers.of_day(DAY) == [replace(RICH, day=DAY, sources=("huggingface",))]


def test_new_and_updated_are_counted(papers):
    other = Paper("arxiv:2608.00002", "Other", upvotes=0, observed=NOW)
    first = papers.add(fetch(), [RICH, other, other])
    later = NOW + timedelta(hours=1)
    more = [replace(RICH, upvotes=8, observed=later), replace(other, observed=later)]
    second = papers.add(fetch(later), [*more, Paper("arxiv:2608.00003", "Third")])
    assert (first.papers, first.new, first.updated) == (2, 2, 0)
    assert (second.papers, second.new, second.updated) == (3, 1, 1)


def test_votes_are_a_series(papers):
    papers.add(fetch(), [RICH])
    later = NOW + timedelta(hours=5)
    papers.add(fetch(later), [replace(RICH, upvotes=40, observed=later)])
    assert papers.get([RICH.id])[RICH.id].upvotes == 40
    assert papers.get([RICH.id], until=NOW)[RICH.id].upvotes == 7
    assert papers.of_days(DAY, DAY, until=NOW)[0].upvotes == 7


def test_a_poorer_answer_takes_nothing_away(papers):
    papers.add(fetch(), [RICH])
    papers.add(fetch(NOW + timedelta(hours=1)), [Paper(RICH.id, RICH.title, upvotes=9)])
    [paper] = papers.of_day(DAY)
    assert (paper.abstract, paper.authors, paper.code) == (RICH.abstract, RICH.authors, RICH.code)
    assert paper.upvotes == 9


def test_two_sources_list_one_work_once(papers):
    papers.add(fetch(), [RICH])
    papers.add(fetch(source="arxiv"), [Paper(RICH.id, RICH.title, observed=NOW)])
    [paper] = papers.of_day(DAY)
    assert set(paper.sources) == {"huggingface", "arxiv"}
    assert paper.upvotes == 7
    assert len(papers.of_day(DAY, "arxiv")) == 1


def test_most_votes_come_first_and_ties_by_id(papers):
    held = [Paper(f"arxiv:{n}", "T", upvotes=votes) for n, votes in ((3, 1), (1, 1), (2, 9))]
    papers.add(fetch(), held)
    assert [p.id for p in papers.of_day(DAY)] == ["arxiv:2", "arxiv:1", "arxiv:3"]


def test_the_newest_fetch_of_each_source_is_told(papers):
    papers.add(fetch(), [RICH])
    papers.add(
        replace(fetch(NOW + timedelta(hours=1)), verdict=Verdict.FAILED, detail="no answer"), []
    )
    [collection] = papers.collections(DAY)
    assert (collection.verdict, collection.detail) == (Verdict.FAILED, "no answer")
    assert papers.of_day(DAY), "a failed fetch takes no paper away"


def test_history_is_what_came_before(papers):
    papers.add(fetch(day=DAY - timedelta(days=1)), [RICH])
    papers.add(fetch(), [Paper("arxiv:9", "New")])
    assert [p.id for p in papers.history(DAY, 10)] == [RICH.id]
    assert papers.days(DAY) == [DAY, DAY - timedelta(days=1)]


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXT, abstract=TEXT)
def test_any_text_is_stored_as_it_is(papers, database, title, abstract):
    if database.dialect == "postgres":  # which has no NUL
        title, abstract = (text.replace("\0", "\ufffd") for text in (title, abstract))
    papers.add(fetch(), [Paper("arxiv:1", title or "-", abstract or "-", authors=(title,))])
    [paper] = papers.of_day(DAY)
    assert (paper.title, paper.abstract, paper.authors) == (title or "-", abstract or "-", (title,))


def test_a_hostile_nul_stops_nobody(papers, database):
    papers.add(fetch(), [Paper("arxiv:1", "a\0b", "c", authors=("d\0",))])
    [paper] = papers.of_day(DAY)
    expected = "\ufffd" if database.dialect == "postgres" else "\0"
    assert (paper.title, paper.authors) == (f"a{expected}b", (f"d{expected}",))
