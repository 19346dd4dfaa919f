"""Selection → Digest: what this edition says to this reader."""

import re
from collections.abc import Mapping

from digest.mail.identity import Identity
from digest.model import (
    Card,
    Choice,
    Digest,
    Mood,
    Paper,
    ReasonKind,
    Section,
    Selection,
    Subscriber,
)
from digest.render import wording
from digest.render.card import card
from digest.render.evidence import topic_name
from digest.render.hostile import plain
from digest.render.links import Links

SUBJECT_LONGEST = 60
"""Visible characters of a subject that phones show."""
SUBJECT_SHORTEST = 8
TRENDING = "Also trending"
FOLLOWED = "By people you follow"
_NAMED = 3
"""Topics that the lead names."""
_FAKE = re.compile(r"\A(?:(?:re|fwd?|aw|wg|sv|tr)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
"""What would make a subject look like an answer; large providers take it for deceit."""

NOTICES = {
    Mood.ON_TOPIC: "",
    Mood.QUIET: "Nothing new reached your topics. These are what the field is reading instead.",
    Mood.NOTE: "Nothing new reached your topics, so there is nothing to read today.",
    Mood.SKIP: "",
}


def compose(
    selection: Selection,
    papers: Mapping[str, Paper],
    subscriber: Subscriber,
    links: Links,
    identity: Identity,
) -> Digest:
    """The digest of one reader; papers that are unknown by now are left out."""
    sections = _sections(selection, papers)
    titles = [found.title for section in sections for found in section.cards]
    name = wording.shortened(plain(subscriber.name), 60)
    return Digest(
        subject=subject(titles, identity.name),
        product=identity.name,
        lead=lead(selection, sections),
        day=wording.day_in_words(selection.day),
        greeting=f"for {name}" if name else "",
        sections=sections,
        notice=NOTICES[selection.mood],
        why=_why(subscriber, identity),
        manage_url=links.manage,
        unsubscribe_url=links.unsubscribe,
        web_url=links.web,
        imprint=identity.imprint,
    )


def subject(titles: list[str], product: str) -> str:
    """The day's top finding and how many more, in at most 60 characters."""
    if not titles:
        return f"{wording.shortened(product, 30)}: a quiet day on your topics"
    rest = f" + {len(titles) - 1} more" if len(titles) > 1 else ""
    top = _FAKE.sub("", titles[0]) or "Papers"
    written = wording.shortened(top, SUBJECT_LONGEST - len(rest)) + rest
    return written if len(written) >= SUBJECT_SHORTEST else f"Today: {written}"


def lead(selection: Selection, sections: tuple[Section, ...]) -> str:
    """The first line: how many papers, on what."""
    total = sum(len(section.cards) for section in sections)
    if selection.mood in {Mood.QUIET, Mood.NOTE} or not total:
        return "A quiet day on your topics"
    papers = f"{wording.in_words(total).capitalize()} {'paper' if total == 1 else 'papers'}"
    named = [section for section in sections if section.heading not in {TRENDING, FOLLOWED}]
    if not named:
        followed = any(section.heading == FOLLOWED for section in sections)
        return f"{papers} {'for you' if followed else 'that the field is reading'}"
    if len(sections) == 1:
        return f"{papers} on {sections[0].heading}"
    parts = [f"{len(section.cards)} on {section.heading}" for section in named[:_NAMED]]
    others = total - sum(len(section.cards) for section in named[:_NAMED])
    return f"{papers}: {wording.listed(parts + ([f'{others} more'] if others else []))}"


def _sections(selection: Selection, papers: Mapping[str, Paper]) -> tuple[Section, ...]:
    """Cards by each paper's strongest topic, topics in the order of their best paper."""
    found: dict[str, list[Card]] = {}
    for choice in selection.choices:
        if choice.paper in papers:
            found.setdefault(_heading(choice), []).append(
                card(papers[choice.paper], choice.reasons)
            )
    trending = found.pop(TRENDING, None)
    if trending:
        found[TRENDING if found else "Trending now"] = trending
    return tuple(Section(heading, tuple(cards)) for heading, cards in found.items())


def _heading(choice: Choice) -> str:
    """The strongest topic of a choice; a followed author only where it is the only reason."""
    topics = [reason for reason in choice.reasons if reason.kind is ReasonKind.TOPIC]
    texts = [reason for reason in topics if not reason.label.startswith("author:")]
    if not topics:
        return TRENDING
    if not texts:
        return FOLLOWED
    return topic_name(min(texts, key=lambda reason: (-reason.value, reason.label)).label)


def _why(subscriber: Subscriber, identity: Identity) -> str:
    topics = [topic_name(str(topic)) for topic in subscriber.topics[:_NAMED]]
    rest = len(subscriber.topics) - len(topics)
    if rest > 0:
        topics.append(f"{rest} more")
    follows = f" You follow {wording.listed(topics)}." if topics else ""
    return f"You get this because {subscriber.address} subscribes to {identity.name}.{follows}"
