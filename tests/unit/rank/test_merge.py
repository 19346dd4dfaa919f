from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.rank.merge import SCALE, Readers, Shelf, merge

TOPICS, PAPERS = 6, 40


def shelf(seed=0, share=0.5, depth=32):
    random = np.random.default_rng(seed)
    shape = (TOPICS, PAPERS)
    scores = np.where(random.random(shape) < share, random.random(shape), 0)
    return scores, Shelf.of(scores.astype(np.float32), depth)


def readers(wishes):
    """From (topics, blocked, places) of each reader."""
    flat = lambda rows: np.array([n for row in rows for n in row], dtype=np.int64)  # noqa: E731
    starts = lambda rows: np.cumsum([0, *map(len, rows)])  # noqa: E731
    topics, blocked, places = (list(column) for column in zip(*wishes, strict=True))
    return Readers(starts(topics), flat(topics), starts(blocked), flat(blocked), np.array(places))


wish = st.tuples(
    st.lists(st.integers(0, TOPICS - 1), unique=True, max_size=5),
    st.lists(st.integers(0, PAPERS - 1), unique=True, max_size=12),
    st.integers(1, 12),
)


def chosen(shelf, wishes):
    found = merge(shelf, readers(wishes))
    return [[p for p in row if p >= 0] for row in found.papers.tolist()]


@given(st.lists(wish, min_size=1, max_size=12), st.integers(0, 20))
@settings(deadline=None)
def test_a_choice_obeys_the_reader(wishes, seed):
    scores, shelf_ = shelf(seed)
    for row, (topics, blocked, places) in zip(chosen(shelf_, wishes), wishes, strict=True):
        assert len(row) <= places
        assert len(set(row)) == len(row)
        assert not set(row) & set(blocked)
        best = scores[topics].max(axis=0) if topics else np.zeros(PAPERS)
        assert all(best[p] > 0 for p in row)
        open_ = {p for p in np.flatnonzero(best > 0.0001).tolist() if p not in blocked}
        assert len(row) == min(places, len(open_))


@given(st.lists(wish, min_size=2, max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_nobody_depends_on_another_reader(wishes, random):
    _, shelf_ = shelf()
    order = list(range(len(wishes)))
    random.shuffle(order)
    together = chosen(shelf_, wishes)
    shuffled = chosen(shelf_, [wishes[i] for i in order])
    assert [together[i] for i in order] == shuffled
    assert together == [chosen(shelf_, [w])[0] for w in wishes]


def test_best_first_and_ties_by_number():
    shelf_ = Shelf.of(np.array([[0.5, 0.9, 0.5, 0.0, 0.5]], dtype=np.float32), 4)
    assert chosen(shelf_, [([0], [], 10)]) == [[1, 0, 2, 4]]
    assert chosen(shelf_, [([0], [1], 2)]) == [[0, 2]]


def test_a_small_topic_is_not_starved():
    scores = np.zeros((2, 40), dtype=np.float32)
    scores[0, :30] = np.linspace(0.99, 0.9, 30)
    scores[1, 30:] = np.linspace(0.6, 0.5, 10)
    found = merge(Shelf.of(scores, 32), readers([([0, 1], [], 10)]))
    assert Counter(found.papers[0] >= 30) == {False: 5, True: 5}
    assert found.scores[0].tolist() == sorted(found.scores[0].tolist(), reverse=True)


def test_a_topic_with_little_leaves_its_places_to_others():
    scores = np.zeros((2, 40), dtype=np.float32)
    scores[0, :30] = np.linspace(0.99, 0.9, 30)
    scores[1, 30:32] = 0.6
    found = merge(Shelf.of(scores, 32), readers([([0, 1], [], 10)]))
    assert Counter(found.papers[0] >= 30) == {False: 8, True: 2}


def test_a_paper_on_several_topics_counts_for_the_best():
    scores = np.array([[0.5, 0.7], [0.8, 0.1]], dtype=np.float32)
    found = merge(Shelf.of(scores, 2), readers([([0, 1], [], 5)]))
    assert found.papers[0, :2].tolist() == [0, 1]
    assert found.scores[0, :2].tolist() == [round(0.8 * SCALE), round(0.7 * SCALE)]
    assert found.papers[0, 2] == -1


@given(st.lists(wish, min_size=1, max_size=12))
@settings(deadline=None)
def test_who_wants_few_papers_is_served_from_the_tops_alone(wishes):
    """Depth is by what a reader wants, so it changes nobody's choice beside others."""
    _, shelf_ = shelf(depth=PAPERS)
    together = merge(shelf_, readers(wishes), depth=8).papers
    for row, one in zip(together.tolist(), wishes, strict=True):
        alone = merge(shelf_, readers([one]), depth=8).papers[0].tolist()
        assert row[: len(alone)] == alone


def test_a_pool_too_large_is_refused():
    with pytest.raises(ValueError, match="larger than"):
        Shelf.of(np.zeros((1, 70_000), dtype=np.float32), 3)
