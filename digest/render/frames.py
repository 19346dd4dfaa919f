"""A mail up to what differs between readers: each shape is printed once and cut at its holes.

The same templates and header fields that print a page print it here, with a mark where a personal
field comes; a mail is then one join of ready octets. A field may come any number of times: each
time costs one place in the join, some thirty nanoseconds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from operator import itemgetter
from threading import RLock
from typing import Any, NamedTuple, TypeVar

from markupsafe import Markup

from digest.mail.identity import Identity
from digest.mail.message_id import Names, boundary
from digest.mail.tokens import EditionTokens
from digest.model import Card, Digest, Mention, Mood, Section
from digest.render import compose
from digest.render.header import closing, header, opening, part
from digest.render.holes import Cut, Form, Hole, fill, plain_cut, quoted_cut
from digest.render.html import Html
from digest.render.languages import Language
from digest.render.links import Links
from digest.render.memo import Memo
from digest.render.text import Text

SHAPES = 4_096
"""Shapes of mails that are held; they share most of their octets."""
LITERALS = 16_384
"""Octets between holes that are held once."""
_STUB = Card("", "", "", "", "", "", "", ())

From = TypeVar("From")
Made = TypeVar("Made")


class Mark(StrEnum):
    """The characters that stand for personal fields."""

    TO = "\ue001"
    SUBJECT_FIELD = "\ue002"
    DATE = "\ue003"
    NAME_OF_MESSAGE = "\ue004"
    BOUNDARY = "\ue005"
    UNSUBSCRIBE = "\ue006"
    MANAGE = "\ue007"
    VIEW = "\ue008"
    FEEDBACK = "\ue009"
    NAME = "\ue00a"
    ADDRESS = "\ue00b"
    SUBJECT = "\ue00c"
    FOLLOWS = "\ue00d"
    LEAD = "\ue00e"
    HEADING = "\ue100"
    """And the characters after it, one for each section; so with the cards."""
    HTML_CARD = "\ue200"
    HTML_TAIL = "\ue300"
    TEXT_CARD = "\ue400"
    TEXT_TAIL = "\ue500"
    """What stands in a card before and behind the token of its feedback link."""
    HTML_NEAR = "\ue600"
    TEXT_NEAR = "\ue700"


READY = tuple(list(Mark)[:9])
"""Fields that are spliced as they are."""
TOKENS = EditionTokens(
    Mark.UNSUBSCRIBE * 32, Mark.MANAGE * 32, Mark.VIEW * 32, "", Mark.FEEDBACK * 32
)
"""Marks in the place of tokens, as long as these."""
CARDS = (Mark.HTML_CARD, Mark.TEXT_CARD)
NEAR = (Mark.HTML_NEAR, Mark.TEXT_NEAR)
OWN = (Mark.NAME, Mark.ADDRESS)
"""Texts that every reader has one of."""
TEXTS = (*OWN, Mark.SUBJECT, Mark.FOLLOWS, Mark.LEAD)
"""Fields of which templates make something: see `Forms`."""


class Shape(NamedTuple):
    """What decides how a page is laid out."""

    day: date
    mood: Mood
    named: bool
    """Whether the reader's name is known."""
    follows: bool
    """Whether the reader follows any topic."""
    more: int
    """Papers that did not fit."""
    counts: tuple[int, ...]
    """Papers of each section."""
    lacking: tuple[str, ...] = ()
    """Sources that had not ended the day."""
    near: int = 0
    """Near misses."""


Holes = tuple[tuple[str, ...], tuple[str, ...]]
"""The marks that a card's HTML and its text have, in order."""


@dataclass(frozen=True, eq=False)
class Layout:
    """What templates put around an easy value of one length, in each form; told by identity."""

    around: tuple[tuple[bytes, bytes], ...]


Key = tuple[Shape, tuple[Holes, ...], tuple[Layout | None, Layout | None]]
"""A page, the holes of its cards in order, how name and address are laid out (None: they are
printed for each reader)."""


class _Guarded(Memo[From, Made]):
    """Values of which none is kept that was made with the forms of a moment ago."""

    def __init__(self, make: Callable[[From], Made], most: int, lock: RLock) -> None:
        super().__init__(make, most)
        self._lock = lock

    def __missing__(self, key: From) -> Made:
        with self._lock:
            return self[key] if key in self else super().__missing__(key)


class Forms:
    """All that templates make of each text, so that a value is printed once in all its forms."""

    def __init__(self) -> None:
        self._of: dict[str, dict[Form, int]] = {mark: {} for mark in (*TEXTS, Mark.HEADING)}
        self._memos: list[Memo[Any, Any]] = []
        self._lock = RLock()
        self.known = 0
        """How many forms there are."""
        self._layouts: dict[tuple[tuple[bytes, bytes], ...], Layout] = {}
        self.names: Memo[int, Layout | None] = self.memo(
            lambda size: self._lay(Mark.NAME, size), 512
        )
        """How an easy name is laid out, by its length, less than zero if it holds a blank."""
        self.addresses: Memo[int, Layout | None] = self.memo(
            lambda size: self._lay(Mark.ADDRESS, size), 512
        )
        """So with addresses."""

    def memo(self, make: Callable[[From], Made], most: int) -> Memo[From, Made]:
        """Values that depend on which forms are known: they are forgotten at each new one."""
        made = _Guarded(make, most, self._lock)
        self._memos.append(made)
        return made

    def fill(self, mark: Mark, value: str, octets: bytes = b"") -> list[bytes]:
        """A value in all its forms; `octets` is `easy(value)`, where that is known."""
        return fill(self._of[mark], value, octets)

    def learn(self, found: Iterable[Hole]) -> None:
        """Adds the forms that a page needs."""
        for mark, form in found:
            known = self._of.get(_kind(mark), {form: 0})
            if form not in known:
                known[form] = len(known)
                self.known += 1
                for memo in self._memos:
                    memo.clear()

    def number(self, mark: str, form: Form) -> int:
        """Which of the forms of a text one is."""
        return self._of[mark][form]

    def count(self, mark: str) -> int:
        """How many forms a text has."""
        return len(self._of[mark])

    def _lay(self, mark: Mark, size: int) -> Layout | None:
        around = []
        for form in self._of[mark]:
            fits = abs(size) <= form.room
            found = form.around if fits else form.layouts[size] if size > 0 else None
            if found is None:
                return None
            around.append(found)
        return self._layouts.setdefault(tuple(around), Layout(tuple(around)))


def _kind(mark: str) -> str:
    """The mark without the number of its section or card."""
    return mark if mark < Mark.HEADING else chr(ord(mark) & 0xFF00)


@dataclass(frozen=True, slots=True)
class Frame:
    """The octets of a mail, with holes."""

    literals: list[bytes]
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    """Of literals and then the fields of a mail (in the order of `READY`, `TEXTS`, headings,
    cards, near misses), all that is joined."""
    seal: bytes
    """Sixteen octets that stand for the literals and holes."""
    known: int
    """How many forms there were: what the places of fields follow from."""


STALE = Frame([], tuple, b"", -1)
"""The frame of nothing, for a moment in which forms have just been learnt."""


class _Places:
    """Where the octets for a hole are found among a mail's literals and fields."""

    def __init__(
        self, forms: Forms, start: int, sections: int, cards: Sequence[Holes], laid: Sequence[bool]
    ) -> None:
        self._forms, self._cards = forms, cards
        self._starts = {str(mark): start + place for place, mark in enumerate(READY)}
        start += len(READY)
        self._laid: dict[str, bool] = dict(zip(OWN, laid, strict=True))
        for mark in TEXTS:
            self._starts[mark] = start
            start += 1 if self._laid.get(mark) else forms.count(mark)
        self._starts[Mark.HEADING] = start
        start += sections * forms.count(Mark.HEADING)
        self._pieces: list[tuple[int, int]] = []
        for html, text in cards:
            self._pieces.append((start, start + len(html) + 1))
            start += len(html) + len(text) + 2
        self._near = start

    def of(self, hole: Hole) -> list[int]:
        """One place, or those of a card's pieces and of the fields between them."""
        mark, form = hole
        kind = _kind(mark)
        number = ord(mark) - ord(kind)
        if kind in CARDS:
            return self._card(number, CARDS.index(kind))
        if kind in NEAR:
            return [self._near + len(NEAR) * number + NEAR.index(kind)]
        if kind == Mark.HEADING:
            count = self._forms.count(kind)
            return [self._starts[kind] + count * number + self._forms.number(kind, form)]
        if kind in READY or self._laid.get(kind):
            return [self._starts[kind]]
        return [self._starts[kind] + self._forms.number(kind, form)]

    def _card(self, number: int, side: int) -> list[int]:
        piece = self._pieces[number][side]
        found = [piece]
        for place, mark in enumerate(self._cards[number][side], 1):
            found += [self._starts[mark], piece + place]
        return found


class Frames:
    """The frames of every day and shape, printed when first asked for."""

    def __init__(
        self,
        identity: Identity,
        base_url: str,
        html: Html,
        text: Text,
        forms: Forms,
        words: Language,
    ) -> None:
        """`forms` grows by what frames are found to need."""
        self._identity, self._base_url, self._words = identity, base_url, words
        self._html, self._text, self._forms = html, text, forms
        self._literals: Memo[bytes, bytes] = Memo(lambda literal: literal, LITERALS)
        self._pages: Memo[Shape, Cut] = Memo(self._page, SHAPES)
        self._learnt: set[Shape] = set()
        self.of: Memo[Key, Frame] = forms.memo(self._frame, SHAPES)

    def learn(self, shape: Shape) -> None:
        """Makes all forms known that a page needs: layouts and places depend on them."""
        if shape not in self._learnt:
            self._forms.learn(self._pages[shape].holes)
            self._learnt.add(shape)

    def _frame(self, key: Key) -> Frame:
        shape, cards, layouts = key
        page = self._pages[shape]
        self._forms.learn(page.holes)
        literals = self._between(page, layouts)
        laid = [layout is not None for layout in layouts]
        places = _Places(self._forms, len(literals), len(shape.counts), cards, laid)
        joined = [0]
        for place, hole in enumerate(page.holes, 1):
            joined += [*places.of(hole), place]
        told = [*literals, *(f"{mark}{form}".encode() for mark, form in page.holes)]
        seal = blake2b(b"\0".join(told), digest_size=16).digest()
        return Frame(literals, itemgetter(*joined), seal, self._forms.known)

    def _between(self, page: Cut, layouts: Sequence[Layout | None]) -> list[bytes]:
        """The literals of a page, with what stands around name and address, where that is known."""
        literals = list(page.literals)
        known: dict[str, Layout | None] = dict(zip(OWN, layouts, strict=True))
        for place, (mark, form) in enumerate(page.holes):
            if layout := known.get(mark):
                before, after = layout.around[self._forms.number(mark, form)]
                literals[place] += before
                literals[place + 1] = after + literals[place + 1]
        return [self._literals[literal] for literal in literals]

    def _page(self, shape: Shape) -> Cut:
        """From the first header field to the last boundary."""
        links = Links.of(self._base_url, self._identity, TOKENS, shape.day)
        stub, limit = self._stub(shape, links), boundary(Mark.BOUNDARY * 32)
        name = Names.of(self._identity, shape.day).message_id(Mark.NAME_OF_MESSAGE * 32)
        head = header(
            Mark.TO,
            Mark.SUBJECT_FIELD,
            Mark.DATE,
            name,
            (shape.day, shape.mood),
            links,
            self._identity,
        )
        cut = (
            plain_cut(head + opening(limit) + part(limit, "plain"))
            + quoted_cut(self._text_page(stub), html=False)
            + plain_cut(part(limit, "html"))
            + quoted_cut(self._html_page(stub), html=True)
            + plain_cut(closing(limit))
        )
        return replace(cut, literals=tuple(self._literals[literal] for literal in cut.literals))

    def _stub(self, shape: Shape, links: Links) -> Digest:
        """A digest of marks."""
        numbers = iter(range(sum(shape.counts)))
        sections = tuple(
            Section(
                chr(ord(Mark.HEADING) + place),
                tuple(replace(_STUB, title=str(next(numbers))) for _ in range(count)),
            )
            for place, count in enumerate(shape.counts)
        )
        return Digest(
            subject=Mark.SUBJECT.value,
            product=self._identity.name,
            lead=Mark.LEAD.value,
            day=self._words.day(shape.day),
            greeting=compose.greeting(Mark.NAME, self._words) if shape.named else "",
            sections=sections,
            notice=compose.notice(shape.mood, shape.lacking, self._words),
            more=shape.more,
            near=tuple(Mention(str(place), "") for place in range(shape.near)),
            why=compose.why(Mark.ADDRESS, self._identity, self._words),
            follows=Mark.FOLLOWS.value if shape.follows else "",
            manage_url=links.manage,
            unsubscribe_url=links.unsubscribe,
            feedback_url=links.feedback,
            web_url=links.web,
            imprint=self._identity.imprint,
            language=self._words.tag,
            direction=self._words.direction,
        )

    def _text_page(self, stub: Digest) -> str:
        def card(card: Card, place: int) -> str:
            return self._text.opening(place) + chr(ord(Mark.TEXT_CARD) + int(card.title)) + "\n"

        def near(paper: Mention) -> str:
            return chr(ord(Mark.TEXT_NEAR) + int(paper.title)) + "\n"

        return self._text.page(stub, card, near)

    def _html_page(self, stub: Digest) -> str:
        def card(card: Card) -> Markup:
            return Markup(chr(ord(Mark.HTML_CARD) + int(card.title)) + "\n")  # noqa: S704 - a mark

        def near(paper: Mention) -> Markup:
            return Markup(chr(ord(Mark.HTML_NEAR) + int(paper.title)) + "\n")  # noqa: S704 - a mark

        return self._html.page(stub, card, near)
