"""A row gives back the selection that it was made of, in few bytes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from decided import decided
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Choice, Mood, Reason, ReasonKind, Selection
from digest.store.selection_row import Names, pack, papers, unpack

DAY = date(2026, 8, 20)
STEP = st.integers(0, 255).map(lambda n: n / 255)
TOPICS = ["rl", "cat:cs.LG", "author:Ada", "diffusion models", '"world model"']
REASON = st.builds(Reason, st.just(ReasonKind.TOPIC), st.sampled_from(TOPICS), STEP)


@st.composite
def selections(draw):
    ids = draw(st.lists(st.integers(1, 2**31), unique=True, max_size=30))
    mood = draw(st.sampled_from([Mood.ON_TOPIC, Mood.QUIET]))
    choices = []
    for id_ in ids:
        told = draw(st.lists(REASON, max_size=2, unique_by=lambda reason: reason.label))
        rising = draw(STEP)
        relevance = told[0].value if told else draw(STEP)
        score = rising if mood is Mood.QUIET else relevance * (1 + 0.8 * rising) / 1.8
        votes = Reason(ReasonKind.VOTES, "", rising)
        choices.append(Choice(f"arxiv:{id_}", score, relevance, rising, (*told, votes)))
    at = datetime.combine(DAY, time(), UTC) + timedelta(seconds=draw(st.integers(-9000, 10**8)))
    missed = draw(st.lists(st.integers(1, 2**31), unique=True, max_size=3))
    near = tuple(f"arxiv:{id_}" for id_ in missed)
    considered = draw(st.integers(0, 10**6))
    return Selection("a@x.example", DAY, tuple(choices), mood, considered, at, near=near)


def packed(*selections):
    """The rows, and what the numbers in them stand for."""
    decisions = decided(*selections)
    at = selections[0].at or datetime.combine(DAY, time(), UTC)
    seconds = int((at - datetime.combine(DAY, time(), UTC)).total_seconds())
    ids = np.array([int(id_[6:]) for id_ in decisions.ids], np.int64)
    names = np.arange(len(decisions.names)) * 200 + 1
    rows = pack(decisions, ids, names, seconds)
    back = Names(
        dict(zip(ids.tolist(), decisions.ids, strict=True)),
        dict(zip(names.tolist(), decisions.names, strict=True)),
    )
    return rows, back


@given(selections())
def test_a_row_gives_back_its_selection(selection):
    [row], back = packed(selection)
    again = unpack(row, selection.address, selection.day, back)
    assert papers(row) == [int(choice.paper[6:]) for choice in selection.choices]
    assert (again.mood, again.considered, again.at, again.near) == (
        selection.mood,
        selection.considered,
        selection.at,
        selection.near,
    )
    for mine, theirs in zip(again.choices, selection.choices, strict=True):
        assert (mine.paper, mine.relevance, mine.trending) == (
            theirs.paper,
            theirs.relevance,
            theirs.trending,
        )
        assert abs(mine.score - theirs.score) < 1e-9
        assert mine.reasons == theirs.reasons


@given(st.lists(selections(), min_size=1, max_size=6))
def test_a_row_is_the_same_whoever_is_packed_beside(several):
    alike = [replace(selection, at=several[0].at) for selection in several]
    together, back = packed(*alike)
    for row, selection in zip(together, alike, strict=True):
        again = unpack(row, selection.address, DAY, back)
        assert again.near == selection.near
        assert [c.paper for c in again.choices] == [c.paper for c in selection.choices]
        assert [c.reasons for c in again.choices] == [c.reasons for c in selection.choices]


def test_ten_papers_take_sixty_bytes_at_most():
    choices = tuple(
        Choice(
            f"arxiv:{9000 + n * 37 % 300}",
            0.5,
            0.4,
            0.2,
            (Reason(ReasonKind.TOPIC, TOPICS[n % 3], 0.4),),
        )
        for n in range(10)
    )
    at = datetime.combine(DAY, time(), UTC) + timedelta(days=1, seconds=300)
    selection = Selection("a@x.example", DAY, choices, considered=800, at=at)
    [row], _ = packed(selection)
    assert len(row) <= 60
    near = tuple(f"arxiv:{2_000_000 + n}" for n in (90_000, 3, 70_000))
    [longer], _ = packed(replace(selection, near=near))
    assert len(row) < len(longer) <= len(row) + 15


def test_rows_of_before_near_misses_are_read():
    """Written by the program of before: a quiet day's one paper, and no near miss."""
    row = bytes.fromhex("01 28 00 00 0a 00 99 00")
    again = unpack(row, "a@x.example", DAY, Names({5: "arxiv:5"}, {}))
    assert (again.mood, again.considered, again.near) == (Mood.QUIET, 40, ())
    assert [choice.paper for choice in again.choices] == ["arxiv:5"]
