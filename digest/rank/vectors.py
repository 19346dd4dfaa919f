"""Papers, sentences and topics as sums of static word vectors: the optional extra."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from digest.rank.corpus import Corpus
from digest.rank.ragged import Floats, Ints, Rows, unit
from digest.rank.tokens import content

TITLE = 2
"""A word in the title counts twice."""


class WordVectors(Protocol):
    """A table of word vectors, from outside: the core does no I/O."""

    def __call__(self, words: Sequence[str]) -> Floats:
        """(len(words), dimensions); a vector's length says how telling its word is."""


class Meanings:
    """Every paper and sentence as the sum of √idf · vector over its words, length 1.

    Weighing by a root of the rarity is the smooth inverse frequency of Arora et al. 2017 for a
    table whose vectors carry part of that weight in their length; removing the common
    direction, as they do, made topics worse here and likeness between papers better.
    """

    def __init__(self, corpus: Corpus, table: WordVectors) -> None:
        self._words, self._table, size = corpus.words, table, len(corpus)
        cells = np.unique(corpus.word * size + corpus.paper)
        holders = np.bincount(cells // max(size, 1), minlength=len(corpus.words))
        rarity = np.sqrt(np.maximum(np.log((size + 1) / (holders + 0.5)), 0))
        self._vectors = (table(list(corpus.words)) * rarity[:, None]).astype(np.float32)
        self._unseen = float(np.sqrt(np.log(2 * (size + 1))))
        weight = np.where(corpus.title, TITLE, 1).astype(np.float32)
        self.papers = self._sum(corpus.paper, corpus.word, weight, size)
        """(papers, dimensions)."""
        self._sentences = self._sum(corpus.sentence, corpus.word, np.ones_like(weight), None)
        first = np.unique(corpus.sentence, return_index=True)
        self._owner_rows, self._starts = _runs(corpus.paper[first[1]])
        self._sentences = self._sentences[first[0]]
        self.centred = unit(self.papers - self.papers.mean(0)) if size else self.papers
        """The same without what all papers share: for likeness between papers."""

    def query(self, topic: str) -> Floats:
        """A topic's vector, length 1: (dimensions,)."""
        words = content(topic)
        vectors = np.asarray(self._table(words) * self._unseen, dtype=np.float32)
        for i, word in enumerate(words):
            if word in self._words:
                vectors[i] = self._vectors[self._words[word]]
        return np.asarray(unit(vectors.sum(0, keepdims=True))[0], dtype=np.float32)

    def best_sentence(self, query: Floats) -> Floats:
        """Cosine of a topic with the nearest sentence of each paper, 0 where there is none."""
        best = np.zeros(len(self.papers), dtype=np.float32)
        if len(self._starts):
            cosines = self._sentences @ query
            best[self._owner_rows] = np.maximum.reduceat(cosines, self._starts)
        return best

    def _sum(self, row: Ints, word: Ints, weight: Floats, height: int | None) -> Floats:
        height = int(row.max(initial=-1)) + 1 if height is None else height
        width = len(self._vectors)
        cells, cell = np.unique(row * max(width, 1) + word, return_inverse=True)
        often = np.bincount(cell, weight, minlength=len(cells)).astype(np.float32)
        entries = Rows.of(cells // max(width, 1), cells % max(width, 1), often, (height, width))
        return unit(entries.times(self._vectors))


def _runs(owner: Ints) -> tuple[Ints, Ints]:
    """The distinct values of a sorted array, and where each begins."""
    rows, starts = np.unique(owner, return_index=True)
    return rows, starts
