"""The replay speaks like the real site, and the sample day passes through the real scraper."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import requests
from shared import shared

from digest.clock import FixedClock
from digest.errors import Unreachable
from digest.model import Request
from digest.sources.cache import Cache
from digest.sources.fetch import FetchSettings, PoliteFetcher
from digest.sources.huggingface import HuggingFace
from digest.sources.replay import Replay
from digest.sources.replay_page import page as page_of_day
from digest.sources.sample import DAY, sample

FRIDAY, SATURDAY = date(2026, 6, 12), date(2026, 6, 13)
CLOCK = FixedClock(datetime(2026, 7, 1, tzinfo=UTC))


def many(number: int) -> bytes:
    one = json.loads(sample())[0]
    papers = [{**one["paper"], "id": f"2606.{n:05}"} for n in range(number)]
    return json.dumps([{**one, "paper": paper} for paper in papers]).encode()


def fetcher(cache: Path | None = None) -> PoliteFetcher:
    return PoliteFetcher(FetchSettings(attempts=1), CLOCK, Cache(cache) if cache else None)


def test_the_sample_day_comes_through_the_scraper_over_http_by_both_ways():
    with Replay({DAY: sample()}) as replay:
        source = HuggingFace(replay.url)
        answer = source.read(fetcher().fetch(source.first(DAY)))
        page = source.read(fetcher().fetch(source.fallbacks(DAY)[0]))
    assert answer.papers == page.papers
    assert answer.day == page.day == DAY
    assert len(page.papers) == 34
    assert answer.notes == page.notes == ()
    assert all(p.authors and p.abstract and p.published and not p.summary for p in page.papers)
    assert all(p.day == DAY and 80 < len(p.abstract) < 300 for p in page.papers)


def test_the_sample_page_is_read_the_same_from_its_cards():
    body = page_of_day(DAY, json.loads(sample()))
    source = HuggingFace()
    with Replay({DAY: sample()}) as replay:
        whole = source.read(fetcher().fetch(Request(f"{replay.url}/papers/date/{DAY}")))
        response = fetcher().fetch(Request(f"{replay.url}/papers/date/{DAY}"))
    assert response.body == body
    cards = source.read(replace(response, body=body.replace(b"DailyPapers", b"Gone")))
    assert [(p.id, p.title, p.upvotes, p.code, p.organization) for p in cards.papers] == [
        (p.id, p.title, p.upvotes, p.code, p.organization) for p in whole.papers
    ]
    assert [p.summary for p in cards.papers] == [p.abstract for p in whole.papers]
    assert cards.day == DAY


@pytest.mark.shared
def test_the_sample_holds_the_recorded_facts_and_none_of_the_sentences():
    path = shared(f"recorded/hf/daily_papers_api/{DAY}.json")
    recorded = {entry["paper"]["id"]: entry["paper"] for entry in json.loads(path.read_text())}
    ours = {entry["paper"]["id"]: entry["paper"] for entry in json.loads(sample())}
    assert recorded.keys() == ours.keys()
    for key, paper in ours.items():
        for fact in ("upvotes", "publishedAt", "submittedOnDailyAt"):
            assert paper[fact] == recorded[key][fact]
        assert paper["title"] == " ".join(recorded[key]["title"].split())
        theirs = " ".join((recorded[key]["summary"] + recorded[key].get("ai_summary", "")).split())
        words = paper["summary"].split()
        for start in range(len(words) - 6):
            assert " ".join(words[start : start + 7]) not in theirs


def test_a_long_day_comes_in_pages():
    with Replay({FRIDAY: many(230)}) as replay:
        source = HuggingFace(replay.url)
        request, sizes = source.first(FRIDAY), []
        while request:
            page = source.read(fetcher().fetch(request))
            sizes.append(len(page.papers))
            request = page.next
    assert sizes == [100, 100, 30]


def test_an_exact_hundred_ends():
    with Replay({FRIDAY: many(100)}) as replay:
        source = HuggingFace(replay.url)
        page = source.read(fetcher().fetch(source.first(FRIDAY)))
        assert page.next
        assert source.read(fetcher().fetch(page.next)).papers == ()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/api/daily_papers?date=2026-06-11", 404),
        ("/api/daily_papers?date=2026-06-13", 200),
        ("/api/daily_papers?date=12-06-2026", 400),
        ("/api/daily_papers?date=2026-06-12&limit=101", 400),
        ("/api/daily_papers?date=2026-06-12&limit=0", 400),
        ("/api/daily_papers?date=2026-06-12&p=-1", 400),
        ("/api/daily_papers", 200),
        ("/papers/date/2026-06-11", 404),
        ("/papers/date/2026-99-99", 404),
        ("/papers/2606.00001", 404),
        ("/", 404),
        ("/papers", 302),
    ],
)
def test_statuses_are_those_of_the_site(target: str, status: int):
    with Replay({FRIDAY: many(2)}) as replay:
        got = requests.get(replay.url + target, allow_redirects=False, timeout=5)
    assert got.status_code == status
    if status >= 400:
        assert isinstance(got.json()["error"], str)


def test_the_newest_day_is_shown_when_none_is_named():
    with Replay({FRIDAY: many(2), date(2026, 6, 11): many(3)}) as replay:
        got = fetcher().fetch(Request(replay.url + "/papers"))
        assert got.url == replay.url + "/papers/date/2026-06-12"
        assert HuggingFace().read(got).day == FRIDAY
        assert len(requests.get(replay.url + "/api/daily_papers", timeout=5).json()) == 2


def test_what_is_known_is_not_sent_again(tmp_path: Path):
    with Replay({FRIDAY: many(2)}) as replay:
        request = HuggingFace(replay.url).first(FRIDAY)
        first = fetcher(tmp_path).fetch(request)
        tag = first.headers["etag"]
        again = requests.get(first.url, headers={"If-None-Match": tag}, timeout=5)
        assert (again.status_code, again.content) == (304, b"")
        assert fetcher(tmp_path).fetch(request).body == first.body


def test_nothing_is_served_once_it_is_left():
    with Replay({FRIDAY: many(1)}) as replay:
        pass
    with pytest.raises(Unreachable):
        fetcher().fetch(Request(replay.url + "/papers"))
