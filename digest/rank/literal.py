"""Where a topic stands word for word (stem for stem), stop words left out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from digest.rank.corpus import Corpus
from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats, Ints
from digest.rank.tokens import phrases

AGAIN = 3
"""Occurrences in the abstract that still count."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a topic stands in every paper, each (papers,), averaged over the topic's phrases."""

    held: Floats
    """Share of the phrases that the paper holds."""
    in_title: Floats
    """Share that its title holds."""
    in_abstract: Floats
    """Occurrences in the abstract, up to three a phrase."""

    @property
    def papers(self) -> float:
        """How many papers hold every phrase of the topic."""
        return float((self.held == 1).sum())

    def score(self, p: Parameters) -> Floats:
        """What this standing is worth."""
        worth = p.literal * self.held + p.literal_title * self.in_title
        return np.asarray(worth + p.literal_again * self.in_abstract, dtype=np.float32)


class Places:
    """The places of every stem, so that phrases are found without reading the papers again."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus, self._stem = corpus, corpus.stem
        self._order = np.argsort(self._stem, kind="stable")
        self._starts = np.searchsorted(self._stem[self._order], np.arange(len(corpus.stems) + 1))

    def standing(self, topic: str) -> Standing:
        """How a topic stands in every paper."""
        parts = phrases(topic)
        found = [self._counts(part) for part in parts] or [self._counts([])]
        title, abstract = np.minimum(found, AGAIN).astype(np.float32).swapaxes(0, 1)
        held, in_title = (title + abstract > 0).mean(0), (title > 0).mean(0)
        return Standing(held.astype(np.float32), in_title.astype(np.float32), abstract.mean(0))

    def _counts(self, phrase: Sequence[str]) -> Ints:
        at, size = self.find(phrase), len(self._corpus)
        paper, title = self._corpus.paper[at], self._corpus.title[at]
        counts = [np.bincount(paper[which], minlength=size) for which in (title, ~title)]
        return np.array(counts, dtype=np.int64)

    def find(self, phrase: Sequence[str]) -> Ints:
        """Where a phrase of stems begins, within one sentence."""
        known = self._corpus.stems.known(phrase)
        if len(known) < len(phrase) or not known:
            return np.zeros(0, np.int64)
        rarest = int(np.argmin([self._starts[s + 1] - self._starts[s] for s in known]))
        at = self._order[self._starts[known[rarest]] : self._starts[known[rarest] + 1]] - rarest
        at = at[(at >= 0) & (at + len(known) <= len(self._stem))]
        for offset, stem in enumerate(known):
            at = at[self._stem[at + offset] == stem]
        return np.sort(at[self._corpus.sentence[at] == self._corpus.sentence[at + len(known) - 1]])
