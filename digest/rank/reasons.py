"""Why a paper: the sum behind a relevance, in words a reader knows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from digest.model import Reason, ReasonKind, Topic, TopicKind
from digest.rank.day import Day
from digest.rank.ragged import Floats
from digest.rank.score import told
from digest.rank.telling import shared_words, votes
from digest.rank.tokens import content, stem

WORTH_TELLING = 2
"""Reasons a line has room for beside the votes."""
NEAREST = 3
"""Neighbours that an explanation names."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One topic's whole sum for one paper."""

    parts: Mapping[str, float]
    """Addends of the raw score by name, in standard deviations over the corpus."""
    words: Mapping[str, float]
    """What each word of the topic adds to the words' own part, in BM25F's unit."""
    neighbours: tuple[str, ...]
    """The nearest papers, whose own fit is its company."""
    raw: float
    relevance: float
    """The raw score on the logistic curve, 0 to 1."""


class Reasons:
    """Tells why, for the papers of one day."""

    def __init__(self, day: Day) -> None:
        self._day = day

    def of(self, found: Iterable[tuple[float, Topic | tuple[str, ...]]], row: int) -> list[Reason]:
        """The strongest of a reader's wishes that a paper meets, with the words it holds."""
        met = [self._reason(told(value), wish, row) for value, wish in found]
        strong = [reason for reason in met if reason.value >= self._day.parameters.floor]
        ranked = sorted(strong or met, key=lambda reason: (-reason.value, reason.label))
        return ranked[: WORTH_TELLING if strong else 1]

    def votes(self, row: int) -> Reason:
        """The votes of a paper, and its place by them."""
        return Reason(ReasonKind.VOTES, votes(self._day.papers[row]), told(self._day.trending[row]))

    def explanation(self, topic: Topic, row: int) -> Explanation:
        """The whole sum for a topic and a paper of the day, by the paper's number."""
        field, at = self._day.field, int(self._day.rows[row])
        relevance = told(self._day.relevance(topic)[row])
        if topic.kind is not TopicKind.TEXT:
            return Explanation({"holds": relevance}, {}, (), relevance, relevance)
        evidence = field.evidence(topic.text)
        parts = {name: float(part[at]) for name, part in evidence.parts.items()}
        nearest = field.company.papers[at][:NEAREST]
        names = tuple(field.corpus.ids[other] for other in nearest)
        return Explanation(parts, self._words(topic, at), names, float(evidence.raw[at]), relevance)

    def _words(self, topic: Topic, at: int) -> dict[str, float]:
        stems, view = self._day.field.corpus.stems, self._day.field.stems
        written = {stems.get(stem(word), -1): word for word in content(topic.text)}
        addends = view.index.addends(view.query(topic.text), at)
        return {written[token]: value for token, value in addends.items()}

    def _reason(self, value: float, wish: Topic | tuple[str, ...], row: int) -> Reason:
        if isinstance(wish, tuple):
            return Reason(ReasonKind.LIKED, self._most_like(wish, row), value)
        words = shared_words(wish, self._day.papers[row])
        return Reason(ReasonKind.TOPIC, str(wish), value, words)

    def _most_like(self, liked: tuple[str, ...], row: int) -> str:
        """The liked paper that a paper is nearest to."""
        field = self._day.field
        rows = field.corpus.rows(liked)
        near: Floats = field.space.fine[rows] @ field.space.fine[self._day.rows[row]]
        return field.corpus.ids[int(rows[int(near.argmax())])]
