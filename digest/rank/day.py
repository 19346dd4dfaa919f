"""A pool of papers, worked out once: relevance of every paper to any topic, and its trend."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from digest.model import Paper, Topic, TopicKind
from digest.rank.corpus import Corpus
from digest.rank.duplicates import folded
from digest.rank.exact import holds
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
    ) -> None:
        known = {paper.id: paper for paper in pool}
        self.papers = [known[id_] for id_ in sorted(known)]
        self.number = {paper.id: row for row, paper in enumerate(self.papers)}
        self.parameters = parameters
        corpus = Corpus.of([*history, *self.papers] if self.papers else [])
        self.field = Field(corpus, table, parameters)
        self.rows = self.field.corpus.rows(self.number)
        self.trends = trends(self.papers, parameters)
        self.trending = stepped([self.trends[p.id].value for p in self.papers])
        self.work = folded(self.papers, self.field.corpus.ids, self.field.space.tfidf, parameters)
        """Each paper's id → the id that stands for its work."""
        self.shown = np.array([self.work[p.id] == p.id for p in self.papers], dtype=np.bool_)
        self._likes: Likes | None = None
        self._relevance: dict[Topic, Floats] = {}

    def relevance(self, topic: Topic) -> Floats:
        """The relevance of each paper to a topic, 0 to 1: (papers,)."""
        if topic not in self._relevance:
            self._relevance[topic] = stepped(self._relevant(topic))
        return self._relevance[topic]

    def liking(self, opinions: Mapping[str, float]) -> Floats:
        """The relevance of each paper to somebody with opinions on others, 0 to 1: (papers,)."""
        p, raw = self.parameters, self.likes.evidence(opinions).raw[self.rows]
        return stepped(probability(raw, p.liked_midpoint, p.liked_spread))

    @property
    def likes(self) -> Likes:
        """The day's factorisation, made when it is first asked for."""
        if self._likes is None:
            self._likes = Likes(self.field)
        return self._likes

    def scores(self, relevance: Sequence[Floats]) -> Floats:
        """Relevance × trend where it reaches the floor, else 0: (topics, papers)."""
        p, relevant = self.parameters, np.array(relevance, dtype=np.float32)
        relevant = relevant.reshape(-1, len(self.papers))
        score = combined(relevant, self.trending, p.lift)
        return np.where((relevant >= p.floor) & self.shown, score, 0).astype(np.float32)

    def _relevant(self, topic: Topic) -> Floats:
        if topic.kind is not TopicKind.TEXT:
            return np.array([holds(topic, paper) for paper in self.papers], dtype=np.float32)
        p, raw = self.parameters, self.field.evidence(topic.text).raw[self.rows]
        return probability(raw, p.midpoint, p.spread)
