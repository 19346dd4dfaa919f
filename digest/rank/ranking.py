"""A day's pool of papers, ready to be asked by readers: relevance × trend, best first."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from digest.model import Choice, Mood, Paper, Reason, ReasonKind, Selection, Subscriber, Topic
from digest.model import TopicKind as Kind
from digest.rank.bm25 import Corpus, ceiling, text_of, weights
from digest.rank.tokens import stem, terms, words

FLOOR = 0.12
"""Relevance below which a paper is not on the topic at all."""
LIFT = 0.8
"""How much the most voted paper of a day gains over the least voted one."""
QUIET = 3
"""Papers of a quiet day."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """One paper's sum for one reader, and what became of it."""

    choice: Choice
    verdict: str
    """"chosen", or why it was not."""


class Ranking:
    """Everything about a pool that does not depend on who asks is worked out once."""

    def __init__(self, pool: Iterable[Paper], history: Iterable[Paper] = ()) -> None:
        self.pool = {paper.id: paper for paper in pool}
        self._texts = {paper.id: text_of(paper) for paper in self.pool.values()}
        background = [text_of(p) for p in history if p.id not in self.pool]
        self._corpus = Corpus([*background, *self._texts.values()])
        self._trending = _percentiles(self.pool.values())
        self._matches: dict[Topic, dict[str, Reason]] = {}

    def select(self, reader: Subscriber, day: date, seen: frozenset[str], quiet: Mood) -> Selection:
        """The papers for one reader; `quiet` says what to do when nothing is on topic."""
        open_ = [p for p in self.pool.values() if p.id not in seen and not _muted(reader, p)]
        choices = [self.weigh(reader, paper) for paper in open_]
        if reader.interests:
            choices = [choice for choice in choices if choice.relevance >= FLOOR]
        best = tuple(sorted(choices, key=_order)[: reader.papers])
        if best or not open_:
            return Selection(
                reader.address, day, best, Mood.ON_TOPIC if best else Mood.SKIP, len(open_)
            )
        fallback = sorted((self._by_votes(paper) for paper in open_), key=_order)[:QUIET]
        kept = tuple(fallback) if quiet is Mood.QUIET else ()
        return Selection(reader.address, day, kept, quiet, len(open_))

    def explain(self, reader: Subscriber, paper: Paper, seen: frozenset[str]) -> Weighing:
        """The sum behind one paper, chosen or not."""
        choice = self.weigh(reader, paper)
        if paper.id in seen:
            return Weighing(choice, "already sent in an earlier edition")
        if _muted(reader, paper):
            return Weighing(choice, "muted")
        if reader.interests and choice.relevance < FLOOR:
            return Weighing(
                choice, f"below the floor: needed {FLOOR:.2f}, had {choice.relevance:.2f}"
            )
        chosen = self.select(reader, date.min, seen, Mood.SKIP).choices
        if paper.id not in {c.paper for c in chosen}:
            return Weighing(choice, f"{reader.papers} papers scored higher")
        return Weighing(choice, "chosen")

    def weigh(self, reader: Subscriber, paper: Paper) -> Choice:
        """The score of one paper for one reader, with its reasons."""
        reasons = [self._reasons(topic).get(paper.id) for topic in reader.interests]
        found = sorted(filter(None, reasons), key=lambda reason: (-reason.value, reason.label))
        relevance = (found[0].value if found else 0.0) if reader.interests else 1.0
        trending = self._trending[paper.id]
        score = relevance * (1 + LIFT * trending) / (1 + LIFT)
        votes = Reason(ReasonKind.VOTES, _votes(paper), trending)
        return Choice(paper.id, score, relevance, trending, (*found[:2], votes))

    def _by_votes(self, paper: Paper) -> Choice:
        trending = self._trending[paper.id]
        votes = Reason(ReasonKind.VOTES, _votes(paper), trending)
        return Choice(paper.id, trending, 0.0, trending, (votes,))

    def _reasons(self, topic: Topic) -> dict[str, Reason]:
        if topic not in self._matches:
            matched = ((p.id, self._match(topic, p)) for p in self.pool.values())
            self._matches[topic] = {id_: reason for id_, reason in matched if reason}
        return self._matches[topic]

    def _match(self, topic: Topic, paper: Paper) -> Reason | None:
        if topic.kind is Kind.TEXT:
            return self._by_text(topic, paper)
        if not _literally(topic, paper):
            return None
        return Reason(ReasonKind.TOPIC, str(topic), 1.0, tuple(words(topic.text)))

    def _by_text(self, topic: Topic, paper: Paper) -> Reason | None:
        query = terms(topic.text)
        found = weights(query, self._texts[paper.id], self._corpus)
        if not found:
            return None
        relevance = sum(found.values()) / ceiling(query, self._corpus)
        matched = tuple(word for word in words(topic.text) if stem(word) in found)
        return Reason(ReasonKind.TOPIC, str(topic), relevance, matched)


def _literally(topic: Topic, paper: Paper) -> bool:
    if topic.kind is Kind.CATEGORY:
        wanted = topic.text.casefold()
        return any(f"{c.casefold()}.".startswith(f"{wanted}.") for c in paper.categories)
    if topic.kind is Kind.AUTHOR:
        return any(_within(words(topic.text), words(author)) for author in paper.authors)
    return _within(words(topic.text), words(f"{paper.title}\n{paper.abstract}"))


def _muted(reader: Subscriber, paper: Paper) -> bool:
    text = words(" \n ".join((paper.title, paper.abstract, *paper.keywords)))
    return any(_within(words(mute), text) for mute in reader.mute)


def _within(wanted: Sequence[str], text: Sequence[str]) -> bool:
    """Whether words stand in a text one after the other."""
    length = len(wanted)
    return length > 0 and any(
        list(text[i : i + length]) == list(wanted) for i in range(len(text) - length + 1)
    )


def _percentiles(papers: Iterable[Paper]) -> dict[str, float]:
    """Each paper's place by votes per hour within the pool, 0 to 1."""
    rates = {paper.id: _votes_per_hour(paper) for paper in papers}
    ladder = sorted(rates.values())
    top = max(len(ladder) - 1, 1)
    return {id_: bisect_left(ladder, rate) / top for id_, rate in rates.items()}


def _votes_per_hour(paper: Paper) -> float:
    """Votes since the listing, an hour at least; a day where the hour is not known."""
    hours = 24.0
    if paper.listed and paper.observed and paper.observed > paper.listed:
        hours = max(1.0, (paper.observed - paper.listed).total_seconds() / 3600)
    return (paper.upvotes or 0) / hours


def _votes(paper: Paper) -> str:
    return "no votes known" if paper.upvotes is None else f"{paper.upvotes} votes"


def _order(choice: Choice) -> tuple[float, str]:
    return (-choice.score, choice.paper)
