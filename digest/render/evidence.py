"""The evidence line: why you, and why now. Every word of it comes from the choice's reasons."""

from collections.abc import Sequence

from digest.model import Paper, Reason, ReasonKind, Topic, TopicKind
from digest.rank import tokens
from digest.rank.telling import shared_words
from digest.rank.tokens import stem
from digest.render import wording
from digest.render.hostile import plain

_TOPICS, _WORDS = 2, 4
"""How many topics, and words of each, the line names."""
_TOPIC_LONGEST = 48


def why_you(reasons: Sequence[Reason], paper: Paper) -> str:
    """What of the reader's interests the paper meets; "" when it is here for its votes alone."""
    topics = [reason for reason in reasons if reason.kind is ReasonKind.TOPIC]
    topics.sort(key=lambda reason: (_followed(reason), -reason.value, reason.label))
    said = [_topic(reason, paper) for reason in topics[:_TOPICS]]
    if any(reason.kind is ReasonKind.LIKED for reason in reasons):
        said.append("is like papers that you liked")
    return wording.listed(said)


def why_now(reasons: Sequence[Reason], paper: Paper) -> str:
    """Votes and where they put it in the day, comments, stars, and the hour they were read."""
    counts = (
        (paper.upvotes, "vote", _standing(reasons)),
        (paper.comments, "comment", ""),
        (paper.stars, "code star", ""),
    )
    hour = f" by {paper.observed:%H:%M} UTC" if paper.observed else ""
    said = []
    for number, noun, standing in counts:
        if number is not None and number > 0:
            said.append(_together(wording.count(number, noun) + hour) + standing)
            hour = ""
    return " · ".join(said)


def _together(text: str) -> str:
    """A short piece that no line break may divide."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def label_name(label: str) -> str:
    """The topic that a reason's label is, as a heading shows it: without prefix or quotes."""
    return topic_name(Topic.parse(label).text)


def topic_name(text: str) -> str:
    """A topic's text, no longer than fits."""
    return wording.shortened(plain(text), _TOPIC_LONGEST)


def _topic(reason: Reason, paper: Paper) -> str:
    topic = Topic.parse(reason.label)
    name = topic_name(topic.text)
    if topic.kind is TopicKind.AUTHOR:
        return f"is by {name}, whom you follow"
    if topic.kind is TopicKind.CATEGORY:
        return f"is in {name}"
    if topic.kind is TopicKind.PHRASE:
        return f"says “{name}” word for word"
    return f"matches “{name}”{_words(topic, paper)}"


def _followed(reason: Reason) -> bool:
    return reason.label.startswith("author:")


def _words(topic: Topic, paper: Paper) -> str:
    """Which words of the topic it holds, those of the title apart; "" when it holds all."""
    words = [plain(word) for word in shared_words(topic, paper)][:_WORDS]
    title = {stem(word) for word in tokens.words(paper.title)}
    titled = [word for word in words if stem(tokens.fold(word)) in title]
    others = [word for word in words if word not in titled]
    said = []
    if titled:
        said.append(f"title: {', '.join(titled)}")
    if others:
        said.append(f"abstract: {', '.join(others)}")
    return f" ({'; '.join(said)})" if said else ""


def _standing(reasons: Sequence[Reason]) -> str:
    """Where the votes put a paper in its day, when that is worth a word."""
    share = max((r.value for r in reasons if r.kind is ReasonKind.VOTES), default=0.0)
    if share >= 0.995:
        return ", at the top of the day"
    return f", ahead of {share * 100:.0f} % of the day" if share >= 0.5 else ""
