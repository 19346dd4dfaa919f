"""What was sent and may come again, and what opinions weigh."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Paper, ReasonKind
from digest.rank.again import Sending, gained, risen
from digest.rank.decisions import Told
from digest.rank.liked import weights
from digest.rank.notes import Note, noted
from digest.rank.parameters import DEFAULT

DAY = date(2026, 8, 20)
PAPER = Paper("a", "Title", upvotes=40)


def came_again(days=30, then=20, now=40, trending=0.9):
    sent = {"a": Sending(DAY - timedelta(days=days), then), "elsewhere": Sending(DAY, 1)}
    return risen(sent, {"a": replace(PAPER, upvotes=now)}, {"a": trending}, DAY)


def test_what_was_sent_long_ago_and_has_doubled_and_is_at_the_top():
    assert came_again() == {"a": (ReasonKind.RISING, "2026-07-21")}


@pytest.mark.parametrize(
    "short", [{"days": 29}, {"now": 39}, {"trending": 0.89}, {"then": None}, {"now": None}]
)
def test_what_lacks_one_of_these_stays_away(short):
    assert came_again(**short) == {}


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_votes_gained_are_a_share_of_what_was_there(then, now):
    share = gained(then, now)
    assert share >= 0
    assert (share >= 1) == (now - then >= max(then, 1))


def test_opinions_fade_by_half_in_half_a_year_and_the_youngest_counts():
    said = [("a", 1.0, 0.0), ("b", -1.0, 180.0), ("c", 1.0, 5.0), ("c", -1.0, 0.0), ("d", 1.0, -3)]
    assert weights(said, DEFAULT) == {"a": 1.0, "b": -0.5, "c": -1.0, "d": 1.0}
    assert weights(reversed(said), DEFAULT) == weights(said, DEFAULT)


def test_a_note_is_told_even_to_a_reader_of_very_many_wishes():
    octets = np.array([[255, 3]], np.uint8)
    told = Told(octets.copy(), octets.copy(), octets.copy(), octets.copy())
    names = [(ReasonKind.TOPIC, f"t{n}") for n in range(255)]
    note = Note(0, 1, (ReasonKind.SERENDIPITY, ""), 200)
    asked = noted([note], names, np.arange(255, dtype=np.int32)[None, :], told)
    assert asked.shape == (1, 256)
    assert told.second[0, 1] == 1
    assert names[asked[0, 0]][0] is ReasonKind.SERENDIPITY
    assert told.first.tolist() == [[0, 4]]
    assert told.strength[0, 1] == 200
