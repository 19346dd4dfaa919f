"""What Hugging Face is asked, and how its answers are read, entry by entry."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from digest.errors import Changed
from digest.model import Page, Paper, Request, Response
from digest.sources.huggingface import HuggingFace
from digest.sources.replay_page import page as page_of_day

AT = datetime(2026, 6, 12, 9, tzinfo=UTC)
DAY = date(2026, 6, 12)
API = "https://huggingface.co/api/daily_papers"


def entry(number: int = 1, **changes: Any) -> dict[str, Any]:
    paper = {
        "id": f"2606.{number:05}",
        "title": f"Paper {number}",
        "summary": "What it is about.",
        "authors": [{"name": "Ada One", "hidden": False}],
        "publishedAt": "2026-06-10T00:00:00.000Z",
        "submittedOnDailyAt": "2026-06-12T00:00:00.000Z",
        "upvotes": number,
    }
    outer = {"paper": paper, "numComments": 2, "publishedAt": "2026-06-09T20:00:00.000Z"}
    for name, value in changes.items():
        (outer if name in {"thumbnail", "numComments"} else paper)[name] = value
    return outer


def read(value: Any, url: str = API, **headers: str) -> Page:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    told = {name.replace("_", "-"): words for name, words in headers.items()}
    return HuggingFace().read(Response(url, body, AT, told))


def one(**changes: Any) -> Paper:
    return read([entry(**changes)]).papers[0]


def test_a_day_is_asked_of_the_api_first_and_of_the_page_else():
    source = HuggingFace("http://127.0.0.1:8000/mirror/")
    assert source.first(DAY) == Request(
        "http://127.0.0.1:8000/mirror/api/daily_papers", {"date": "2026-06-12", "limit": "100"}
    )
    assert source.fallbacks(DAY) == (
        Request("http://127.0.0.1:8000/mirror/papers/date/2026-06-12"),
        Request("http://127.0.0.1:8000/mirror/papers", {"date": "2026-06-12"}),
    )


def test_an_entry_becomes_a_paper():
    paper = one(
        title="A title\n  in two lines",
        authors=[{"name": "Ada\nOne", "hidden": False}, {"name": "Ben Two", "hidden": True}],
        ai_summary=" Short. ",
        ai_keywords=["agents", "agents", 3, "memory"],
        organization={"name": "g", "fullname": "Google"},
        githubRepo="https://github.com/a/b/tree/main/c",
        githubStars=8,
        projectPage=" https://a.example/b",
        thumbnail="https://cdn.example/x.png",
    )
    assert paper == Paper(
        id="arxiv:2606.00001",
        title="A title in two lines",
        abstract="What it is about.",
        authors=("Ada One",),
        url="https://huggingface.co/papers/2606.00001",
        summary="Short.",
        organization="Google",
        keywords=("agents", "memory"),
        pdf="https://arxiv.org/pdf/2606.00001",
        code="https://github.com/a/b",
        project="https://a.example/b",
        thumbnail="https://cdn.example/x.png",
        published=datetime(2026, 6, 10, tzinfo=UTC),
        upvotes=1,
        comments=2,
        stars=8,
        day=DAY,
        listed=datetime(2026, 6, 12, tzinfo=UTC),
        observed=AT,
        sources=("huggingface",),
    )


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2406.01234", "arxiv:2406.01234"),
        ("2406.01234v3", "arxiv:2406.01234"),
        ("0704.0001", "arxiv:0704.0001"),
        ("hep-th/9901001v2", "arxiv:hep-th/9901001"),
        ("math.GT/0309136", "arxiv:math.GT/0309136"),
        ("some-other-1", "huggingface:some-other-1"),
    ],
)
def test_ids_have_no_version(written: str, read_as: str):
    assert one(id=written).id == read_as


def test_listed_is_the_outer_instant_only_while_it_meant_that():
    def listed(outer: str, published: str) -> datetime | None:
        told = entry(publishedAt=published)
        del told["paper"]["submittedOnDailyAt"]
        return read([{**told, "publishedAt": outer}]).papers[0].listed

    before = listed("2025-03-14T02:00:00.000Z", "2025-03-13T17:00:00.000Z")
    assert before == datetime(2025, 3, 14, 2, tzinfo=UTC)
    assert listed("2025-03-19T20:00:00.000Z", "2025-03-19T17:00:00.000Z") is None
    assert listed("2024-08-01T13:00:00.000Z", "2024-08-01T17:00:00.000Z") is None  # minus 4 hours


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("githubRepo", "https://evil.example/a/b"),
        ("githubRepo", "javascript:alert(1)//github.com/a/b"),
        ("projectPage", "javascript:alert(1)"),
        ("projectPage", "https://huggingface.co@evil.example/"),
        ("projectPage", "https://[::1"),
        ("projectPage", 'https://a.example/"><script>'),
        ("thumbnail", "data:image/png;base64,AA"),
        ("projectPage", 7),
    ],
)
def test_addresses_that_nobody_should_click_are_left_out(field: str, value: object):
    paper = one(**{field: value})
    assert (paper.code, paper.project, paper.thumbnail) == ("", "", "")


def test_a_repository_given_as_project_page_is_the_repository():
    assert one(projectPage="https://github.com/a/b/").code == "https://github.com/a/b"
    assert one(projectPage="https://github.com/a/b/").project == ""


def test_hostile_text_is_one_plain_line():
    paper = one(title="a\x00\x1b[31m\ud800\u2028b", githubStars=10**30, ai_summary={"a": 1})
    assert paper.title == "a[31m\N{REPLACEMENT CHARACTER} b"
    assert paper.title.encode()
    assert (paper.stars, paper.summary) == (None, "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"upvotes": "12"}, "number of votes at `paper.upvotes`, found '12'"),
        ({"upvotes": True}, "number of votes"),
        ({"upvotes": -1}, "number of votes"),
        ({"upvotes": 10**30}, "number of votes"),
        ({"title": " \n"}, "title at `paper.title`"),
        ({"id": "../../etc"}, "arXiv id at `paper.id`"),
        ({"id": None}, "arXiv id"),
    ],
)
def test_one_unreadable_entry_is_left_out_and_said(changes: dict[str, Any], said: str):
    page = read([entry(1), entry(2, **changes), entry(3)])
    assert [paper.id for paper in page.papers] == ["arxiv:2606.00001", "arxiv:2606.00003"]
    assert len(page.notes) == 1
    assert page.notes[0].startswith("left out entry 2 of 3: ")
    assert said in page.notes[0]


def test_more_than_a_tenth_unreadable_is_a_changed_format():
    some = [entry(n) for n in range(1, 41)]
    for broken in some[:4]:
        del broken["paper"]["upvotes"]
    assert len(read(some).notes) == 4
    del some[4]["paper"]["upvotes"]
    with pytest.raises(Changed, match=r"entry 1 of 40: .*`paper.upvotes`.*5 of 40"):
        read(some)


@pytest.mark.parametrize("field", ["summary", "authors", "publishedAt"])
def test_a_field_that_most_entries_lack_is_a_changed_format(field: str):
    some = [entry(n) for n in range(1, 11)]
    for changed in some[:5]:
        del changed["paper"][field]
    assert len(read(some).papers) == 10
    del some[5]["paper"][field]
    with pytest.raises(Changed, match=f"paper.{field}"):
        read(some)


def test_an_empty_array_is_an_empty_page():
    assert read([]) == Page((), None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"null",
        b"{}",
        b'{"error":"Rate limit"}',
        b"[1, 2]",
        b"[[",
        b"[" * 100_000,
        b"\xff\xfe\xff",
        b"<",
        b"<html></html>",
        b"<?xml version='1.0'?><rss/>",
        b"not found",
        b"[{}]",
        '[{"paper":{"id":"2606.00001","title":"caf\xe9","upvotes":1}}]'.encode("latin-1"),
        b'<div data-target="DailyPapers" data-props="{&quot;dailyPapers&quot;:{}}">',
        b'<div data-target="DailyPapers" data-props="">',
    ],
)
def test_everything_else_is_changed(body: bytes):
    with pytest.raises(Changed) as refused:
        read(body)
    assert refused.value.raw == body
    assert API in str(refused.value)


def test_a_paper_listed_twice_is_one():
    page = read([entry(1), entry(1, title="Again"), entry(2)])
    assert [paper.title for paper in page.papers] == ["Paper 1", "Paper 2"]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_encoding_of_unicode(charset: str):
    body = json.dumps([entry(1, title="naïve τ")], ensure_ascii=False).encode(charset)
    assert read(body).papers[0].title == "naïve τ"


def test_a_page_in_another_charset_is_read_when_it_says_so():
    body = page_of_day(DAY, [entry(1, title="naïve")]).replace(b'charset="utf-8"', b"")
    latin = body.decode().encode("latin-1")
    assert read(latin, content_type="text/html; charset=iso-8859-1").papers[0].title == "naïve"
    with pytest.raises(Changed, match="charset 'klingon'"):
        read(latin, content_type="text/html; charset=klingon")


def test_a_full_answer_is_followed_by_the_next():
    full = [entry(n) for n in range(1, 101)]
    asked = f"{API}?date=2026-06-12&limit=100"
    following = read(full, asked).next
    assert following == Request(API, {"date": "2026-06-12", "limit": "100", "p": "1"})
    following = read(full, f"{asked}&p=1").next
    assert following is not None
    assert following.params["p"] == "2"
    assert read(full[:99], asked).next is None
    assert read(full, "saved.json").next is None
    assert read([], f"{asked}&p=2").next is None


def test_a_link_to_the_next_answer_is_followed_on_this_api_alone():
    some, asked = [entry(1)], f"{API}?date=2026-06-12&limit=100"
    there = '</api/daily_papers?date=2026-06-12&p=1>; rel="next", <x>; rel="last"'
    assert read(some, asked, link=there).next == Request(f"{API}?date=2026-06-12&p=1")
    assert read(some, asked, link='<https://evil.example/?p=1>; rel="next"').next is None
    assert read(some, asked, link='</api/daily_papers?p=1>; rel="prev"').next is None


def test_the_page_and_the_answer_tell_the_same():
    entries = [entry(n, ai_summary="Short.", githubRepo="https://github.com/a/b") for n in (1, 2)]
    page = read(page_of_day(DAY, entries))
    assert page == Page(read(entries).papers, DAY)


def test_an_empty_embedded_list_is_an_empty_day_unless_cards_contradict():
    entries = [entry(1), entry(2)]
    body = page_of_day(DAY, entries)
    emptied = page_of_day(DAY, [])
    assert read(emptied) == Page((), DAY)
    props = emptied.split(b'data-props="')[1].split(b'"')[0]
    contradicting = body.replace(body.split(b'data-props="')[1].split(b'"')[0], props)
    page = read(contradicting)
    assert [(p.id, p.upvotes) for p in page.papers] == [
        ("arxiv:2606.00001", 1),
        ("arxiv:2606.00002", 2),
    ]
    assert page.day == DAY
    assert "empty" in page.notes[0]


def test_attributes_may_come_in_any_order_and_on_any_element():
    body = page_of_day(DAY, [entry(1)])
    props = body.split(b'data-props="')[1].split(b'"')[0]
    other = b'<p data-props="' + props + b"\" class='x' data-target='DailyPapers'>"
    assert read(b"<!doctype html>" + other) == read(body)


def test_a_page_of_a_week_is_of_no_day():
    body = page_of_day(DAY, [entry(1)])
    week = body.replace(b"&quot;periodType&quot;:&quot;day", b"&quot;periodType&quot;:&quot;week")
    assert read(week).day is None


def test_a_page_of_another_day_says_so():
    assert read(page_of_day(date(2026, 6, 11), [entry(1)])).day == date(2026, 6, 11)


def test_a_page_about_one_paper_is_not_taken_for_the_cards_of_others_that_it_shows():
    body = page_of_day(DAY, [entry(1), entry(2)]).replace(b'"DailyPapers"', b'"PaperContent"')
    with pytest.raises(Changed, match="expected an object at `paper`"):
        read(body)


def test_what_the_api_tells_of_one_paper():
    told = entry(1)["paper"] | {
        "comments": [{}, {}],
        "linkedModels": [{}] * 3,
        "numTotalSpaces": 12,
    }
    page = read(json.dumps(told).encode())
    [paper] = page.papers
    assert paper.comments == 2
    assert dict(paper.signals) == {"models": 3, "spaces": 12}
    assert page.lacks


def test_what_is_asked_for_besides_days():
    hub = HuggingFace("http://mirror.example/")
    assert hub.period("2026-W31").params == {"week": "2026-W31", "limit": "100"}
    assert hub.period("2026-07").params == {"month": "2026-07", "limit": "100"}
    assert hub.trending().url == "http://mirror.example/papers/trending"
    assert hub.search("x" * 300).params == {"q": "x" * 250}
    papers = [Paper(f"arxiv:2606.{n:05}", "T") for n in range(30)] + [Paper("doi:10.1/x", "T")]
    asked = list(hub.about(papers, AT))
    assert len(asked) == 20
    assert asked[0].url == "http://mirror.example/api/papers/2606.00000"


def test_cards_without_votes_are_a_changed_format():
    body = page_of_day(DAY, [entry(1), entry(2)]).replace(b"DailyPapers", b"Gone")
    assert len(read(body).papers) == 2
    with pytest.raises(Changed, match="card 1 of 2: expected a number of votes"):
        read(body.replace(b"text-orange-500", b"text-blue-500"))
