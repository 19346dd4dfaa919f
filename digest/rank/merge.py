"""The choice for many readers at once: the best papers of their topics, merged by numpy.

One scratch cell a reader and paper holds the best claim on that paper, so that a paper on three
of a reader's topics is counted once, for the topic it fits best; what is not to be shown holds a
claim that nobody beats.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.rank.ragged import Floats, Ints, spans

SCALE = 32_767
"""Scores are compared as whole numbers of 15 bits: equal beyond that, ties go by paper."""
MOST_PAPERS = 65_536
"""Papers a pool may hold: their number takes 16 bits of a key."""
BATCH = 1_024
"""Readers merged at once: their scratch cells fit the cache."""
BLOCKED = np.uint32(0xFFFFFFFF)
PAPER, SHARE = np.uint32(0xFFFF), np.uint32(1 << 31)
NEAR = 3
"""Papers just below a reader's cut or floor that are told."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The best papers of each topic, best first: paper numbers and scores, (topics, depth).

    A place that no paper fills has score 0.
    """

    papers: NDArray[np.int32]
    scores: NDArray[np.uint16]
    size: int
    """Papers in the pool."""
    floor: int = 1
    """Least score that gets a place; below it are papers that come near one."""
    close: int = 1
    """Least score of what is near."""

    @classmethod
    def of(cls, scores: Floats, depth: int) -> "Shelf":
        """From scores in 0 to 1, (topics, papers); 0 means not to be shown. Ties by number."""
        whole = np.round(np.clip(scores, 0, 1) * SCALE).astype(np.int64)
        size = scores.shape[1]
        if size > MOST_PAPERS:
            raise ValueError(f"a pool of {size} papers is larger than {MOST_PAPERS}")
        keys = whole * size + np.arange(size - 1, -1, -1)
        best = np.argsort(-keys, axis=1, kind="stable")[:, :depth]
        kept = np.take_along_axis(whole, best, 1).astype(np.uint16)
        return cls(best.astype(np.int32), kept, size)


@dataclass(frozen=True, slots=True)
class Readers:
    """Who asks: each reader's topics and the papers they must not get, as ragged rows."""

    topic_starts: Ints
    topics: Ints
    blocked_starts: Ints
    blocked: Ints
    places: NDArray[np.int64]
    """How many papers each reader wants at most."""

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choice of each reader, best first, (readers, most places); paper -1 ends a row."""

    papers: NDArray[np.int32]
    scores: NDArray[np.uint16]
    near: NDArray[np.int32]
    """The runners-up, best first, (readers, NEAR)."""


def merge(shelf: Shelf, readers: Readers, depth: int = 0, width: int = 0) -> Chosen:
    """Chooses for every reader; nobody's choice depends on another reader.

    Who wants at most half of `depth` papers is shown that many of each topic, others all: the
    shorter the rows, the faster. `width`: places that rows have at least.
    """
    width = int(readers.places.max(initial=width))
    shape = (len(readers), width)
    papers, scores = np.full(shape, -1, np.int32), np.zeros(shape, np.uint16)
    near = np.full((len(readers), NEAR), -1, np.int32)
    counts = np.diff(readers.topic_starts)
    kinds = counts * 2 + (readers.places * 2 <= depth)
    for kind in np.unique(kinds[counts > 0]).tolist():
        alike, seen = np.flatnonzero(kinds == kind), shelf
        if kind % 2:
            tops = shelf.papers[:, :depth], shelf.scores[:, :depth]
            seen = Shelf(*tops, shelf.size, shelf.floor, shelf.close)
        for first in range(0, len(alike), BATCH):
            rows = alike[first : first + BATCH]
            best, next_ = _merge(seen, readers, rows, kind // 2, width)
            papers[rows], scores[rows], near[rows] = _papers(best), best >> 16, _papers(next_)
    return Chosen(papers, scores, near)


def _papers(keys: NDArray[np.uint32]) -> NDArray[np.int32]:
    return np.where(keys > 0, (PAPER - (keys & PAPER)).astype(np.int32), -1).astype(np.int32)


def _merge(
    shelf: Shelf, readers: Readers, rows: Ints, count: int, width: int
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    asked = readers.topics[readers.topic_starts[rows][:, None] + np.arange(count)]
    papers, scores = shelf.papers[asked], shelf.scores[asked]
    cells, places = _scratch(shelf, readers, rows), readers.places[rows]
    at = papers + (np.arange(len(rows)) * shelf.size)[:, None, None]
    live = _live(at, scores, cells.reshape(-1))
    first = _within_share(live & (scores >= shelf.floor), places)
    return _best(_keys(papers, scores, live, first), places, width, shelf)


def _keys(
    papers: NDArray[np.int32],
    scores: NDArray[np.uint16],
    live: NDArray[np.bool_],
    first: NDArray[np.bool_],
) -> NDArray[np.uint32]:
    """Sortable: within its share (1 bit), score (15), paper (16, the least number highest)."""
    keys = (scores.astype(np.uint32) << 16) | (PAPER - papers.astype(np.uint32))
    return np.asarray(np.where(live, keys | np.where(first, SHARE, 0), 0), dtype=np.uint32)


def _best(
    keys: NDArray[np.uint32], places: NDArray[np.int64], width: int, shelf: Shelf
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Each row's best keys, those within their share before others, then all by score; the next."""
    sorted_ = np.sort(keys.reshape(len(keys), -1), axis=1)[:, ::-1][:, : width + NEAR]
    flat = np.zeros((len(keys), width + NEAR), dtype=np.uint32)
    flat[:, : sorted_.shape[1]] = sorted_ & ~SHARE
    places = np.minimum(places, (flat >= shelf.floor << 16).sum(axis=1))
    kept = np.where(np.arange(width) < places[:, None], flat[:, :width], 0)
    near = np.take_along_axis(flat, places[:, None] + np.arange(NEAR), 1)
    near[near < shelf.close << 16] = 0
    return np.sort(kept, axis=1)[:, ::-1], np.sort(near, axis=1)[:, ::-1]


def _scratch(shelf: Shelf, readers: Readers, rows: Ints) -> NDArray[np.uint32]:
    cells = np.zeros((len(rows), shelf.size), dtype=np.uint32)
    starts, ends = readers.blocked_starts[rows], readers.blocked_starts[rows + 1]
    cells[np.repeat(np.arange(len(rows)), ends - starts), readers.blocked[spans(starts, ends)]] = (
        BLOCKED
    )
    return cells


def _live(at: Ints, scores: NDArray[np.uint16], cells: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which entries hold the best claim on their paper; of equal claims the earlier topic's."""
    count = at.shape[1]
    claims = scores.astype(np.uint32) * 256 + (255 - np.arange(count, dtype=np.uint32))[:, None]
    claims[scores == 0] = 0
    for topic in range(count):
        cells[at[:, topic]] = np.maximum(cells[at[:, topic]], claims[:, topic])
    return np.asarray((cells[at] == claims) & (claims > 0))


def _within_share(live: NDArray[np.bool_], places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Entries inside their topic's fair share: places over topics that have papers, rounded up."""
    speaking = np.maximum(live.any(axis=2).sum(axis=1), 1)
    share = -(-places // speaking)
    return np.asarray(live & (np.cumsum(live, axis=2) <= share[:, None, None]), dtype=np.bool_)
