"""BM25F: one saturation over the weighted occurrences of all fields.

Robertson, Zaragoza and Taylor 2004, as in Robertson and Zaragoza 2009, §3.6.
"""

from collections.abc import Iterable

import numpy as np

from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats, Ints, Rows, spans

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Index:
    """Which papers hold which token, and how much that says. A token is a number."""

    def __init__(self, token: Ints, paper: Ints, title: Bools, size: int, p: Parameters) -> None:
        """`token`, `paper`, `title`: one element per occurrence; `size`: papers in the corpus."""
        weight = np.where(
            title,
            p.title * _length_norm(paper[title], size, p.title_length)[paper],
            _length_norm(paper[~title], size, p.abstract_length)[paper],
        )
        self.tokens, number = np.unique(token, return_inverse=True)
        cells, cell = np.unique(number * size + paper, return_inverse=True)
        often = np.bincount(cell, weight, minlength=len(cells))
        strength = often * (p.saturation + 1) / (often + p.saturation)
        holders = np.bincount(cells // size, minlength=len(self.tokens))
        self.rarity = np.log1p((size - holders + 0.5) / (holders + 0.5)).astype(np.float32)
        self.ceiling = float(np.log1p((size + 0.5) / 0.5))
        """The rarity of a token that nobody holds."""
        shape = (len(self.tokens), size)
        self.postings = Rows.of(cells // size, cells % size, strength.astype(np.float32), shape)

    def scores(self, query: Iterable[int]) -> Floats:
        """The score of every paper for the tokens of a query: (papers,)."""
        rows, counts = self.rows(query)
        at = spans(self.postings.starts[rows], self.postings.starts[rows + 1])
        each = np.diff(self.postings.starts)[rows]
        weights = np.repeat(self.rarity[rows] * counts, each) * self.postings.values[at]
        size = self.postings.width
        return np.bincount(self.postings.columns[at], weights, minlength=size).astype(np.float32)

    def addends(self, query: Iterable[int], paper: int) -> dict[int, float]:
        """What each token of a query adds to the score of one paper."""
        rows, counts = self.rows(query)
        full = self.postings.dense(rows)[:, paper] * self.rarity[rows] * counts
        return {int(self.tokens[row]): float(v) for row, v in zip(rows, full, strict=True) if v}

    def rows(self, query: Iterable[int]) -> tuple[Ints, Ints]:
        """The postings of a query's known tokens, and how often each was asked for."""
        wanted, counts = np.unique(np.fromiter(query, np.int64), return_counts=True)
        if not len(self.tokens) or not len(wanted):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        rows = np.minimum(np.searchsorted(self.tokens, wanted), len(self.tokens) - 1)
        found = self.tokens[rows] == wanted
        return rows[found], counts[found]


def _length_norm(paper: Ints, size: int, b: float) -> Floats:
    """1 / (1 - b + b · length / mean length), per paper; a field that nobody has counts 1."""
    length = np.bincount(paper, minlength=size)
    mean = length.sum() / max(size, 1)
    if not mean:
        return np.ones(size, dtype=np.float32)
    return np.asarray(1 / np.maximum(1 - b + b * length / mean, 1e-3), dtype=np.float32)
