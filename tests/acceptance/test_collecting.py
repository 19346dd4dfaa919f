"""Recorded and damaged days, from a server or from files, through everything into the store."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from scripted_web import ScriptedWeb, answer
from shared import shared

from digest.clock import FixedClock
from digest.model import Run, Verdict
from digest.ports import Source
from digest.sources.cache import Cache
from digest.sources.fetch import FetchSettings, PoliteFetcher
from digest.sources.huggingface import HuggingFace
from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample
from digest.sources.saved import open_saved
from digest.stages.collect import Collect
from digest.store.papers import PaperStore
from digest.store.sqlite import SqliteDatabase

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)


@pytest.fixture
def papers() -> PaperStore:
    database = SqliteDatabase(":memory:")
    database.migrate()
    return PaperStore(database)


def stage(source: Source, papers: PaperStore, tmp_path: Path) -> Collect:
    settings = FetchSettings(attempts=1)
    fetcher = PoliteFetcher(settings, FixedClock(NOW), Cache(tmp_path / "cache"))
    return Collect([source], fetcher, papers, tmp_path / "reports", lambda event: None)


def test_the_sample_day_arrives_once(papers: PaperStore, tmp_path: Path):
    with Replay({DAY: sample()}) as replay:
        collect = stage(HuggingFace(replay.url), papers, tmp_path)
        run = Run(DAY)
        (batch,) = collect.pending(run, NOW)
        (told,) = collect.perform(run, batch, NOW)
        assert (told.verdict, told.papers, told.new) == (Verdict.COMPLETE, 34, 34)
        assert list(collect.pending(run, NOW)) == []
        (again,) = collect.perform(run, collect._sources, NOW)
        assert (again.new, again.updated) == (0, 0)
    listed = papers.of_day(DAY)
    assert [paper.upvotes for paper in listed] == sorted(
        (paper["paper"]["upvotes"] for paper in json.loads(sample())), reverse=True
    )


@pytest.mark.shared
def test_every_recorded_file_is_taken_in(papers: PaperStore, tmp_path: Path):
    root = shared("recorded/hf")
    paths = [
        *root.glob("daily_papers_api/*.json"),
        *root.glob("daily_papers_api_recrawls/*/*.json"),
    ]
    source = HuggingFace()
    files = [open_saved(path, [source], None, NOW) for path in sorted(paths)]
    told = stage(source, papers, tmp_path).take_in(files, NOW)
    assert {collection.verdict for collection in told} == {Verdict.COMPLETE}
    assert {collection.day for collection in told} == {file.named for file in files}
    assert sum(c.papers for c in told) == sum(len(json.loads(p.read_bytes())) for p in paths)
    assert len(told) == 295 + 7
    # of a day that was stored three times, the newest votes are known
    newest = root / "daily_papers_api_recrawls/2024-12-12/20250105T090149Z.json"
    votes = {
        "arxiv:" + e["paper"]["id"]: e["paper"]["upvotes"] for e in json.loads(newest.read_text())
    }
    stored = {paper.id: paper.upvotes for paper in papers.of_day(date(2024, 12, 12))}
    assert votes.items() <= stored.items()


def test_arxivs_feed_is_read_over_http_and_its_turn_kept(installation):
    feed = shared("recorded/arxiv/rss/cs.AI_2026-04-27.rss.xml").read_bytes()
    with ScriptedWeb([answer("200 OK", feed)]) as web:
        told = {"DIGEST__SOURCES__ARXIV__RSS_URL": web.url}
        said = installation("collect", "--source", "arxiv", "--day", "2026-04-27", "--json", **told)
        assert said.status == 0, said.err
        [row] = said.records
        assert (row["source"], row["verdict"], row["papers"]) == ("arxiv", "complete", 3)
        assert web.requests[0].startswith(b"GET /rss/cs.AI+cs.CL+cs.CV+cs.LG ")
        assert list((installation.directory / "var" / "turns").iterdir())
    rows = installation("papers", "--day", "2026-04-27", "--json").records
    assert {row["upvotes"] for row in rows} == {None}
    assert all(row["id"].startswith("arxiv:2604.") for row in rows)
