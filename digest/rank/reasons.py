"""Why a paper, in words a reader knows."""

from digest.model import Reason, ReasonKind, Topic
from digest.rank.day import Day
from digest.rank.decisions import Named
from digest.rank.ragged import Floats
from digest.rank.score import told
from digest.rank.telling import shared_words, votes


class Reasons:
    """Tells why, for the papers of one day."""

    def __init__(self, day: Day) -> None:
        self._day = day

    def named(self, name: Named, value: float, number: int) -> Reason:
        """A named reason with the words that the paper of that number holds."""
        kind, label = name
        if kind is not ReasonKind.TOPIC:
            return Reason(kind, label, value)
        words = shared_words(Topic.parse(label), self._day.papers[number])
        return Reason(kind, label, value, words)

    def votes(self, number: int) -> Reason:
        """The votes of a paper, and its place by them."""
        trending = told(self._day.trending[number])
        return Reason(ReasonKind.VOTES, votes(self._day.papers[number]), trending)

    def most_like(self, liked: tuple[str, ...], number: int) -> str:
        """The liked paper that a paper is nearest to."""
        field = self._day.field
        rows = field.corpus.rows(liked)
        near: Floats = field.space.fine[rows] @ field.space.fine[self._day.rows[number]]
        return field.corpus.ids[int(rows[int(near.argmax())])]
