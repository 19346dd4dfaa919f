"""One work under many names: 200 labelled pairs of recorded papers, and the rules."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper, Sighting
from digest.model.identity import apart, best, fingerprint, merged, names, origins, retold
from digest.model.paper import stars_gained

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LATER = datetime(2026, 11, 25, tzinfo=UTC)
PAIRS = Path(__file__).with_name("identity_pairs.tsv")
"""Two records each, of one work or of two. What is the same was told by arXiv's ids; the different
ones are those whose titles and first authors are most alike in all that was recorded."""


def pairs() -> list[tuple[bool, Paper, Paper]]:
    with PAIRS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        (
            row["label"] == "same",
            Paper(row["id"], row["title"], authors=tuple(row["authors"].split("; "))),
            Paper(
                row["other_id"], row["other_title"], authors=tuple(row["other_authors"].split("; "))
            ),
        )
        for row in rows
    ]


def one(a: Paper, b: Paper) -> bool:
    """Whether two records are of one work: a name in common, or a fingerprint and no objection."""
    if set(names(a)) & set(names(b)):
        return True
    mark = fingerprint(a)
    return bool(mark) and mark == fingerprint(b) and not apart(names(a), names(b))


def test_no_false_merge_and_none_missed_in_two_hundred_pairs():
    found = pairs()
    assert (len(found), sum(same for same, *_ in found)) == (200, 100)
    assert [one(a, b) for _, a, b in found] == [same for same, *_ in found]


def test_where_the_ids_say_nothing_title_and_author_merge_nothing_false_and_miss_little():
    hidden = [(same, a, replace(b, id="openreview:x")) for same, a, b in pairs()]
    wrong = [(a.title, b.title) for same, a, b in hidden if one(a, b) and not same]
    missed = [(a.title, b.title) for same, a, b in hidden if same and not one(a, b)]
    assert wrong == []
    assert len(missed) <= 4, missed  # three titles of few words, one list of authors reordered


@pytest.mark.parametrize(
    ("title", "author", "same"),
    [
        ("Attention is all  you NEED, really", "Ashish Vaswani", True),
        ("Attention Is All You Need, Really!", "A. Vaswani", True),
        ("$Attention$ is \\emph{all} you need, really", "Ashish Vaswani", True),
        ("Attention is all you need, really", "Noam Shazeer", False),
        ("Attention is all you need, nearly", "Ashish Vaswani", False),
    ],
)
def test_a_fingerprint_sees_through_spelling_only(title: str, author: str, same: bool):
    known = Paper("arxiv:1", "Attention is all you need, really", authors=("Ashish Vaswani",))
    assert (fingerprint(Paper("x:1", title, authors=(author,))) == fingerprint(known)) is same


@pytest.mark.parametrize(
    ("title", "authors"),
    [
        ("Editorial", ("A B",)),
        ("A reply to the reply", ("A B",)),
        ("A long title of many words here", ()),
    ],
)
def test_what_says_too_little_is_no_fingerprint(title: str, authors: tuple[str, ...]):
    assert fingerprint(Paper("x:1", title, authors=authors)) == ""


def test_different_arxiv_ids_are_different_works_whatever_else_they_share():
    assert apart(["arxiv:1", "doi:10.1/x"], ["arxiv:2", "doi:10.1/x"])
    assert not apart(["arxiv:1"], ["doi:10.1/x"])
    assert not apart(["arxiv:1"], ["arxiv:1", "arxiv:2"])


def test_the_best_id_stands_for_a_work():
    assert best(["feeds:1", "doi:10.1/x", "arxiv:2406.00001"]) == "arxiv:2406.00001"
    assert best(["semanticscholar:1", "doi:10.1/x"]) == "doi:10.1/x"


def test_each_field_is_by_who_knows_best_and_keeps_its_hour():
    hub = Paper("arxiv:1", "Faster by 2.4times", summary="Short.", upvotes=3, keywords=("a",))
    own = Paper("arxiv:1", "Faster by $2.4\\times$", abstract="All.", also=("doi:10.1/x",))
    tellings = {"huggingface": retold({}, hub, NOW), "arxiv": retold({}, own, LATER)}
    work = merged("arxiv:1", tellings)
    assert (work.title, work.summary, work.abstract) == (own.title, "Short.", "All.")
    assert (work.also, work.keywords) == (("doi:10.1/x",), ("a",))
    told = origins(tellings)
    assert (told["title"].source, told["title"].since) == ("arxiv", LATER)
    assert (told["summary"].source, told["summary"].since) == ("huggingface", NOW)
    assert tellings["huggingface"]["title"][0] == "Faster by 2.4times", "nothing told is lost"


def test_what_is_repeated_keeps_its_hour_and_what_is_no_longer_told_stays():
    first = retold({}, Paper("arxiv:1", "T", abstract="A"), NOW)
    second = retold(first, Paper("arxiv:1", "T2"), LATER)
    assert second["abstract"] == first["abstract"]
    assert second["title"] == ("T2", int(LATER.timestamp()))
    assert retold(second, Paper("arxiv:1", "T2"), LATER) == second


def test_a_new_version_brings_a_withdrawn_paper_back():
    gone = retold({}, Paper("arxiv:1", "T", withdrawn=True), NOW)
    assert merged("arxiv:1", {"arxiv": gone}).withdrawn
    back = retold(gone, Paper("arxiv:1", "T", version=3), LATER)
    assert not merged("arxiv:1", {"arxiv": back}).withdrawn


@given(st.text(max_size=80), st.text(max_size=40))
def test_any_title_and_author_has_a_fingerprint_or_none(title: str, author: str):
    mark = fingerprint(Paper("x:1", title, authors=(author,)))
    assert mark == "" or mark.startswith("title:")
    assert mark == fingerprint(
        Paper("y:2", f" {title.upper() if title.isascii() else title} ", authors=(author,))
    )


@pytest.mark.parametrize(
    ("counted", "gained"),
    [
        ([], None),
        ([(0, 5)], None),
        ([(0, 5), (6, 9)], None),
        ([(0, 5), (24, 9)], 4),
        ([(0, 5), (24, 9), (48, 30)], 21),
        ([(0, 5), (24, None), (48, 30)], 25),
        ([(0, 9), (24, 5)], -4),
    ],
)
def test_stars_gained_in_a_day(counted: list[tuple[int, int | None]], gained: int | None):
    series = [Sighting(NOW + timedelta(hours=h), None, None, stars) for h, stars in counted]
    assert stars_gained(series) == gained
