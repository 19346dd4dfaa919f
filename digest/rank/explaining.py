"""The whole sum behind one paper for one reader, chosen or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from digest.model import Choice, Mood, Paper, ReasonKind, Selection, Subscriber, Topic, TopicKind
from digest.rank.exact import says
from digest.rank.knowledge import Known
from digest.rank.ranking import Ranking
from digest.rank.score import told, told_score
from digest.rank.shelves import Wish
from digest.rank.tokens import content, stem

NEAREST = 3
"""Neighbours that an explanation names."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One wish's whole sum for one paper."""

    wish: str
    """The topic as written, or that liked papers were compared."""
    relevance: float
    """The raw score on the logistic curve, 0 to 1."""
    needed: float
    """The relevance that would earn it a place."""
    raw: float
    parts: Mapping[str, float]
    """Addends of the raw score by name, in standard deviations over the corpus."""
    words: Mapping[str, float]
    """What each word of the topic adds to the words' own part, in BM25F's unit."""
    neighbours: tuple[str, ...]
    """The nearest papers, whose own fit is its company."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """One paper's sum for one reader, and what became of it."""

    choice: Choice
    verdict: str
    """"chosen", or why it was not."""
    explanations: tuple[Explanation, ...] = ()
    """One for each of the reader's wishes, the strongest first."""


def explain(
    ranking: Ranking,
    reader: Subscriber,
    paper: Paper,
    known: Known,
    selection: Selection,
) -> Weighing:
    """The sum behind one paper of the pool, and its fate in a reader's selection."""
    number, wishes = ranking.day.number[paper.id], ranking.wishes(reader, known.opinions)
    sums = [_explanation(ranking, wish, number) for wish in wishes if wish]
    sums.sort(key=lambda each: (-each.relevance, each.wish))
    for choice in selection.choices:
        if choice.paper == paper.id:
            return Weighing(choice, _chosen(choice, selection.mood), tuple(sums))
    choice = _unchosen(ranking, reader, number, sums)
    verdict = _excluded(ranking, reader, paper, known) or _short(
        reader, sums, ranking.day.parameters.floor
    )
    if paper.id in selection.near:
        verdict += "; told as a near miss"
    return Weighing(choice, verdict, tuple(sums))


def _chosen(choice: Choice, mood: Mood) -> str:
    if mood is Mood.QUIET:
        return "chosen as one of the day's most trending: nothing was on the reader's topics"
    labels = {reason.kind: reason.label for reason in choice.reasons}
    if ReasonKind.SERENDIPITY in labels:
        return "chosen to surprise: it trends, and is on none of the reader's topics"
    if ReasonKind.RISING in labels:
        return (
            f"chosen again: it was in the edition of {labels[ReasonKind.RISING]}, and trends anew"
        )
    if ReasonKind.REVISED in labels:
        return (
            f"chosen again: version {labels[ReasonKind.REVISED].removeprefix('v')} is a major "
            "revision of what was sent"
        )
    return "chosen"


def _short(reader: Subscriber, sums: list[Explanation], floor: float) -> str:
    if not sums or any(each.relevance >= each.needed for each in sums):
        return f"{reader.papers} papers had better claims to a place"
    nearest = max(sums, key=lambda each: each.relevance - each.needed)
    needed, had = f"{nearest.needed:.2f}", f"{nearest.relevance:.2f}"
    if needed == had:
        needed, had = f"{nearest.needed:.4f}", f"{nearest.relevance:.4f}"
    return f"below the floor: needed {needed}, had {had}{_more(nearest, floor)}"


def _more(sum_: Explanation, floor: float) -> str:
    """Why more than the floor was needed."""
    return "; what lacks words of the topic needs more" if sum_.needed > floor + 1e-6 else ""


def _excluded(ranking: Ranking, reader: Subscriber, paper: Paper, known: Known) -> str:
    works, seen = ranking.day.work, known.seen - known.again.keys()
    if paper.id in seen or any(works.get(id_) == works[paper.id] for id_ in seen):
        return "already sent in an earlier edition"
    if any(says(mute, paper) for mute in reader.mute):
        return "muted"
    if paper.id in reader.liked or paper.id in known.opinions:
        return "judged by the reader already"
    return "" if works[paper.id] == paper.id else f"the same work as {works[paper.id]}"


def _unchosen(ranking: Ranking, reader: Subscriber, number: int, sums: list[Explanation]) -> Choice:
    """The choice that a paper would have been by its strongest wish."""
    relevance = told(max((each.relevance for each in sums), default=1.0))
    trending, lift = told(ranking.day.trending[number]), ranking.day.parameters.lift
    wishes = [topic for topic in reader.interests if sums and str(topic) == sums[0].wish]
    reasons = [
        ranking.reasons.named((ReasonKind.TOPIC, str(wish)), relevance, number) for wish in wishes
    ]
    return Choice(
        ranking.day.papers[number].id,
        told_score(relevance, trending, Mood.ON_TOPIC, lift),
        relevance,
        trending,
        (*reasons, ranking.reasons.votes(number)),
    )


def _explanation(ranking: Ranking, wish: Wish, number: int) -> Explanation:
    day, at = ranking.day, int(ranking.day.rows[number])
    fit = ranking.shelves.fit(wish)
    relevance, needed = float(fit.relevance[number]), float(fit.needed[number])
    if isinstance(wish, Topic) and wish.kind is not TopicKind.TEXT:
        return Explanation(str(wish), relevance, needed, relevance, {"holds": relevance}, {}, ())
    if isinstance(wish, Topic):
        evidence, name = day.field.evidence(wish.text), str(wish)
        words = _words(ranking, wish, at)
    else:
        evidence, words = day.likes.evidence(dict(wish)), {}
        liked = tuple(id_ for id_, weight in wish if weight > 0)
        name = f"like {ranking.reasons.most_like(liked, number)}"
    parts = {name: float(part[at]) for name, part in evidence.parts.items()}
    near = tuple(day.field.corpus.ids[other] for other in day.field.company.papers[at][:NEAREST])
    return Explanation(name, relevance, needed, float(evidence.raw[at]), parts, words, near)


def _words(ranking: Ranking, topic: Topic, at: int) -> dict[str, float]:
    stems, view = ranking.day.field.corpus.stems, ranking.day.field.stems
    written = {stems.get(stem(word), -1): word for word in content(topic.text)}
    addends = view.index.addends(view.query(topic.text), at)
    return {written[token]: value for token, value in addends.items()}
