"""Every recorded file of two years of Hugging Face, against an independent reading of it."""

import csv
import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from shared import SHARED, shared

from digest.errors import Changed
from digest.model import Page, Response
from digest.sources.huggingface import HuggingFace

pytestmark = pytest.mark.shared
AT = datetime(2026, 11, 1, tzinfo=UTC)


@cache
def read(path: Path) -> Page:
    return HuggingFace().read(Response(str(path), path.read_bytes(), AT))


def daily() -> list[Path]:
    return sorted(shared("recorded/hf/daily_papers_api").glob("*.json"))


def recrawls() -> list[Path]:
    return sorted(shared("recorded/hf/daily_papers_api_recrawls").glob("*/*.json"))


def facts(path: Path) -> list[tuple[str, str, int, str, int, int]]:
    return [
        (
            "arxiv:" + entry["paper"]["id"],
            " ".join(entry["paper"]["title"].split()),
            entry["paper"]["upvotes"],
            " ".join(entry["paper"]["summary"].split()),
            sum(not author["hidden"] for author in entry["paper"]["authors"]),
            entry["numComments"],
        )
        for entry in json.loads(path.read_text(encoding="utf-8"))
    ]


def test_every_answer_is_read_whole():
    read_so_far = 0
    for path in [*daily(), *recrawls()]:
        page = read(path)
        found = [
            (p.id, p.title, p.upvotes, p.abstract, len(p.authors), p.comments) for p in page.papers
        ]
        assert found == facts(path), path
        assert page.notes == (), path
        assert page.next is None, path
        read_so_far += len(found)
    assert read_so_far == 5_402 + sum(len(facts(path)) for path in recrawls())


def test_the_totals_are_those_of_the_readme():
    with shared("recorded/hf/daily_papers_api/_crawl_times.csv").open(newline="") as file:
        counted = {row["file"]: int(row["papers"]) for row in csv.DictReader(file)}
    assert {path.name: len(read(path).papers) for path in daily()} == counted
    assert (len(counted), sum(counted.values())) == (295, 5_402)


def test_the_day_is_told_by_entries_or_not_at_all():
    told = {path.stem: read(path).day for path in daily()}
    since = min(day for day, own in told.items() if own)
    assert since == "2025-04-01"  # the first recorded month with `submittedOnDailyAt`
    for day, own in told.items():
        assert own == (date.fromisoformat(day) if day >= since else None)


def test_when_a_paper_was_listed_is_never_taken_from_the_field_that_changed_its_meaning():
    for path in daily():
        for paper in read(path).papers:
            assert paper.listed is not None
            assert abs((paper.listed.date() - date.fromisoformat(path.stem)).days) <= 3, path


def test_titles_and_addresses_are_clean():
    for path in daily():
        for paper in read(path).papers:
            for words in (paper.title, paper.abstract, paper.summary, *paper.authors):
                assert words == " ".join(words.split())
            for url in (paper.url, paper.pdf, paper.code, paper.project, paper.thumbnail):
                assert url == "" or url.startswith(("https://", "http://")), url
                assert not any(c.isspace() for c in url)
            if paper.code:
                assert paper.code.count("/") == 4, paper.code


def test_the_answer_without_a_date_tells_fridays_papers():
    page = read(shared("recorded/hf/api_other/daily_papers_latest_30_on_2026-06-14.json"))
    assert (len(page.papers), page.day) == (30, date(2026, 6, 12))


def test_the_page_of_2024_has_thirteen_papers_by_both_ways():
    path = shared("recorded/hf/html/papers_daily_2024-08-01.html")
    embedded = read(path)
    bare = path.read_bytes().replace(b'data-target="DailyPapers"', b'data-target="Gone"')
    cards = HuggingFace().read(Response("page", bare, AT))
    assert len(embedded.papers) == 13
    assert embedded.day == cards.day == date(2024, 8, 1)
    assert [(p.id, p.title, p.upvotes) for p in embedded.papers] == [
        (p.id, p.title, p.upvotes) for p in cards.papers
    ]
    with_image = [p for p in cards.papers if p.thumbnail]  # one card shows a video instead
    assert len(with_image) == 12
    assert {p.thumbnail for p in with_image} <= {p.thumbnail for p in embedded.papers}
    assert embedded.papers[0].id == "arxiv:2407.21783"
    assert embedded.papers[0].upvotes == 94
    assert len(embedded.papers[0].authors) == 533
    assert embedded.notes == ()
    assert "visible cards" in cards.notes[0]


def test_trending_cards_hold_each_paper_twice_and_are_read_once():
    page = read(shared("recorded/hf/html/papers_trending_2026-10-07_cards_cut.html"))
    first, second = page.papers
    assert (first.id, first.upvotes, first.stars) == ("arxiv:2609.08183", 327, 1_660)
    assert first.organization == "TokenRhythm"
    assert first.code == "https://github.com/TokenRhythm/NeoHorse"
    assert first.published == datetime(2026, 9, 8, tzinfo=UTC)
    assert first.summary.startswith("NeoHorse-1 uses")
    assert (second.id, second.upvotes) == ("arxiv:2606.03264", 26)
    assert page.day is None


def test_trending_data_is_of_no_day():
    page = read(shared("recorded/hf/html/papers_trending_2026-10-07_props_only.html"))
    assert [(p.id, p.upvotes, p.stars) for p in page.papers] == [("arxiv:2606.03748", 23, 62_246)]
    assert page.day is None
    assert page.papers[0].day == date(2026, 6, 3)


def test_a_papers_page_is_about_one_paper():
    page = read(shared("recorded/hf/html/paper_page_2509.24002.html"))
    [paper] = page.papers
    assert (paper.id, paper.upvotes, paper.comments) == ("arxiv:2509.24002", 118, 2)
    assert (paper.code, paper.stars) == ("https://github.com/eval-sys/mcpmark", 182)
    assert paper.organization == "National University of Singapore"
    assert dict(paper.signals) == {"rank": 1}
    assert (page.day, len(paper.authors)) == (date(2025, 10, 1), 15)
    assert page.lacks


@pytest.mark.parametrize(
    ("name", "papers", "day"),
    [
        ("feed_2025-06-05.xml", 47, date(2025, 6, 4)),
        ("feed_2026-04-25.xml", 22, date(2026, 4, 24)),
        ("feed_weekly_2026-08-03.xml", 6, date(2026, 7, 31)),
    ],
)
def test_mirrors_show_the_day_that_was_over(name: str, papers: int, day: date):
    page = read(shared(f"recorded/hf/feed_rss/{name}"))
    assert (len(page.papers), page.day, page.notes) == (papers, day, ())
    for paper in page.papers:
        assert paper.abstract
        assert paper.authors
        assert paper.upvotes is not None
        assert paper.thumbnail.startswith("https://cdn-thumbnails.huggingface.co/")


def test_an_error_is_refused():
    path = shared("recorded/hf/api_other/error_404_body.json")
    with pytest.raises(Changed, match="Sorry, we can't find the page") as refused:
        read(path)
    assert refused.value.raw == path.read_bytes()
    assert str(path) in refused.value.where


def test_all_of_them_are_recognised():
    names = [
        "daily_papers_api/*.json",
        "daily_papers_api_recrawls/*/*.json",
        "html/*.html",
        "feed_rss/*",
    ]
    paths = [p for name in names for p in (SHARED / "recorded/hf").glob(name)]
    if not paths:
        pytest.skip("needs ../shared/recorded/hf, which is not beside this checkout")
    assert all(HuggingFace().recognises(path.read_bytes()) for path in paths)
