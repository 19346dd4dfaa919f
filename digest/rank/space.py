"""Papers as vectors: tf-idf over stems, and the latent space that the corpus itself spans."""

import numpy as np

from digest.rank.corpus import Corpus
from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats, Rows, unit
from digest.rank.tokens import content, stem

TITLE = 2
"""A stem in the title counts twice here: company is kept by whole texts."""
OVERSAMPLING, PASSES, SEED = 20, 4, 0
"""Of the randomised range finder; four passes make its result repeat that of a full SVD."""


class Space:
    """(1 + ln tf) · idf over stems, rows of length 1, and its first left singular directions.

    Latent semantic analysis (Deerwester et al. 1990) by randomised subspace iteration
    (Halko, Martinsson and Tropp 2011, algorithm 4.4) from a fixed seed.
    """

    def __init__(self, corpus: Corpus, p: Parameters) -> None:
        self._stems, size = corpus.stems, len(corpus)
        cells, cell = np.unique(corpus.paper * len(self._stems) + corpus.stem, return_inverse=True)
        often = np.bincount(cell, np.where(corpus.title, TITLE, 1), minlength=len(cells))
        paper, number = cells // max(len(self._stems), 1), cells % max(len(self._stems), 1)
        holders = np.bincount(number, minlength=len(self._stems))
        self.rarity = np.log((size + 1) / (holders + 0.5)).astype(np.float32)
        weight = (1 + np.log(often)) * self.rarity[number]
        length = np.sqrt(np.bincount(paper, weight**2, minlength=size))
        weight /= np.maximum(length[paper], 1e-9)
        shape = (size, len(self._stems))
        self.tfidf = Rows.of(paper, number, weight.astype(np.float32), shape)
        self._directions = self._span(min(p.dimensions, *shape))
        placed = self.tfidf.times(self._directions)
        self.fine, self._topical = unit(placed), p.topical
        """Papers by all directions: (papers, dimensions), rows of length 1."""
        self.papers = unit(placed[:, : p.topical])
        """Papers by the strongest directions: (papers, topical), rows of length 1."""

    def query(self, topic: str) -> Floats:
        """A topic by the strongest directions: (topical,), length 1."""
        known = self._stems.known(stem(word) for word in content(topic))
        number, often = np.unique(np.array(known, dtype=np.int64), return_counts=True)
        values = (often * self.rarity[number]).astype(np.float32)
        shape = (1, len(self._stems))
        row = Rows.of(np.zeros(len(number), np.int64), number, values, shape)
        placed = row.times(self._directions)[:, : self._topical]
        return np.asarray(unit(placed)[0], dtype=np.float32)

    def _span(self, dimensions: int) -> Floats:
        if not dimensions:
            return np.zeros((self.tfidf.width, 1), dtype=np.float32)
        down, up = self.tfidf, self.tfidf.transposed()
        start = np.random.default_rng(SEED).standard_normal(
            (down.height, dimensions + OVERSAMPLING), dtype=np.float32
        )
        across = start
        for _ in range(PASSES):
            # On the side of the papers, who are fewer than stems.
            across = np.linalg.qr(down.times(up.times(across)))[0]
        basis = np.linalg.qr(up.times(across))[0]
        _, _, turn = np.linalg.svd(down.times(basis), full_matrices=False)
        return np.asarray(basis @ turn[:dimensions].T, dtype=np.float32)
