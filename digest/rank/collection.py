"""Ranks a whole collection of documents for topics, on the code that the nightly run uses."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from digest.errors import Misuse
from digest.model import Paper
from digest.rank.corpus import Corpus
from digest.rank.liked import Likes
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.ragged import Floats
from digest.rank.relevance import Field
from digest.rank.score import combined, probability
from digest.rank.trend import trends
from digest.rank.vectors import WordVectors

Record = Mapping[str, Any]
"""One line of a JSON Lines file."""
KINDS = ("topic", "liked", "trend", "digest")


def rank_collection(
    documents: Iterable[Record],
    topics: Iterable[Record],
    table: WordVectors | None = None,
    parameters: Parameters = DEFAULT,
) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """For each topic its id and its candidates with scores in 0 to 1, best first, ties by id.

    A document is a candidate unless it says `history`, is among the topic's own `liked`, or the
    topic lists other `candidates`. Kinds: `topic`, `liked`, `trend` and `digest`.
    """
    records = list(documents)
    collection = Collection(records, table, parameters)
    for topic in topics:
        yield str(topic["id"]), collection.ranking(topic)


class Collection:
    """The documents, worked out once for every topic."""

    def __init__(
        self, records: Iterable[Record], table: WordVectors | None, parameters: Parameters
    ) -> None:
        documents = list(records)
        self._papers = {str(record["id"]): paper_of(record) for record in documents}
        self.open = {str(r["id"]) for r in documents if not r.get("history")}
        self._table, self._parameters = table, parameters
        self._field: Field | None = None
        self._likes: Likes | None = None

    def ranking(self, topic: Record) -> list[tuple[str, float]]:
        """The candidates of one topic, best first."""
        ids = sorted(set(topic.get("candidates") or self.open) - set(topic.get("liked") or ()))
        raw, scores = self._scores(topic, ids)
        order = np.lexsort((np.arange(len(ids)), -raw))
        return [(ids[row], float(scores[row])) for row in order]

    def _scores(self, topic: Record, ids: list[str]) -> tuple[Floats, Floats]:
        """What to order by, and what to print: the same order, within 0 to 1."""
        kind, p = topic.get("kind", "topic"), self._parameters
        if kind == "trend":
            trending = self._trending(ids)
            return trending, trending
        if kind == "liked":
            opinions = dict.fromkeys(topic["liked"], 1.0)
            raw = self.likes.evidence(opinions).raw[self.field.corpus.rows(ids)]
            return raw, probability(raw, p.liked_midpoint, p.liked_spread)
        if kind not in KINDS:
            raise Misuse(f"a topic of kind {kind!r}: known are {', '.join(KINDS)}")
        raw = self.field.evidence(str(topic["text"])).raw[self.field.corpus.rows(ids)]
        relevance = probability(raw, p.midpoint, p.spread)
        if kind == "topic":
            return raw, relevance
        score = combined(relevance, self._trending(ids), p.lift)
        return score, score

    @property
    def field(self) -> Field:
        """The documents as a field, made when a topic first asks for relevance."""
        if self._field is None:
            corpus = Corpus.of(self._papers.values())
            self._field = Field(corpus, self._table, self._parameters)
        return self._field

    @property
    def likes(self) -> Likes:
        """The factorisation, made when it is first asked for."""
        if self._likes is None:
            self._likes = Likes(self.field)
        return self._likes

    def _trending(self, ids: list[str]) -> Floats:
        found = trends((self._papers[id_] for id_ in ids), self._parameters)
        return np.array([found[id_].value for id_ in ids], dtype=np.float32)


def paper_of(record: Record) -> Paper:
    """A document of a collection as a paper."""
    votes = record.get("upvotes")
    return Paper(
        id=str(record["id"]),
        title=record.get("title") or "",
        abstract=record.get("abstract") or "",
        upvotes=None if votes is None else int(votes),
        published=_instant(record.get("published_at")),
        listed=_instant(record.get("submitted_at")),
        observed=_instant(record.get("snapshot_at")),
    )


def _instant(written: str | None) -> datetime | None:
    if not written:
        return None
    instant = datetime.fromisoformat(written)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
