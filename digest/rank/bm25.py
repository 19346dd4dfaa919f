"""Relevance by Okapi BM25 (Robertson and Zaragoza 2009, §3.5)."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.model import Paper
from digest.rank.tokens import terms

K1 = 1.2
"""How soon another occurrence of a term stops counting."""
B = 0.75
"""How much a long text is held against it."""
TITLE = 3
"""A term in the title counts as often as this."""


class Corpus:
    """How common terms are: from the history, so that scores mean the same every day."""

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        self.size = 0
        self.frequency: Counter[str] = Counter()
        length = 0
        for text in texts:
            self.size += 1
            length += len(text)
            self.frequency.update(set(text))
        self.mean_length = length / self.size if self.size else 1.0

    def rarity(self, term: str) -> float:
        """The inverse document frequency of a term, never negative."""
        seen = self.frequency[term]
        return math.log(1 + (self.size - seen + 0.5) / (seen + 0.5))


def text_of(paper: Paper) -> list[str]:
    """A paper's terms, the title's repeated by its weight."""
    return terms(paper.title) * TITLE + terms(paper.abstract) + terms(" ".join(paper.keywords))


def weights(query: Sequence[str], text: Sequence[str], corpus: Corpus) -> dict[str, float]:
    """What each term of the query adds to the score of a text; absent terms add nothing."""
    counts = Counter(text)
    norm = K1 * (1 - B + B * len(text) / corpus.mean_length)
    return {
        term: corpus.rarity(term) * counts[term] * (K1 + 1) / (counts[term] + norm)
        for term in dict.fromkeys(query)
        if counts[term]
    }


def ceiling(query: Iterable[str], corpus: Corpus) -> float:
    """A score that no text can pass: every term of the query, without end."""
    return sum(corpus.rarity(term) * (K1 + 1) for term in set(query))
