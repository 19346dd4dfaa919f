import pytest
from example_papers import corpus

from digest.errors import Misuse
from digest.rank.collection import rank_collection


def documents():
    for n, paper in enumerate(corpus()):
        yield {
            "id": paper.id,
            "title": paper.title,
            "abstract": paper.abstract,
            "upvotes": paper.upvotes,
            "history": n < 20,
            "snapshot_at": "2026-08-20T08:00:00Z",
        }


def test_every_kind_ranks_its_candidates(table):
    few = ["arxiv:0031", "arxiv:0042", "arxiv:0045"]
    topics = [
        {"id": "t", "kind": "topic", "text": "graph neural networks"},
        {"id": "l", "kind": "liked", "text": "", "liked": ["arxiv:0003", "arxiv:0008"]},
        {"id": "v", "kind": "trend", "text": "", "candidates": few},
        {"id": "d", "kind": "digest", "text": "robots", "candidates": few},
        {"id": "e", "kind": "topic", "text": ""},
    ]
    run = dict(rank_collection(documents(), topics, table))
    assert list(run) == ["t", "l", "v", "d", "e"]
    for ranking in run.values():
        scores = [score for _, score in ranking]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
    assert {int(id_[-4:]) % 5 for id_, _ in run["t"][:8]} == {1}
    assert {int(id_[-4:]) % 5 for id_, _ in run["l"][:8]} == {3}
    assert {id_ for id_, _ in run["t"]} == {f"arxiv:{n:04d}" for n in range(20, 60)}
    assert {id_ for id_, _ in run["v"]} == set(few)
    assert run["d"][0][0] == "arxiv:0042"


def test_an_unknown_kind_is_named():
    with pytest.raises(Misuse, match="'song'"):
        list(rank_collection(documents(), [{"id": "x", "kind": "song", "text": "a"}]))
