"""A reader's choice as one compact row of bytes, which is also the memory of what was sent.

Four bytes a paper, best first, little-endian: its number in the edition's pool (2), the place of
the topic it was chosen for among the reader's topics (1), its score in 255ths (1).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from digest.rank.merge import SCALE, Chosen

ENTRY: np.dtype[np.void] = np.dtype([("paper", "<u2"), ("topic", "u1"), ("score", "u1")])


def pack(chosen: Chosen) -> Iterator[bytes]:
    """One row of bytes a reader; nothing chosen is an empty row."""
    entries: NDArray[np.void] = np.zeros(chosen.papers.shape, dtype=ENTRY)
    entries["paper"], entries["topic"] = np.maximum(chosen.papers, 0), chosen.topics
    entries["score"] = np.round(chosen.scores / SCALE * 255)
    counts = (chosen.papers >= 0).sum(axis=1) * ENTRY.itemsize
    flat, width = entries.tobytes(), chosen.papers.shape[1] * ENTRY.itemsize
    for row, count in enumerate(counts.tolist()):
        yield flat[row * width : row * width + count]


def unpack(row: bytes) -> list[tuple[int, int, float]]:
    """(paper number, place of the topic, score 0 to 1), best first."""
    entries = np.frombuffer(row, dtype=ENTRY)
    columns = (entries["paper"].tolist(), entries["topic"].tolist(), entries["score"] / 255)
    return [(paper, topic, float(score)) for paper, topic, score in zip(*columns, strict=True)]


def papers(row: bytes) -> list[int]:
    """The numbers of the papers of a row: what must not come twice."""
    return [paper for paper, _, _ in unpack(row)]
