"""Four ways to cut the same text into tokens, each indexed by BM25F."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np

from digest.rank.bm25f import Index
from digest.rank.corpus import Corpus, Vocabulary
from digest.rank.parameters import Parameters
from digest.rank.ragged import Ints, spans
from digest.rank.tokens import content, grams, stem


class View(Protocol):
    """One way to cut text."""

    index: Index

    def query(self, topic: str) -> list[int]:
        """The tokens of a topic, as numbers of this view."""


class Stems:
    """Words whatever their ending."""

    def __init__(self, corpus: Corpus, p: Parameters) -> None:
        self._stems = corpus.stems
        self.index = Index(corpus.stem, corpus.paper, corpus.title, len(corpus), p)

    def query(self, topic: str) -> list[int]:
        """The stems of a topic."""
        return self.known(stem(word) for word in content(topic))

    def known(self, stems: Iterable[str]) -> list[int]:
        """The tokens of some stems, unknown ones left out."""
        return self._stems.known(stems)


class Surface:
    """Words as they are written."""

    def __init__(self, corpus: Corpus, p: Parameters) -> None:
        self._words = corpus.words
        self.index = Index(corpus.word, corpus.paper, corpus.title, len(corpus), p)

    def query(self, topic: str) -> list[int]:
        """The words of a topic."""
        return self._words.known(content(topic))


class Letters:
    """Letter groups: another ending, spelling or compound still shares most of them."""

    def __init__(self, corpus: Corpus, p: Parameters) -> None:
        self._grams = Vocabulary()
        cut = [[self._grams[gram] for gram in grams(word)] for word in corpus.words]
        starts = np.cumsum([0, *map(len, cut)], dtype=np.int64)
        flat = np.array([gram for word in cut for gram in word], dtype=np.int64)
        at = spans(starts[corpus.word], starts[corpus.word + 1])
        each = np.diff(starts)[corpus.word]
        paper, title = np.repeat(corpus.paper, each), np.repeat(corpus.title, each)
        self.index = Index(flat[at], paper, title, len(corpus), p)

    def query(self, topic: str) -> list[int]:
        """The letter groups of a topic's words."""
        return self._grams.known(gram for word in content(topic) for gram in grams(word))


class Pairs:
    """Two stems within reach of each other in one sentence, in either order."""

    def __init__(self, corpus: Corpus, p: Parameters) -> None:
        self._stems, self._reach = corpus.stems, p.reach
        found = [self._apart(corpus, distance) for distance in range(1, p.reach + 1)]
        token, place = (np.concatenate(column) for column in zip(*found, strict=True))
        self.index = Index(token, corpus.paper[place], corpus.title[place], len(corpus), p)

    def query(self, topic: str) -> list[int]:
        """The pairs of a topic."""
        return self.near(stem(word) for word in content(topic))

    def near(self, stems: Iterable[str]) -> list[int]:
        """The pairs among stems in their order."""
        return list(dict.fromkeys(self._near(self._stems.known(stems))))

    def _apart(self, corpus: Corpus, distance: int) -> tuple[Ints, Ints]:
        stems = corpus.stem
        together = corpus.sentence[:-distance] == corpus.sentence[distance:]
        place = np.flatnonzero(together)
        one, two = stems[place], stems[place + distance]
        return np.minimum(one, two) * len(self._stems) + np.maximum(one, two), place

    def _near(self, known: list[int]) -> Iterator[int]:
        for i, one in enumerate(known):
            for two in known[i + 1 : i + 1 + self._reach]:
                if one != two:
                    yield min(one, two) * len(self._stems) + max(one, two)


def views(corpus: Corpus, stems: Stems, pairs: Pairs, p: Parameters) -> Mapping[str, "Weighted"]:
    """The views that count, by name, with their weights."""
    made: dict[str, Weighted] = {"stems": (p.stems, stems)}
    if p.surface:
        made["surface"] = p.surface, Surface(corpus, p)
    if p.letters:
        made["letters"] = p.letters, Letters(corpus, p)
    if p.pairs:
        made["pairs"] = p.pairs, pairs
    return made


Weighted = tuple[float, View]
"""A view and what it counts."""
