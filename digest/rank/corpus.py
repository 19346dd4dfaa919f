"""The corpus: history and pool as flat arrays of tokens, in the order of paper ids."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from digest.model import Paper
from digest.rank.ragged import Ints
from digest.rank.tokens import content, sentences, stem


class Vocabulary(dict[str, int]):
    """Strings numbered in the order they are met."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number

    def known(self, keys: Iterable[str]) -> list[int]:
        """The numbers of those that were met."""
        return [self[key] for key in keys if key in self]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Every content word of every paper, one array element each, in reading order.

    `word` numbers the word in `words`, `stem_of[word]` its stem in `stems`, `paper` the row of
    its paper in `ids`, `title` says whether it stands there, `sentence` grows with each sentence.
    """

    ids: tuple[str, ...]
    words: Vocabulary
    stems: Vocabulary
    stem_of: Ints
    word: Ints
    paper: Ints
    title: np.ndarray[tuple[int], np.dtype[np.bool_]]
    sentence: Ints

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> "Corpus":
        """The corpus of some papers; of several with one id, the last."""
        known = {paper.id: paper for paper in papers}
        ids = tuple(sorted(known))
        words, stems = Vocabulary(), Vocabulary()
        parts = list(chain.from_iterable(_sentences(i, known[id_]) for i, id_ in enumerate(ids)))
        numbers = [[words[word] for word in part] for _, _, part in parts]
        lengths = [len(part) for part in numbers]
        stem_of = np.array([stems[stem(word)] for word in words], dtype=np.int64)
        return cls(
            ids,
            words,
            stems,
            stem_of,
            np.fromiter(chain.from_iterable(numbers), np.int64),
            np.repeat(np.array([paper for paper, _, _ in parts], dtype=np.int64), lengths),
            np.repeat(np.array([title for _, title, _ in parts], dtype=np.bool_), lengths),
            np.repeat(np.arange(len(parts), dtype=np.int64), lengths),
        )

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def stem(self) -> Ints:
        """The stem at each place."""
        return self.stem_of[self.word]

    def rows(self, ids: Iterable[str]) -> Ints:
        """The rows of papers by id; unknown ids are left out."""
        place = {id_: row for row, id_ in enumerate(self.ids)}
        return np.array([place[id_] for id_ in ids if id_ in place], dtype=np.int64)


def _sentences(row: int, paper: Paper) -> Iterator[tuple[int, bool, list[str]]]:
    yield row, True, content(paper.title)
    for text in (*sentences(paper.abstract), *paper.keywords):
        yield row, False, content(text)
