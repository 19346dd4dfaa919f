"""Pseudo relevance feedback: the words of the best papers make a second query (Rocchio 1971)."""

import numpy as np

from digest.rank.ragged import Floats, Ints, Rows, spans

LAST = 0.3
"""Weight of the last example beside the range of the examples' scores."""


def echo(scores: Floats, tfidf: Rows, examples: int) -> Floats:
    """The cosine of every paper with the weighted centre of the best ones: (papers,)."""
    best = leaders(scores, examples)
    if not len(best):
        return np.zeros_like(scores)
    lead = scores[best] - scores[best].min()
    weight = lead + LAST * (lead.max() + 1e-6)
    return tfidf.times_vector(centre(tfidf, best, weight / weight.sum()))


def leaders(scores: Floats, count: int) -> Ints:
    """The rows of the best scores, best first; equal scores in row order."""
    return np.argsort(-scores, kind="stable")[: min(count, len(scores))]


def centre(rows: Rows, which: Ints, weights: Floats) -> Floats:
    """The weighted sum of some rows: (width,)."""
    starts, ends = rows.starts[which], rows.starts[which + 1]
    at, each = spans(starts, ends), np.repeat(weights, ends - starts)
    total = np.bincount(rows.columns[at], rows.values[at] * each, minlength=rows.width)
    return total.astype(np.float32)
