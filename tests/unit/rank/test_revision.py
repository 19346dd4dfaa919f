"""How much a new version changed, and who gets it once more."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper, ReasonKind, Revision
from digest.rank.revision import changed, major, newer, revised

DAY = date(2026, 8, 20)
NOW = datetime(2026, 8, 21, 6, tzinfo=UTC)
WORDS = [f"word{n}" for n in range(90)]
FIRST = Paper("arxiv:2608.00001", "A method for everything", " ".join(WORDS), version=1)
SECOND = replace(FIRST, version=2, announced="replace")
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)


def rewritten(count: int) -> Paper:
    """With so many words of the abstract's end written anew."""
    kept = WORDS[: len(WORDS) - count]
    return replace(SECOND, abstract=" ".join([*kept, *(f"new{n}" for n in range(count))]))


def found(after: Paper, before: Paper = FIRST) -> Revision | None:
    return major(before, after, after, DAY, NOW)


@given(TEXT, TEXT, TEXT, TEXT)
def test_the_measure_is_a_share_whoever_comes_first_and_nothing_for_the_same(a, b, c, d):
    one, other = Paper("a", a, b), Paper("a", c, d)
    assert 0 <= changed(one, other) == changed(other, one) <= 1
    assert changed(one, one) == 0


def test_the_measure_grows_with_what_is_rewritten():
    shares = [changed(FIRST, rewritten(count)) for count in range(0, 91, 10)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


@pytest.mark.parametrize(
    ("count", "is_major"), [(0, False), (1, False), (20, False), (30, True), (90, True)]
)
def test_a_third_written_anew_is_major(count, is_major):
    assert (found(rewritten(count)) is not None) is is_major


def test_case_marks_and_spaces_change_nothing():
    told = replace(SECOND, title=FIRST.title.upper() + ".", abstract=" ".join(WORDS) + " !")
    assert changed(FIRST, told) == 0


def test_another_title_is_a_major_revision_and_a_longer_one_is_not():
    assert found(replace(SECOND, title="Nothing of old remains"))
    assert not found(replace(SECOND, title="A method for everything: two cases"))


def test_what_is_not_known_on_both_sides_has_not_changed():
    assert not found(rewritten(90), replace(FIRST, abstract=""))
    assert not found(replace(SECOND, abstract=""))


@pytest.mark.parametrize("word", ["before", "after"])
def test_a_withdrawal_and_what_follows_it_are_no_revisions(word):
    before = replace(FIRST, withdrawn=word == "before")
    assert not found(replace(rewritten(90), withdrawn=word == "after"), before)


@pytest.mark.parametrize(
    ("known", "told", "announced", "number"),
    [
        (1, 2, "replace", 2),
        (1, 3, "", 3),
        (2, 2, "replace", None),  # a correction within a version
        (3, 2, "replace", None),  # an older page, read late
        (1, 1, "new", None),
        (None, 2, "", None),  # its number was never told before: nothing says that it is new
        (None, 2, "replace-cross", 2),
        (None, 1, "replace", None),
        (None, None, "replace", 2),
        (2, None, "replace", 3),
        (2, None, "", None),
    ],
)
def test_which_words_on_a_known_work_are_of_a_new_version(known, told, announced, number):
    before = replace(FIRST, version=known)
    assert newer(before, replace(FIRST, version=told, announced=announced)) == number


def test_who_got_the_older_text_may_get_the_newer_and_nobody_else():
    revision = Revision(2, DAY, NOW, 0.7)
    chosen = {"old": NOW - timedelta(hours=1), "new": NOW, "other": NOW - timedelta(days=9)}
    assert revised(chosen, {"old": revision, "new": revision}) == {
        "old": (ReasonKind.REVISED, "v2")
    }
