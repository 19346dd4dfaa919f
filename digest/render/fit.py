"""A digest no larger than clients show: summaries shorten, then the tail is left to the web.

Before either, it does without near misses.
"""

from collections.abc import Callable
from dataclasses import replace

from digest.model import Card, Digest, Section
from digest.render.summary import shorten
from digest.render.text import MOST

BUDGET = 90_000
"""Octets of the encoded HTML. Gmail clips at about 102,400, and counts nobody knows how."""
SHORTER = (260, 160, 90)
"""Characters that summaries are cut to, one after the other, before a paper is folded away."""


def fit(
    digest: Digest,
    weigh: Callable[[Digest], int],
    weigh_card: Callable[[Card], int],
    budget: int = BUDGET,
) -> Digest:
    """The digest as it fits; weights are octets of encoded HTML."""
    fitted = _folded(digest, len(digest.cards) - MOST) if len(digest.cards) > MOST else digest
    excess = weigh(fitted) - budget
    if excess > 0 and fitted.near:
        fitted = replace(fitted, near=())
        excess = weigh(fitted) - budget
    for limit in SHORTER:
        if excess > 0:
            fitted = _shortened(fitted, limit)
            excess = weigh(fitted) - budget
    while excess > 0 and fitted.cards:
        fitted = _folded(fitted, _needless(fitted, excess, weigh_card))
        excess = weigh(fitted) - budget
    return fitted


def _needless(digest: Digest, excess: int, weigh: Callable[[Card], int]) -> int:
    """How many cards from the end take `excess` octets."""
    sizes = [weigh(card) for card in reversed(digest.cards)]
    return next((n for n in range(1, len(sizes)) if sum(sizes[:n]) >= excess), len(sizes))


def _shortened(digest: Digest, limit: int) -> Digest:
    return replace(
        digest,
        sections=tuple(
            Section(
                section.heading,
                tuple(
                    replace(card, summary=shorten(card.summary, limit)) for card in section.cards
                ),
            )
            for section in digest.sections
        ),
    )


def _folded(digest: Digest, drop: int) -> Digest:
    """The digest without its last cards, and told so."""
    room = len(digest.cards) - drop
    sections = []
    for section in digest.sections:
        kept = section.cards[: max(room, 0)]
        room -= len(kept)
        if kept:
            sections.append(Section(section.heading, kept))
    return replace(digest, sections=tuple(sections), more=digest.more + drop)
