"""The pool of an edition: everything since the reader's last one, two weeks at most."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Rhythm, Subscriber
from digest.stages.pools import MOST_DAYS, pool_from

DAY = date(2026, 8, 20)


def reader(rhythm=Rhythm.DAILY):
    return Subscriber("a@x.example", rhythm=rhythm)


@pytest.mark.parametrize(
    ("rhythm", "first"),
    [(Rhythm.DAILY, DAY), (Rhythm.WEEKDAYS, DAY), (Rhythm.WEEKLY, date(2026, 8, 14))],
)
def test_a_first_edition(rhythm, first):
    assert pool_from(reader(rhythm), None, DAY) == first


@given(st.integers(1, 400), st.sampled_from(Rhythm))
def test_nothing_is_left_out_and_nothing_is_older_than_two_weeks(ago, rhythm):
    last = DAY - timedelta(days=ago)
    first = pool_from(reader(rhythm), last, DAY)
    assert first > last
    assert DAY - first < timedelta(days=MOST_DAYS)
    assert first == last + timedelta(days=1) or DAY - first == timedelta(days=MOST_DAYS - 1)
