"""Summaries from an OpenAI-compatible endpoint: real HTTP on loopback, scripted answers."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from digest.clock import SystemClock
from digest.errors import Changed, SourceError
from digest.model import Collection, Paper, Response, Secret, Verdict
from digest.sources.cache import Cache
from digest.sources.fetch import FetchSettings, PoliteFetcher
from digest.sources.summaries import Summaries, SummarySettings
from digest.stages.enrich import Enrich
from digest.store.papers import PaperStore
from digest.store.sqlite import SqliteDatabase

NOW, DAY = datetime(2026, 11, 24, 6, tzinfo=UTC), date(2026, 11, 23)
PAPERS = [
    Paper("arxiv:2611.00001", "One", "An abstract.", upvotes=9, observed=NOW),
    Paper("arxiv:2611.00002", "Two", "Another.", summary="Its source's own.", upvotes=5),
    Paper("arxiv:2611.00003", "Three", "A third.", upvotes=3, observed=NOW),
    Paper("arxiv:2611.00004", "Four", "", upvotes=1, observed=NOW),
]


class Endpoint(HTTPServer):
    """Answers from a script, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, str, dict]] = []


class Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers.get("Authorization", "")
        self.server.asked.append((self.path, key, json.loads(body)))
        status, content = self.server.script.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def papers() -> Iterator[PaperStore]:
    database = SqliteDatabase(":memory:")
    database.migrate()
    store = PaperStore(database)
    store.add(Collection("huggingface", DAY, Verdict.COMPLETE, 0, 0, 0, NOW), PAPERS)
    yield store
    database.close()


def said(text: str) -> tuple[int, bytes]:
    return 200, json.dumps({"choices": [{"message": {"content": text}}]}).encode()


def run(endpoint: Endpoint, papers: PaperStore, tmp_path, key: str = "a secret") -> str:
    settings = SummarySettings(f"http://127.0.0.1:{endpoint.server_port}/v1/", "small", Secret(key))
    fetcher = PoliteFetcher(FetchSettings(attempts=1), SystemClock(), Cache(tmp_path))
    return Enrich([Summaries(settings)], fetcher, papers).perform(DAY, NOW)["summary"]


def summaries(papers: PaperStore) -> dict[str, str]:
    return {paper.title: paper.summary for paper in papers.of_day(DAY)}


def test_papers_without_a_summary_get_one_and_keep_it(endpoint, papers, tmp_path):
    endpoint.script = [said("It does\n\u202e this."), said("And that.")]
    assert run(endpoint, papers, tmp_path) == ""
    assert summaries(papers) == {
        "One": "It does this.", "Two": "Its source's own.", "Three": "And that.", "Four": "",
    }  # fmt: skip
    path, key, body = endpoint.asked[0]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer a secret", "small")
    assert "An abstract." in body["messages"][1]["content"]
    assert run(endpoint, papers, tmp_path) == ""
    assert len(endpoint.asked) == 2, "what is known is not asked for again"


@pytest.mark.parametrize(
    "answer",
    [(500, b"no"), (401, b"{}"), (200, b"<html>"), (200, b"{}"), (200, b'{"choices": []}')],
)
def test_a_failure_costs_the_summary_alone_and_tells_no_key(endpoint, papers, tmp_path, answer):
    endpoint.script = [answer]
    told = run(endpoint, papers, tmp_path)
    assert told
    assert "a secret" not in told
    assert summaries(papers)["One"] == ""


@pytest.mark.parametrize("text", ["", " ", "x" * 601])
def test_what_is_no_summary_is_not_taken_for_one(endpoint, papers, tmp_path, text):
    endpoint.script = [said(text), said("And that.")]
    assert run(endpoint, papers, tmp_path) == ""
    assert summaries(papers)["One"] == ""
    assert summaries(papers)["Three"] == "And that."


def test_without_a_key_none_is_sent(endpoint, papers, tmp_path):
    endpoint.script = [said("A."), said("B.")]
    run(endpoint, papers, tmp_path, key="")
    assert endpoint.asked[0][1] == ""


def test_an_answer_to_no_question_and_a_strange_one_are_errors():
    summaries = Summaries(SummarySettings("https://x.example/v1", "m"))
    with pytest.raises(SourceError):
        summaries.read(Response("https://x.example", b"{}", NOW))
    next(summaries.about(PAPERS, NOW))
    with pytest.raises(Changed):
        summaries.read(Response("https://x.example", b'{"choices": [1]}', NOW))
