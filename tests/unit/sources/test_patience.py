"""How long to wait: spread, bounded, and as long as a source asks."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.patience import LONGEST_BACKOFF, asked_for, backoff

NOW = datetime(2026, 6, 12, 8, tzinfo=UTC)


@given(st.integers(1, 200), st.floats(0, 10), st.integers())
def test_waits_are_spread_from_nothing_to_a_doubling_bound(attempt: int, first: float, seed: int):
    wait = backoff(attempt, first, Random(seed))  # noqa: S311
    assert 0 <= wait <= min(LONGEST_BACKOFF, first * 2.0 ** (attempt - 1))


def test_two_installations_do_not_march_in_step():
    assert backoff(5, 1, Random(1)) != backoff(5, 1, Random(2))  # noqa: S311


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "\u0663"}, None),
        ({"retry-after": "9" * 5_000}, 999_999_999),
        ({"retry-after": "Fri, 12 Jun 2026 08:01:00 GMT"}, 60),
        ({"retry-after": "Fri, 12 Jun 2026 08:01:00 -0000"}, 60),
        ({"retry-after": "Fri, 12 Jun 2026 10:01:00 +0200"}, 60),
        ({"retry-after": "Thu, 11 Jun 2026 08:01:00 GMT"}, 0),
        ({"retry-after": "Fri, 99 Jun 2026 08:01:00 GMT"}, None),
        ({"ratelimit": '"pages";r=0;t=77'}, 77),
        ({"retry-after": "5", "ratelimit": '"pages";r=0;t=77'}, 5),
        ({"ratelimit": "limit=10"}, None),
    ],
)
def test_rest_that_an_answer_asks_for(headers: dict[str, str], rest: float | None):
    assert asked_for(headers, NOW) == rest


@given(st.text())
def test_any_header(written: str):
    rest = asked_for({"retry-after": written, "ratelimit": written}, NOW)
    assert rest is None or rest >= 0
