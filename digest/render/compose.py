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
from digest.render.card import card, mention
from digest.render.evidence import label_name, topic_name
from digest.render.hostile import plain
from digest.render.languages import N_, Language
from digest.render.links import Links

SUBJECT_LONGEST = 60
"""Visible characters of a subject that phones show."""
SUBJECT_SHORTEST = 8
NAME_LONGEST = 60
"""Characters of a reader's name."""
TRENDING, TRENDING_ALONE = N_("Also trending"), N_("Trending now")
FOLLOWED = N_("By people you follow")
_NO_TOPICS = frozenset({TRENDING, TRENDING_ALONE, FOLLOWED})
TOPICS_NAMED = 3
"""Topics that are named, of all."""
_FAKE = re.compile(r"\A(?:(?:re|fwd?|aw|wg|sv|tr)\s*(?:\[\d+\])?:\s*)+", re.IGNORECASE)
"""What would make a subject look like an answer; large providers take it for deceit."""

NOTICES = {
    Mood.ON_TOPIC: "",
    Mood.QUIET: N_("Nothing new reached your topics. These are what the field is reading instead."),
    Mood.NOTE: N_("Nothing new reached your topics, so there is nothing to read today."),
    Mood.SKIP: "",
}


LATE = N_("Not everything could be read today (%(sources)s): the rest follows in a later digest.")
TITLES = {
    "huggingface": "Hugging Face",
    "arxiv": "arXiv",
    "biorxiv": "bioRxiv",
    "semanticscholar": "Semantic Scholar",
    "openreview": "OpenReview",
    "openalex": "OpenAlex",
    "crossref": "Crossref",
}
"""What people call our sources; others are called by their names."""


def compose(
    selection: Selection,
    papers: Mapping[str, Paper],
    subscriber: Subscriber,
    links: Links,
    identity: Identity,
    words: Language,
) -> Digest:
    """The digest of one reader; papers that are unknown by now are left out."""
    groups = _groups(selection, papers, words)
    sections = _sections(groups, words)
    titles = [found.title for section in sections for found in section.cards]
    name = named(subscriber.name)
    return Digest(
        subject=subject(titles, identity.name, words),
        product=identity.name,
        lead=lead(selection.mood, [(under, len(cards)) for under, cards in groups.items()], words),
        day=words.day(selection.day),
        greeting=greeting(name, words) if name else "",
        sections=sections,
        notice=notice(selection.mood, selection.lacking, words),
        near=tuple(mention(papers[id_]) for id_ in selection.near if id_ in papers),
        why=why(subscriber.address, identity, words),
        follows=follows([t.text for t in subscriber.topics], len(subscriber.topics), words),
        manage_url=links.manage,
        unsubscribe_url=links.unsubscribe,
        feedback_url=links.feedback,
        web_url=links.web,
        imprint=identity.imprint,
        language=words.tag,
        direction=words.direction,
    )


def public(
    selection: Selection, papers: Mapping[str, Paper], words: Language, product: str
) -> Digest:
    """The same for everybody: without a reader, a greeting, or a link that acts."""
    groups = _groups(selection, papers, words)
    sections = _sections(groups, words)
    titles = [found.title for section in sections for found in section.cards]
    return Digest(
        subject=subject(titles, product, words),
        product=product,
        lead=lead(selection.mood, [(under, len(cards)) for under, cards in groups.items()], words),
        day=words.day(selection.day),
        greeting="",
        sections=sections,
        language=words.tag,
        direction=words.direction,
    )


def subject(titles: Sequence[str], product: str, words: Language) -> str:
    """The day's top finding and how many more, in at most 60 characters."""
    return headline(titles[0] if titles else "", len(titles), product, words)


def headline(title: str, papers: int, product: str, words: Language) -> str:
    """The same of the first title and the number of papers."""
    if not papers:
        name = wording.shortened(product, 30)
        return words.gettext("%(product)s: a quiet day on your topics", product=name)
    top = _FAKE.sub("", title) or words.gettext("Papers")
    rest = papers - 1
    if not rest:
        written = wording.shortened(top, SUBJECT_LONGEST)
    else:
        room = SUBJECT_LONGEST - len(_with_rest("", rest, words))
        written = _with_rest(wording.shortened(top, room), rest, words)
    short = len(written) < SUBJECT_SHORTEST
    return words.gettext("Today: %(title)s", title=written) if short else written


def _with_rest(title: str, rest: int, words: Language) -> str:
    return words.ngettext(
        "%(title)s + %(number)s more", "%(title)s + %(number)s more", rest, title=title
    )


def notice(mood: Mood, lacking: Sequence[str], words: Language) -> str:
    """The honest line of a day with nothing on a reader's topics, or that was not read whole."""
    quiet = words.gettext(NOTICES[mood]) if NOTICES[mood] else ""
    named = words.listed([TITLES.get(source, source) for source in lacking])
    late = words.gettext(LATE, sources=named) if lacking else ""
    return " ".join(filter(None, (quiet, late)))


def lead(mood: Mood, sections: Sequence[tuple[str, int]], words: Language) -> str:
    """The first line: how many papers, on what. `sections`: headings with numbers of papers."""
    total = sum(papers for _, papers in sections)
    if mood in {Mood.QUIET, Mood.NOTE} or not total:
        return words.gettext("A quiet day on your topics")
    number = words.in_words(total)
    topics = [section for section in sections if section[0] not in _NO_TOPICS]
    if not topics and any(heading == FOLLOWED for heading, _ in sections):
        return words.ngettext(
            "%(number)s paper for you", "%(number)s papers for you", total, number=number
        )
    if not topics:
        return words.ngettext(
            "%(number)s paper that the field is reading",
            "%(number)s papers that the field is reading",
            total,
            number=number,
        )
    if len(sections) == 1:
        return words.ngettext(
            "%(number)s paper on %(topic)s",
            "%(number)s papers on %(topic)s",
            total,
            number=number,
            topic=topics[0][0],
        )
    said = words.ngettext("%(number)s paper", "%(number)s papers", total, number=number)
    return words.gettext("%(papers)s: %(parts)s", papers=said, parts=_parts(topics, total, words))


def _parts(topics: Sequence[tuple[str, int]], total: int, words: Language) -> str:
    """As in "4 on LLM agents, 4 on video world models and 2 more"."""
    parts = [
        words.ngettext("%(number)s on %(topic)s", "%(number)s on %(topic)s", papers, topic=heading)
        for heading, papers in topics[:TOPICS_NAMED]
    ]
    if others := total - sum(papers for _, papers in topics[:TOPICS_NAMED]):
        parts.append(_more(others, words))
    return words.listed(parts)


def _more(number: int, words: Language) -> str:
    return words.ngettext("%(number)s more", "%(number)s more", number)


def named(name: str) -> str:
    """A reader's name as it may be printed."""
    return wording.shortened(plain(name), NAME_LONGEST)


def greeting(name: str, words: Language) -> str:
    """Whom it is for."""
    return words.gettext("for %(reader)s", reader=name)


def why(address: str, identity: Identity, words: Language) -> str:
    """Why this mail came to an address."""
    return words.gettext(
        "You get this because %(address)s subscribes to %(product)s.",
        address=address,
        product=identity.name,
    )


def follows(topics: Sequence[str], count: int, words: Language) -> str:
    """What a reader follows, of the texts of the first few topics and the number of all."""
    names = [topic_name(topic) for topic in topics[:TOPICS_NAMED]]
    rest = [_more(count - TOPICS_NAMED, words)] if count > TOPICS_NAMED else []
    return (
        words.gettext("You follow %(topics)s.", topics=words.listed(names + rest)) if names else ""
    )


def heading(reasons: Sequence[Reason]) -> str:
    """The strongest topic of a choice; a followed author only where it is the only reason."""
    topics = [reason for reason in reasons if reason.kind is ReasonKind.TOPIC]
    texts = [reason for reason in topics if not reason.label.startswith("author:")]
    if not topics:
        return TRENDING
    if not texts:
        return FOLLOWED
    return label_name(min(texts, key=lambda reason: (-reason.value, reason.label)).label)


def shown(heading: str, words: Language) -> str:
    """A heading as it is printed: those that name no topic are the program's own words."""
    return words.gettext(heading) if heading in _NO_TOPICS else heading


Carded = TypeVar("Carded")


def trends_last(groups: dict[str, list[Carded]]) -> dict[str, list[Carded]]:
    """What stands under each heading, the day's trends last, and under another when alone."""
    if TRENDING in groups:
        trending = groups.pop(TRENDING)
        groups[TRENDING if groups else TRENDING_ALONE] = trending
    return groups


def _sections(groups: Mapping[str, Sequence[Card]], words: Language) -> tuple[Section, ...]:
    return tuple(Section(shown(under, words), tuple(cards)) for under, cards in groups.items())


def _groups(
    selection: Selection, papers: Mapping[str, Paper], words: Language
) -> dict[str, list[Card]]:
    """Cards by each paper's strongest topic, topics in the order of their best paper."""
    found: dict[str, list[Card]] = {}
    for choice in selection.choices:
        if choice.paper in papers:
            chosen = card(papers[choice.paper], choice.reasons, words)
            found.setdefault(heading(choice.reasons), []).append(chosen)
    return trends_last(found)
