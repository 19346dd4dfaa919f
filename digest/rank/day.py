"""A pool of papers, worked out once: relevance of every paper to any topic, and its trend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from digest.model import Paper, Topic, TopicKind
from digest.rank.corpus import Corpus
from digest.rank.duplicates import folded
from digest.rank.exact import holds
from digest.rank.holding import holding, needed
from digest.rank.liked import Likes
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.ragged import Floats
from digest.rank.relevance import Field
from digest.rank.score import combined, probability, stepped
from digest.rank.trend import trends
from digest.rank.vectors import WordVectors


class Day:
    """Papers to choose from, numbered by id, against the history that says what is common."""

    def __init__(
        self,
        pool: Iterable[Paper],
        history: Iterable[Paper] = (),
        table: WordVectors | None = None,
        parameters: Parameters = DEFAULT,
        field: Field | None = None,
    ) -> None:
        """`field`: the same papers, worked out for another pool among them."""
        known = {paper.id: paper for paper in pool}
        self.papers = [known[id_] for id_ in sorted(known)]
        self.number = {paper.id: row for row, paper in enumerate(self.papers)}
        self.parameters = parameters
        self.field = field or Field(
            Corpus.of([*history, *self.papers] if self.papers else []), table, parameters
        )
        self.rows = self.field.corpus.rows(self.number)
        self.trends = trends(self.papers, parameters)
        self.trending = stepped([self.trends[p.id].value for p in self.papers])
        self.work = folded(self.papers, self.field.corpus.ids, self.field.space.tfidf, parameters)
        """Each paper's id → the id that stands for its work."""
        self.shown = np.array([self.work[p.id] == p.id for p in self.papers], dtype=np.bool_)
        self._likes: Likes | None = None

    def fit(self, topic: Topic) -> "Fit":
        """How every paper stands to a topic."""
        if topic.kind is not TopicKind.TEXT:
            return self._plain(np.array([holds(topic, p) for p in self.papers], dtype=np.float32))
        p, raw = self.parameters, self.field.evidence(topic.text).raw
        share = holding(topic.text, self.field.stems, self.field.pairs)
        required = needed(raw, share, p)[self.rows]
        return Fit(probability(raw[self.rows], p.midpoint, p.spread), required)

    def liking(self, opinions: Mapping[str, float]) -> "Fit":
        """How every paper stands to somebody with opinions on others."""
        p, raw = self.parameters, self.likes.evidence(opinions).raw[self.rows]
        return self._plain(probability(raw, p.liked_midpoint, p.liked_spread))

    def trending_only(self) -> "Fit":
        """How every paper stands to somebody who wants whatever trends."""
        return self._plain(np.ones(len(self.papers), dtype=np.float32))

    @property
    def likes(self) -> Likes:
        """The day's factorisation, made when it is first asked for."""
        if self._likes is None:
            self._likes = Likes(self.field)
        return self._likes

    def scores(self, fits: Sequence["Fit"], fill: bool = False) -> Floats:
        """Relevance × trend of each paper that is worth a place, else 0: (fits, papers).

        With `fill`, the others' counts too, behind all that is worth a place; else that of those
        which come near one, below `Parameters.least`.
        """
        shape = (len(fits), len(self.papers))
        relevance = np.array([fit.told for fit in fits], dtype=np.float32).reshape(shape)
        worth = np.array([fit.worth for fit in fits], dtype=np.bool_).reshape(shape) & self.shown
        score = combined(relevance, self.trending, self.parameters.lift)
        if fill:
            score = np.asarray((score + worth) / 2, dtype=np.float32)
            worth = np.broadcast_to(self.shown, shape)
        else:
            near = np.array([fit.near(self.parameters.near) for fit in fits]).reshape(shape)
            low = np.where(near & self.shown, score * (self.parameters.least * NEARLY), 0)
            return np.where(worth, score, low).astype(np.float32)
        return np.where(worth, score, 0).astype(np.float32)

    def _plain(self, relevance: Floats) -> "Fit":
        """Every paper needs the floor."""
        floor = np.full(len(self.papers), self.parameters.floor, dtype=np.float32)
        return Fit(relevance, floor)


NEARLY = 0.99
"""Keeps what is near below what gets a place, however scores are rounded."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How every paper of a day stands to one wish: each (papers,), 0 to 1."""

    relevance: Floats
    needed: Floats
    """The relevance that makes the paper worth a place."""

    @property
    def told(self) -> Floats:
        """The relevance as finely as it is told."""
        return stepped(self.relevance)

    @property
    def worth(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which papers are worth a place."""
        return np.asarray(self.relevance >= self.needed)

    def near(self, share: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which papers have at least this share of the odds that are needed."""
        odds = self.relevance * (1 - self.needed)
        return np.asarray((odds >= share * self.needed * (1 - self.relevance)) & (odds > 0))
