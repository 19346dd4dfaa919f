"""How alike two papers are, and each paper's nearest neighbours."""

from dataclasses import dataclass

import numpy as np

from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats, Ints, spans
from digest.rank.space import Space
from digest.rank.vectors import Meanings

WIDE = 5
"""Neighbours are the best of this many times as many that are nearest in the dense spaces."""
BLOCK = 512
"""Rows worked on at once, which bounds memory."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest papers of each paper, and how much of its company each is (rows sum to 1)."""

    papers: Ints
    weights: Floats

    def mean(self, scores: Floats) -> Floats:
        """The company's mean score, per paper."""
        return np.asarray((self.weights * scores[self.papers]).sum(1), dtype=np.float32)


def dense(space: Space, meanings: Meanings | None, p: Parameters) -> Floats:
    """Papers as one dense vector each, whose inner products are the dense part of affinity."""
    parts = [space.papers * np.sqrt(p.kin_latent)]
    if meanings is not None:
        parts.append(meanings.centred * np.sqrt(p.kin_vectors))
    return np.asarray(np.hstack(parts), dtype=np.float32)


def neighbours(space: Space, meanings: Meanings | None, p: Parameters) -> Neighbours:
    """Nearest by tf-idf cosine plus nearness in the dense spaces."""
    points, size = dense(space, meanings, p), space.tfidf.height
    keep, wide = min(p.neighbours, size - 1), min(p.neighbours * WIDE, size - 1)
    if keep < 1 or not size:
        return Neighbours(np.zeros((size, 1), np.int64), np.zeros((size, 1), np.float32))
    papers, weights = np.zeros((size, keep), np.int64), np.zeros((size, keep), np.float32)
    for first in range(0, size, BLOCK):
        rows = np.arange(first, min(first + BLOCK, size))
        near = points[rows] @ points.T
        near[np.arange(len(rows)), rows] = -np.inf
        likely = np.sort(np.argpartition(-near, wide - 1, axis=1)[:, :wide], axis=1)
        near = np.take_along_axis(near, likely, 1) + _cosines(space, rows, likely)
        best = np.argsort(-near, axis=1, kind="stable")[:, :keep]
        papers[rows] = np.take_along_axis(likely, best, 1)
        weights[rows] = np.maximum(np.take_along_axis(near, best, 1), 0) ** p.sharpness
    total = np.maximum(weights.sum(1, keepdims=True), 1e-9)
    return Neighbours(papers, weights / total)


def _cosines(space: Space, rows: Ints, others: Ints) -> Floats:
    """The tf-idf cosine of each row with each of its others: shape of `others`."""
    entries, cosines = space.tfidf, np.zeros(others.shape, dtype=np.float32)
    for i, row in enumerate(rows):
        full = entries.dense(np.array([row]))[0]
        starts, ends = entries.starts[others[i]], entries.starts[others[i] + 1]
        at = spans(starts, ends)
        owner = np.repeat(np.arange(others.shape[1]), ends - starts)
        shared = entries.values[at] * full[entries.columns[at]]
        cosines[i] = np.bincount(owner, shared, minlength=others.shape[1])
    return cosines
