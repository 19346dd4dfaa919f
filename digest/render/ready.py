"""Papers as they are printed for everybody who gets them for the same reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from digest.model import Card, Digest, Paper, Reason, Selection
from digest.render.card import card
from digest.render.compose import heading, trends_last
from digest.render.html import Html
from digest.render.languages import Language
from digest.render.memo import Memo
from digest.render.quoted import fragment
from digest.render.text import MOST, Text

CARDS = 6_000
"""Cards that are held, of about 5 kB: those of a day's papers and its readers' topics."""

Reasons = tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ReadyCard:
    """One paper under its heading."""

    heading: str
    title: str
    octets: tuple[bytes, bytes]
    """In HTML and in text behind its number, both quoted-printable and without their last line
    break."""
    seal: bytes
    """Sixteen octets that stand for those."""


Printed = tuple[tuple[bytes, bytes], bytes]
"""Octets and seal."""
Groups = dict[str, list[ReadyCard]]
"""The cards under each heading."""


class ReadyCards:
    """Prints each paper once for the same reasons, and holds what it printed."""

    def __init__(self, html: Html, text: Text, words: Language) -> None:
        self._html, self._text, self._words = html, text, words
        self._number = len(text.opening(MOST))
        self._made: Memo[tuple[Paper, Reasons], ReadyCard] = Memo(self._make, CARDS)
        self._printed: Memo[Card, Printed] = Memo(self._print, CARDS)
        self._met: dict[int, tuple[Paper, Reasons, ReadyCard]] = {}

    def chosen(self, selection: Selection, papers: Mapping[str, Paper]) -> Groups:
        """The cards of a selection; papers that are unknown by now are left out.

        Reasons that were met are known by their id: hashing them costs more than all the rest.
        """
        groups: Groups = {}
        met = self._met
        for choice in selection.choices:
            paper, reasons = papers.get(choice.paper), choice.reasons
            if paper is None:
                continue
            known = met.get(id(reasons))
            if known is not None and known[1] is reasons and known[0] is paper:
                ready = known[2]
            else:
                ready = self._of(paper, reasons)
            if ready.heading in groups:
                groups[ready.heading].append(ready)
            else:
                groups[ready.heading] = [ready]
        return trends_last(groups)

    def composed(self, digest: Digest) -> Groups:
        """The cards of a digest, such as one that was made to fit."""
        return {
            section.heading: [
                ReadyCard(section.heading, one.title, *self._printed[one]) for one in section.cards
            ]
            for section in digest.sections
        }

    def octets(self, found: Card) -> int:
        """What a card weighs in the HTML."""
        return len(self._printed[found][0][0])

    def _of(self, paper: Paper, reasons: Reasons) -> ReadyCard:
        """Holds the objects, too, so that no other is given the id."""
        ready = self._made[paper, reasons]
        if len(self._met) >= CARDS:
            self._met.clear()
        self._met[id(reasons)] = (paper, reasons, ready)
        return ready

    def _make(self, key: tuple[Paper, Reasons]) -> ReadyCard:
        found = card(*key, self._words)
        return ReadyCard(heading(key[1]), found.title, *self._printed[found])

    def _print(self, found: Card) -> Printed:
        html = str(self._html.card(found, self._words)).removesuffix("\n")
        text = self._text.card(found, MOST, self._words)[self._number :].removesuffix("\n")
        octets = fragment(html), fragment(text)
        return octets, blake2b(b"\0".join(octets), digest_size=16).digest()
