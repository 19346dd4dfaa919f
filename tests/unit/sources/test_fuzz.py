"""Pages and answers that were damaged on the way: a right answer, or Changed; nothing else."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import shared

from digest.errors import Changed
from digest.model import Page, Response
from digest.sources.huggingface import HuggingFace
from digest.sources.replay_page import page as page_of_day
from digest.sources.sample import DAY, sample

AT = datetime(2026, 7, 1, tzinfo=UTC)
ANSWER = sample()
PAGE = page_of_day(DAY, json.loads(ANSWER))
IDS = {"arxiv:" + entry["paper"]["id"] for entry in json.loads(ANSWER)}
VOTES = {"arxiv:" + e["paper"]["id"]: e["paper"]["upvotes"] for e in json.loads(ANSWER)}


def read(body: bytes, content_type: str = "") -> Page | None:
    """The page, or None when it is refused; every other exception fails the test."""
    try:
        return HuggingFace().read(Response("x", body, AT, {"content-type": content_type}))
    except Changed as refused:
        assert refused.raw == body  # noqa: PT017
        assert len(str(refused)) < 2_000  # noqa: PT017
        return None


def damaged(body: bytes, random: Random) -> bytes:
    at, length = random.randrange(len(body)), random.choice([1, 10, 1_000, 50_000])
    piece = body[at : at + length]
    other = random.randrange(len(body))
    return random.choice(
        [
            lambda: body[:at],
            lambda: body[at:],
            lambda: body[:at] + body[at + length :],
            lambda: body[:at] + piece + body[at:],
            lambda: body[:at] + random.randbytes(min(length, 50)) + body[at + length :],
            lambda: body[:other] + piece + body[other:],
            lambda: body.replace(piece[:8], b""),
            lambda: body[:at] + body[at : at + length][::-1] + body[at + length :],
        ]
    )()


def check(page: Page | None, ids: set[str]) -> None:
    """No silent empty day, and nothing that looks like a paper and is none."""
    if page is None:
        return
    assert page.papers
    for paper in page.papers:
        assert paper.title
        assert paper.upvotes is not None
        assert paper.id.startswith(("arxiv:", "huggingface:"))
        paper.title.encode()
    known = sum(paper.id in ids for paper in page.papers)
    assert known >= len(page.papers) - 2  # a cut or copy can join two halves of an id, or so


@pytest.mark.parametrize("seed", range(150))
def test_a_damaged_page_or_answer(seed: int):
    random = Random(seed)  # noqa: S311
    check(read(damaged(random.choice([PAGE, ANSWER]), random)), IDS)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.shared
def test_a_damaged_page_of_2024(seed: int):
    body = shared("recorded/hf/html/papers_daily_2024-08-01.html").read_bytes()
    whole = read(body)
    assert whole
    check(read(damaged(body, Random(seed))), {paper.id for paper in whole.papers})  # noqa: S311


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("whole", [PAGE, ANSWER])
def test_another_encoding_of_unicode_changes_nothing(whole: bytes, charset: str):
    told = read(whole.decode().encode(charset))
    assert told == read(whole)


@pytest.mark.parametrize("charset", ["latin-1", "cp500", "utf-7"])
def test_an_encoding_that_is_not_told_never_garbles(charset: str):
    page = read(PAGE.decode().encode(charset, "replace"))
    if page is not None:
        assert {paper.id for paper in page.papers} == IDS


def names_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for inner in value.values() for name in names_of(inner)}
    return (
        {name for inner in value for name in names_of(inner)} if isinstance(value, list) else set()
    )


def changed(value: Any, name: str, change: Callable[[dict[str, Any], str], None]) -> Any:
    """The value with `change` made wherever an object has the field."""
    if isinstance(value, list):
        return [changed(inner, name, change) for inner in value]
    if isinstance(value, dict):
        inner = {key: changed(each, name, change) for key, each in value.items()}
        if name in inner:
            change(inner, name)
        return inner
    return value


def drop(holder: dict[str, Any], name: str) -> None:
    del holder[name]


def rename(holder: dict[str, Any], name: str) -> None:
    holder[name.upper()] = holder.pop(name)


def nothing(holder: dict[str, Any], name: str) -> None:
    holder[name] = None


def wrap(holder: dict[str, Any], name: str) -> None:
    holder[name] = {"value": holder[name]}


def listed(holder: dict[str, Any], name: str) -> None:
    holder[name] = [holder[name]]


VITAL = {"paper", "id", "upvotes", "title", "summary", "authors", "publishedAt", "name"}
"""Without these in every entry the format has changed."""


@pytest.mark.parametrize("change", [drop, rename, nothing, wrap, listed])
@pytest.mark.parametrize("name", sorted(names_of(json.loads(ANSWER))))
def test_a_field_that_changes_everywhere(name: str, change: Callable[..., None]):
    entries = changed(json.loads(ANSWER), name, change)
    page = read(json.dumps(entries).encode())
    hides_everyone = name == "hidden" and change in {wrap, listed}
    assert (page is None) == (name in VITAL or hides_everyone)
    if page:
        assert {paper.id: paper.upvotes for paper in page.papers} == VOTES


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["paper", "id", "title", "upvotes", "authors", "name", "summary", "hidden"]
                )
                | st.text(max_size=5),
                inner,
                max_size=6,
            )
        ),
        max_leaves=25,
    )
)
@settings(deadline=None, max_examples=150)
def test_any_json(value: Any):
    page = read(json.dumps(value).encode())
    assert page is None or page.papers or value == []


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<{text}".encode()))
@settings(deadline=None, max_examples=150)
def test_any_bytes(body: bytes):
    page = read(body)
    assert page is None or page.papers or body.strip(b" \r\n\t") == b"[]"


@given(st.dates(), st.text(max_size=40), st.integers(0, 10**9))
@settings(deadline=None, max_examples=50)
def test_a_page_gives_back_what_was_put_in(day: date, title: str, upvotes: int):
    paper = {
        "id": "2606.00001",
        "title": f"T {title}",
        "summary": f"S {title}",
        "authors": [{"name": "Ada"}],
        "publishedAt": "2026-06-10T00:00:00.000Z",
        "upvotes": upvotes,
    }
    if day in {date.min, date.max}:
        return
    answer = read(json.dumps([{"paper": paper}]).encode())
    page = read(page_of_day(day, [{"paper": paper}]))
    assert answer is not None
    assert page is not None
    assert (page.papers, page.day) == (answer.papers, day)
