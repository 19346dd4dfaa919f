from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper
from digest.rank.score import combined, probability
from digest.rank.trend import UNKNOWN, trends

NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)


def paper(n, votes, hours=None):
    listed = None if hours is None else NOON - timedelta(hours=hours)
    return Paper(str(n), f"T{n}", upvotes=votes, listed=listed, observed=NOON)


@given(st.lists(st.none() | st.integers(0, 500), min_size=1, max_size=30), st.integers(1, 50))
def test_another_vote_never_lowers_a_paper(votes, more):
    pool = [paper(n, v) for n, v in enumerate(votes)]
    richer = [replace(pool[0], upvotes=(votes[0] or 0) + more), *pool[1:]]
    if votes[0] is not None:
        assert trends(richer)["0"].value >= trends(pool)["0"].value


@given(st.lists(st.none() | st.integers(0, 500), max_size=30))
def test_places_lie_between_0_and_1_and_follow_votes(votes):
    found = trends(paper(n, v) for n, v in enumerate(votes))
    assert all(0 <= trend.value <= 1 for trend in found.values())
    voted = sorted((v, found[str(n)].value) for n, v in enumerate(votes) if v is not None)
    assert [value for _, value in voted] == sorted(value for _, value in voted)


def test_of_equal_votes_the_younger_is_ahead():
    found = trends([paper(1, 5, hours=20), paper(2, 5, hours=3)])
    assert found["2"].value > found["1"].value


def test_a_paper_without_votes_stands_in_the_middle():
    assert trends([paper(1, None), paper(2, 0), paper(3, 9)])["1"].value == UNKNOWN


@given(st.floats(-1e6, 1e6), st.floats(0, 1), st.floats(0, 1))
def test_scores_lie_between_0_and_1(raw, trend, more):
    relevance = probability(raw, 4.0, 2.0)
    assert 0 <= relevance <= 1
    assert 0 <= combined(relevance, trend, 0.8) <= 1
    low, high = sorted((trend, more))
    assert combined(relevance, low, 0.8) <= combined(relevance, high, 0.8)
