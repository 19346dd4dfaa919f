"""Papers as they are printed for everybody who gets them for the same reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from digest.model import Card, Choice, Digest, Mention, Paper, Reason, Selection
from digest.render.card import card, mention
from digest.render.compose import heading
from digest.render.frames import READY, Holes
from digest.render.holes import Cut, quoted_cut
from digest.render.html import Html
from digest.render.languages import Language
from digest.render.memo import Memo
from digest.render.text import MOST, Text

CARDS = 6_000
"""Cards that are held, of about 5 kB: those of a day's papers and its readers' topics."""
NEAR = 6_000
"""So with near misses, of less than 1 kB."""
CHOICES = 32_768
"""Choices whose cards are known."""

Reasons = tuple[Reason, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """What decides where a card stands and how it is joined; told by identity."""

    heading: str
    holes: Holes
    """Tokens that are spliced into it."""


class ReadyCard(NamedTuple):
    """One paper under its heading."""

    kind: Kind
    title: str
    octets: tuple[bytes, ...]
    """Its HTML, then its text behind its number, both quoted-printable, without their last line
    break, and cut at their holes."""
    seal: bytes
    """Eight octets that stand for those."""
    size: int
    """What the HTML weighs."""


class ReadyNear(NamedTuple):
    """A near miss."""

    octets: tuple[bytes, ...]
    """Its HTML, then its text, both quoted-printable, without their last line break."""
    seal: bytes
    """Eight octets that stand for those."""


@dataclass(frozen=True, slots=True)
class _Printed:
    octets: tuple[bytes, ...]
    seal: bytes
    holes: Holes
    size: int


class ReadyCards:
    """Prints each paper once for the same reasons, and holds what it printed."""

    def __init__(self, html: Html, text: Text, words: Language, feedback: str) -> None:
        """`feedback`: what feedback links begin with, with marks for the token."""
        self._html, self._text, self._words = html, text, words
        self._feedback = feedback
        self._number = len(text.opening(MOST))
        self._made: Memo[tuple[Paper, Reasons], ReadyCard] = Memo(self._make, CARDS)
        self._printed: Memo[Card, _Printed] = Memo(self._print, CARDS)
        self._kinds: Memo[tuple[str, Holes], Kind] = Memo(lambda key: Kind(*key), CARDS)
        self._held: Mapping[str, Paper] = {}
        self._choices: dict[int, tuple[Choice, ReadyCard]] = {}
        self._near: Memo[Mention, ReadyNear] = Memo(self._print_near, NEAR)
        self._mentions: dict[str, ReadyNear] = {}
        self._ids: dict[tuple[int, int], tuple[Paper, Reasons, ReadyCard]] = {}

    def chosen(self, selection: Selection, papers: Mapping[str, Paper]) -> list[ReadyCard]:
        """The cards of a selection; papers that are unknown by now are left out.

        A choice that was met is known by its id: hashing reasons costs more than all the rest.
        """
        if papers is not self._held:  # as they stood at another instant
            self._held, self._choices, self._mentions = papers, {}, {}
        try:
            choices = self._choices
            return [choices[id(choice)][1] for choice in selection.choices]
        except KeyError:
            known = [choice for choice in selection.choices if choice.paper in papers]
            return [self._meet(choice, papers[choice.paper]) for choice in known]

    def near(self, ids: Sequence[str], papers: Mapping[str, Paper]) -> list[ReadyNear]:
        """The near misses of the selection whose cards were asked for last."""
        try:
            return [self._mentions[id_] for id_ in ids]
        except KeyError:
            known = [id_ for id_ in ids if id_ in papers]
            self._mentions |= {id_: self._near[mention(papers[id_])] for id_ in known}
            return [self._mentions[id_] for id_ in known]

    def mentioned(self, near: Sequence[Mention]) -> list[ReadyNear]:
        """The near misses of a digest."""
        return [self._near[one] for one in near]

    def composed(self, digest: Digest) -> list[ReadyCard]:
        """The cards of a digest, such as one that was made to fit."""
        return [
            self._ready(section.heading, one)
            for section in digest.sections
            for one in section.cards
        ]

    def octets(self, found: Card) -> int:
        """What a card weighs in the HTML."""
        return self._printed[found].size

    def _meet(self, choice: Choice, paper: Paper) -> ReadyCard:
        """Holds the objects, too, so that no other is given their ids."""
        reasons = choice.reasons
        met = self._ids.get((id(paper), id(reasons)))
        if met is None:
            if len(self._ids) >= CARDS:
                self._ids = {}
            met = self._ids[id(paper), id(reasons)] = paper, reasons, self._made[paper, reasons]
        if len(self._choices) >= CHOICES:
            self._choices = {}
        self._choices[id(choice)] = choice, met[2]
        return met[2]

    def _make(self, key: tuple[Paper, Reasons]) -> ReadyCard:
        return self._ready(heading(key[1]), card(*key, self._words))

    def _ready(self, under: str, found: Card) -> ReadyCard:
        printed = self._printed[found]
        kind = self._kinds[under, printed.holes]
        return ReadyCard(kind, found.title, printed.octets, printed.seal, printed.size)

    def _print_near(self, found: Mention) -> ReadyNear:
        html = _cut(str(self._html.near(found, self._words)), html=True)
        text = _cut(self._text.near(found, self._words), html=False)
        octets = html.literals + text.literals
        return ReadyNear(octets, blake2b(b"\0".join(octets), digest_size=8).digest())

    def _print(self, found: Card) -> _Printed:
        html = _cut(str(self._html.card(found, self._words, self._feedback)), html=True)
        text = self._text.card(found, MOST, self._words, self._feedback)[self._number :]
        cuts = html, _cut(text, html=False)
        octets = cuts[0].literals + cuts[1].literals
        holes = (_marks(cuts[0]), _marks(cuts[1]))
        seal = blake2b(b"\0".join([*octets, str(holes).encode()]), digest_size=8).digest()
        size = sum(map(len, html.literals)) + 32 * len(html.holes)
        return _Printed(octets, seal, holes, size)


def _cut(page: str, *, html: bool) -> Cut:
    """A card cut at its tokens, without its last line break."""
    cut = quoted_cut(page, html=html)
    last = cut.literals[-1].removesuffix(b"\r\n")
    return Cut((*cut.literals[:-1], last), cut.holes)


def _marks(cut: Cut) -> tuple[str, ...]:
    return tuple(mark for mark, _ in cut.holes if mark in READY)
