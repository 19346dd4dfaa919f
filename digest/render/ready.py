"""Papers as they are printed for everybody who gets them for the same reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from digest.model import Card, Digest, Paper, Reason, Selection
from digest.render.card import card
from digest.render.compose import heading
from digest.render.frames import READY, TOKENS, Holes
from digest.render.holes import Cut, quoted_cut
from digest.render.html import Html
from digest.render.languages import Language
from digest.render.links import feedback
from digest.render.memo import Memo
from digest.render.text import MOST, Text

CARDS = 6_000
"""Cards that are held, of about 5 kB: those of a day's papers and its readers' topics."""

Reasons = tuple[Reason, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """What decides where a card stands and how it is joined; told by identity."""

    heading: str
    holes: Holes
    """Tokens that are spliced into it."""


@dataclass(frozen=True, eq=False, slots=True)
class ReadyCard:
    """One paper under its heading."""

    kind: Kind
    title: str
    octets: tuple[bytes, ...]
    """Its HTML, then its text behind its number, both quoted-printable, without their last line
    break, and cut at their holes."""
    seal: bytes
    """Sixteen octets that stand for those."""
    size: int
    """What the HTML weighs."""


@dataclass(frozen=True, slots=True)
class _Printed:
    octets: tuple[bytes, ...]
    seal: bytes
    holes: Holes
    size: int


class ReadyCards:
    """Prints each paper once for the same reasons, and holds what it printed."""

    def __init__(self, html: Html, text: Text, words: Language, base_url: str) -> None:
        self._html, self._text, self._words = html, text, words
        self._feedback = feedback(base_url, TOKENS)
        self._number = len(text.opening(MOST))
        self._made: Memo[tuple[Paper, Reasons], ReadyCard] = Memo(self._make, CARDS)
        self._printed: Memo[Card, _Printed] = Memo(self._print, CARDS)
        self._kinds: Memo[tuple[str, Holes], Kind] = Memo(lambda key: Kind(*key), CARDS)
        self._met: dict[tuple[int, int], ReadyCard] = {}
        self._held: list[tuple[Paper, Reasons]] = []

    def chosen(self, selection: Selection, papers: Mapping[str, Paper]) -> list[ReadyCard]:
        """The cards of a selection; papers that are unknown by now are left out.

        What was met is known by its ids: hashing reasons costs more than all the rest.
        """
        met, get = self._met, papers.get
        found = [met.get((id(get(c.paper)), id(c.reasons))) for c in selection.choices]
        if None in found:
            known = [(papers[c.paper], c.reasons) for c in selection.choices if c.paper in papers]
            return [self._of(paper, reasons) for paper, reasons in known]
        return found  # type: ignore[return-value] # none of them is None

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

    def _of(self, paper: Paper, reasons: Reasons) -> ReadyCard:
        """Holds the objects, too, so that no other is given their ids."""
        ready = self._made[paper, reasons]
        if len(self._met) >= CARDS:
            self._met, self._held = {}, []
        self._met[id(paper), id(reasons)] = ready
        self._held.append((paper, reasons))
        return ready

    def _make(self, key: tuple[Paper, Reasons]) -> ReadyCard:
        return self._ready(heading(key[1]), card(*key, self._words))

    def _ready(self, under: str, found: Card) -> ReadyCard:
        printed = self._printed[found]
        kind = self._kinds[under, printed.holes]
        return ReadyCard(kind, found.title, printed.octets, printed.seal, printed.size)

    def _print(self, found: Card) -> _Printed:
        html = _cut(str(self._html.card(found, self._words, self._feedback)), html=True)
        text = self._text.card(found, MOST, self._words, self._feedback)[self._number :]
        cuts = html, _cut(text, html=False)
        octets = cuts[0].literals + cuts[1].literals
        holes = (_marks(cuts[0]), _marks(cuts[1]))
        seal = blake2b(b"\0".join([*octets, str(holes).encode()]), digest_size=16).digest()
        size = sum(map(len, html.literals)) + 32 * len(html.holes)
        return _Printed(octets, seal, holes, size)


def _cut(page: str, *, html: bool) -> Cut:
    """A card cut at its tokens, without its last line break."""
    cut = quoted_cut(page, html=html)
    last = cut.literals[-1].removesuffix(b"\r\n")
    return Cut((*cut.literals[:-1], last), cut.holes)


def _marks(cut: Cut) -> tuple[str, ...]:
    return tuple(mark for mark, _ in cut.holes if mark in READY)
