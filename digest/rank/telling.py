"""What a recorded choice does not hold because it follows from the papers: words, and counts."""

from collections.abc import Mapping
from dataclasses import replace

from digest.model import Choice, Paper, Reason, ReasonKind, Selection, Topic, TopicKind
from digest.rank.tokens import content, stem


def told(selection: Selection, papers: Mapping[str, Paper]) -> Selection:
    """A recorded selection with all that its reasons say, as on the day it was made."""
    choices = (_choice(choice, papers[choice.paper]) for choice in selection.choices)
    return replace(selection, choices=tuple(choices))


def shared_words(topic: Topic, paper: Paper) -> tuple[str, ...]:
    """The words of a topic that a paper holds, in the topic's order; the stem decides."""
    if topic.kind is not TopicKind.TEXT:
        return tuple(content(topic.text))
    held = {stem(word) for word in content(f"{paper.title}\n{paper.abstract}")}
    return tuple(word for word in dict.fromkeys(content(topic.text)) if stem(word) in held)


def votes(paper: Paper) -> str:
    """The votes of a paper in words."""
    return "no votes known" if paper.upvotes is None else f"{paper.upvotes} votes"


def _choice(choice: Choice, paper: Paper) -> Choice:
    return replace(choice, reasons=tuple(_reason(reason, paper) for reason in choice.reasons))


def _reason(reason: Reason, paper: Paper) -> Reason:
    if reason.kind is ReasonKind.VOTES:
        return replace(reason, label=votes(paper))
    if reason.kind is ReasonKind.TOPIC:
        return replace(reason, words=shared_words(Topic.parse(reason.label), paper))
    return reason
