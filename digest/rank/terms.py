"""Each word of a topic beside the nearest word of every paper (late interaction).

What the sum of a paper's vectors blurs, its single words still say: "image" is near to
"pictures", whatever else the paper is about. The greatest cosine for each word of the topic is
MaxSim of Khattab and Zaharia 2020 (ColBERT), here over static vectors.
"""

from collections import Counter
from functools import lru_cache

import numpy as np

from digest.rank.corpus import Corpus
from digest.rank.ragged import Floats, Ints, unit
from digest.rank.tokens import content
from digest.rank.vectors import WordVectors

LONGEST = 64
"""Words of a topic that are looked at, the rarest first: who types more has said enough."""
KEPT = 512
"""Words whose nearness is kept for the next topic that holds them."""


class Terms:
    """The distinct words of every paper as vectors of length 1."""

    def __init__(self, corpus: Corpus, table: WordVectors) -> None:
        self._words, self._size, self._table = corpus.words, len(corpus), table
        width = max(len(corpus.words), 1)
        cells = np.unique(corpus.paper * width + corpus.word)
        self._word = cells % width
        self._owners, self._starts = np.unique(cells // width, return_index=True)
        self._holders: Ints = np.bincount(self._word, minlength=len(corpus.words))
        self._vectors = unit(table(list(corpus.words)))
        self._nearest = lru_cache(KEPT)(self._look)

    def nearness(self, topic: str) -> Floats:
        """The cosine of each word's nearest word, by rarity and summed: (papers,)."""
        counts = Counter(content(topic))
        rarest = sorted(counts, key=lambda word: (-self._rarity(word), word))[:LONGEST]
        total = np.zeros(self._size, dtype=np.float32)
        for word in rarest:
            total += counts[word] * self._rarity(word) * self._nearest(word)
        return total

    def _rarity(self, word: str) -> float:
        holders = self._holders[self._words[word]] if word in self._words else 0
        return float(np.log((self._size + 1) / (holders + 0.5)))

    def _look(self, word: str) -> Floats:
        best = np.zeros(self._size, dtype=np.float32)
        if len(self._owners):
            cosines = np.maximum(self._vectors @ self._vector(word), 0)
            best[self._owners] = np.maximum.reduceat(cosines[self._word], self._starts)
        return best

    def _vector(self, word: str) -> Floats:
        if word in self._words:
            return np.asarray(self._vectors[self._words[word]], dtype=np.float32)
        return np.asarray(unit(self._table([word]))[0], dtype=np.float32)
