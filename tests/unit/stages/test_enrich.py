"""Enrichment: what fails or is slow costs its field, never the run."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.errors import Changed, Unreachable
from digest.model import Collection, Page, Paper, Request, Response, Verdict
from digest.stages.enrich import BUDGET, Enrich
from digest.store.papers import PaperStore
from digest.store.sqlite import SqliteDatabase

NOW, DAY = datetime(2026, 11, 24, 6, tzinfo=UTC), date(2026, 11, 23)


class Knower:
    """An enricher and its fetcher in one: one request per paper, answers by path."""

    def __init__(self, name: str, answer: Exception | None = None, seconds: float = 0) -> None:
        self.name, self.answer, self.seconds, self.asked, self.clock = name, answer, seconds, 0, 0.0

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterator[Request]:
        for paper in papers:
            yield Request(paper.id)

    def fetch(self, request: Request) -> Response:
        self.asked += 1
        self.clock += self.seconds
        if self.answer:
            raise self.answer
        return Response(request.url, b"", NOW)

    def read(self, response: Response) -> Page:
        return Page((Paper(response.url, "", signals=((self.name, 7),)),), None)


@pytest.fixture
def papers() -> Iterator[PaperStore]:
    database = SqliteDatabase(":memory:")
    database.migrate()
    store = PaperStore(database)
    listed = [Paper(f"arxiv:2611.{n:05}", "T", upvotes=n, observed=NOW) for n in range(3)]
    store.add(Collection("huggingface", DAY, Verdict.COMPLETE, 0, 0, 0, NOW), listed)
    yield store
    database.close()


def enrich(papers: PaperStore, knower: Knower) -> str:
    return Enrich([knower], knower, papers, lambda: knower.clock).perform(DAY, NOW)[knower.name]


def test_what_is_known_is_added(papers: PaperStore):
    assert enrich(papers, Knower("models")) == ""
    assert {dict(p.signals)["models"] for p in papers.of_day(DAY)} == {7}
    assert papers.collections(DAY)[0].source == "huggingface"


@pytest.mark.parametrize("error", [Unreachable("no answer"), Changed("x", "another shape", b"")])
def test_a_failure_costs_its_field_alone(papers: PaperStore, error: Exception):
    knower = Knower("models", error)
    assert str(error) in enrich(papers, knower)
    assert knower.asked == 1
    assert [p.signals for p in papers.of_day(DAY)] == [()] * 3


def test_a_slow_one_is_given_up(papers: PaperStore):
    knower = Knower("models", seconds=BUDGET * 0.7)
    assert "took more than" in enrich(papers, knower)
    assert knower.asked == 2


def test_a_day_without_papers_asks_nobody(papers: PaperStore):
    knower = Knower("models")
    assert Enrich([knower], knower, papers).perform(DAY - timedelta(days=1), NOW) == {}
    assert knower.asked == 0
