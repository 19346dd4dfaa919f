"""Selection → Digest: what this edition says to this reader."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar

from digest.mail.identity import Identity
from digest.model import (
    Card,
    Digest,
    Mood,
    Paper,
    Reason,
    ReasonKind,
    Section,
    Selection,
    Subscriber,
)
from digest.render import wording
from digest.render.card import card
from digest.render.evidence import label_name, topic_name
from digest.render.hostile import plain
from digest.render.links import Links

SUBJECT_LONGEST = 60
"""Visible characters of a subject that phones show."""
SUBJECT_SHORTEST = 8
NAME_LONGEST = 60
"""Characters of a reader's name."""
TRENDING, TRENDING_ALONE = "Also trending", "Trending now"
FOLLOWED = "By people you follow"
_NO_TOPICS = frozenset({TRENDING, TRENDING_ALONE, FOLLOWED})
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
    name = named(subscriber.name)
    return Digest(
        subject=subject(titles, identity.name),
        product=identity.name,
        lead=lead(selection.mood, [(s.heading, len(s.cards)) for s in sections]),
        day=wording.day_in_words(selection.day),
        greeting=greeting(name) if name else "",
        sections=sections,
        notice=NOTICES[selection.mood],
        why=why(subscriber.address, identity),
        follows=follows([topic.text for topic in subscriber.topics]),
        manage_url=links.manage,
        unsubscribe_url=links.unsubscribe,
        web_url=links.web,
        imprint=identity.imprint,
    )


def subject(titles: Sequence[str], product: str) -> str:
    """The day's top finding and how many more, in at most 60 characters."""
    return headline(titles[0] if titles else "", len(titles), product)


def headline(title: str, papers: int, product: str) -> str:
    """The same of the first title and the number of papers."""
    if not papers:
        return f"{wording.shortened(product, 30)}: a quiet day on your topics"
    rest = f" + {papers - 1} more" if papers > 1 else ""
    top = _FAKE.sub("", title) or "Papers"
    written = wording.shortened(top, SUBJECT_LONGEST - len(rest)) + rest
    return written if len(written) >= SUBJECT_SHORTEST else f"Today: {written}"


def lead(mood: Mood, sections: Sequence[tuple[str, int]]) -> str:
    """The first line: how many papers, on what. `sections`: headings with numbers of papers."""
    total = sum(papers for _, papers in sections)
    if mood in {Mood.QUIET, Mood.NOTE} or not total:
        return "A quiet day on your topics"
    said = f"{wording.in_words(total).capitalize()} {'paper' if total == 1 else 'papers'}"
    topics = [section for section in sections if section[0] not in _NO_TOPICS]
    if not topics:
        followed = any(heading == FOLLOWED for heading, _ in sections)
        return f"{said} {'for you' if followed else 'that the field is reading'}"
    if len(sections) == 1:
        return f"{said} on {sections[0][0]}"
    parts = [f"{papers} on {heading}" for heading, papers in topics[:_NAMED]]
    others = total - sum(papers for _, papers in topics[:_NAMED])
    return f"{said}: {wording.listed(parts + ([f'{others} more'] if others else []))}"


def named(name: str) -> str:
    """A reader's name as it may be printed."""
    return wording.shortened(plain(name), NAME_LONGEST)


def greeting(name: str) -> str:
    """Whom it is for."""
    return f"for {name}"


def why(address: str, identity: Identity) -> str:
    """Why this mail came to an address."""
    return f"You get this because {address} subscribes to {identity.name}."


def followed(topics: Sequence[str]) -> tuple[str, ...]:
    """Of the texts of all topics those that are named, and "" for each further one."""
    return (*topics[:_NAMED], *([""] * (len(topics) - _NAMED)))


def follows(topics: Sequence[str]) -> str:
    """What a reader follows, of the texts of all their topics."""
    names = [topic_name(topic) for topic in topics[:_NAMED]]
    rest = [f"{len(topics) - _NAMED} more"] if len(topics) > _NAMED else []
    return f"You follow {wording.listed(names + rest)}." if names else ""


def heading(reasons: Sequence[Reason]) -> str:
    """The strongest topic of a choice; a followed author only where it is the only reason."""
    topics = [reason for reason in reasons if reason.kind is ReasonKind.TOPIC]
    texts = [reason for reason in topics if not reason.label.startswith("author:")]
    if not topics:
        return TRENDING
    if not texts:
        return FOLLOWED
    return label_name(min(texts, key=lambda reason: (-reason.value, reason.label)).label)


Carded = TypeVar("Carded")


def trends_last(groups: dict[str, list[Carded]]) -> dict[str, list[Carded]]:
    """What stands under each heading, the day's trends last, and under another when alone."""
    if TRENDING in groups:
        trending = groups.pop(TRENDING)
        groups[TRENDING if groups else TRENDING_ALONE] = trending
    return groups


def _sections(selection: Selection, papers: Mapping[str, Paper]) -> tuple[Section, ...]:
    """Cards by each paper's strongest topic, topics in the order of their best paper."""
    found: dict[str, list[Card]] = {}
    for choice in selection.choices:
        if choice.paper in papers:
            chosen = card(papers[choice.paper], choice.reasons)
            found.setdefault(heading(choice.reasons), []).append(chosen)
    return tuple(Section(under, tuple(cards)) for under, cards in trends_last(found).items())
