"""The evidence line: why you, and why now. Every word of it comes from the choice's reasons."""

from collections.abc import Sequence
from datetime import date

from digest.model import Paper, Reason, ReasonKind, Topic, TopicKind
from digest.rank import tokens
from digest.rank.telling import shared_words
from digest.rank.tokens import stem
from digest.render import wording
from digest.render.hostile import plain
from digest.render.languages import Language

_TOPICS, _WORDS = 2, 4
"""How many topics, and words of each, the line names."""
_MOST = 3
"""Predicates that one sentence joins."""
_TOPIC_LONGEST = 48


def why_you(reasons: Sequence[Reason], paper: Paper, words: Language) -> str:
    """What of the reader's interests the paper meets, as a sentence.

    "" when it is here for its votes alone.
    """
    topics = [reason for reason in reasons if reason.kind is ReasonKind.TOPIC]
    topics.sort(key=lambda reason: (_followed(reason), -reason.value, reason.label))
    said = [_topic(reason, paper, words) for reason in topics[:_TOPICS]]
    if any(reason.kind is ReasonKind.LIKED for reason in reasons):
        said.append(words.gettext("is like papers that you liked"))
    labels = _labels(reasons, words)
    said = [*said[: _MOST - len(labels)], *labels]
    return words.gettext("It %(reasons)s.", reasons=_joined(said, words)) if said else ""


def _labels(reasons: Sequence[Reason], words: Language) -> list[str]:
    """Why it is here although it was sent before, or is on no topic of the reader's."""
    said = []
    for reason in reasons:
        if reason.kind is ReasonKind.RISING:
            day = words.short_day(date.fromisoformat(reason.label))
            said.append(words.gettext("was in your digest of %(day)s and trends anew", day=day))
        if reason.kind is ReasonKind.REVISED:
            version = reason.label.removeprefix("v")
            said.append(
                words.gettext(
                    "comes back as a major revision (version %(version)s)", version=version
                )
            )
        if reason.kind is ReasonKind.SERENDIPITY:
            said.append(words.gettext("trends, and is on none of your topics"))
    return said


def _joined(said: Sequence[str], words: Language) -> str:
    """Predicates of one subject, which some languages join in other ways than things."""
    if len(said) == 3:
        first, second, third = said
        return words.gettext(
            "%(first)s, %(second)s and %(third)s", first=first, second=second, third=third
        )
    if len(said) == 2:
        return words.gettext("%(first)s and %(second)s", first=said[0], second=said[1])
    return said[0]


def why_now(reasons: Sequence[Reason], paper: Paper, words: Language) -> str:
    """Votes and where they put it in the day, comments, stars, and the hour they were read."""
    said = []
    if paper.upvotes:
        number = words.brief(paper.upvotes)
        said.append(
            words.ngettext("%(number)s vote", "%(number)s votes", paper.upvotes, number=number)
        )
    if paper.comments:
        number = words.brief(paper.comments)
        said.append(
            words.ngettext(
                "%(number)s comment", "%(number)s comments", paper.comments, number=number
            )
        )
    if paper.stars:
        number = words.brief(paper.stars)
        said.append(
            words.ngettext(
                "%(number)s code star", "%(number)s code stars", paper.stars, number=number
            )
        )
    if said and paper.observed:
        hour = words.hour(paper.observed)
        said[0] = words.gettext("%(counted)s by %(hour)s UTC", counted=said[0], hour=hour)
    said = [_together(one) for one in said]
    if paper.upvotes:
        said[0] = _standing(said[0], reasons, words)
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


def _topic(reason: Reason, paper: Paper, words: Language) -> str:
    topic = Topic.parse(reason.label)
    name = topic_name(topic.text)
    if topic.kind is TopicKind.AUTHOR:
        return words.gettext("is by %(author)s, whom you follow", author=name)
    if topic.kind is TopicKind.CATEGORY:
        return words.gettext("is in %(category)s", category=name)
    if topic.kind is TopicKind.PHRASE:
        return words.gettext("says “%(phrase)s” word for word", phrase=name)
    matches = words.gettext("matches “%(topic)s”", topic=name)
    held = _words(topic, paper, words)
    return words.gettext("%(matches)s (%(held)s)", matches=matches, held=held) if held else matches


def _followed(reason: Reason) -> bool:
    return reason.label.startswith("author:")


def _words(topic: Topic, paper: Paper, language: Language) -> str:
    """Which words of the topic it holds, those of the title apart; "" when it holds all."""
    words = [plain(word) for word in shared_words(topic, paper)][:_WORDS]
    title = {stem(word) for word in tokens.words(paper.title)}
    titled = [word for word in words if stem(tokens.fold(word)) in title]
    others = [word for word in words if word not in titled]
    said = []
    if titled:
        said.append(language.gettext("title: %(words)s", words=", ".join(titled)))
    if others:
        said.append(language.gettext("abstract: %(words)s", words=", ".join(others)))
    return "; ".join(said)


def _standing(votes: str, reasons: Sequence[Reason], words: Language) -> str:
    """The votes, and where they put a paper in its day when that is worth a word."""
    share = max((r.value for r in reasons if r.kind is ReasonKind.VOTES), default=0.0)
    if share >= 0.995:
        return words.gettext("%(votes)s, at the top of the day", votes=votes)
    if share < 0.5:
        return votes
    ahead = words.percent(share)
    return words.gettext("%(votes)s, ahead of %(share)s of the day", votes=votes, share=ahead)
