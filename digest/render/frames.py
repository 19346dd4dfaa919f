"""A mail up to what differs between readers: each shape is printed once and cut at its holes.

The same templates and header fields that print a page print it here, with a mark where a personal
field comes; a mail is then one join of ready octets.
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
from digest.model import Card, Digest, Mood, Section
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
    FEEDBACK = "\ue00e"
    NAME = "\ue009"
    ADDRESS = "\ue00a"
    SUBJECT = "\ue00b"
    LEAD = "\ue00c"
    FOLLOWS = "\ue00d"
    HEADING = "\ue100"
    """And the characters after it, one for each section; so with the cards."""
    HTML_CARD = "\ue200"
    HTML_TAIL = "\ue300"
    TEXT_CARD = "\ue400"
    TEXT_TAIL = "\ue500"
    """What stands in a card before and behind the token of its feedback link."""


READY = tuple(list(Mark)[:9])
"""Fields that are spliced as they are."""
CARDS = (Mark.HTML_CARD, Mark.HTML_TAIL, Mark.TEXT_CARD, Mark.TEXT_TAIL)
TEXTS = (Mark.NAME, Mark.ADDRESS, Mark.SUBJECT, Mark.FOLLOWS, Mark.LEAD)
"""Fields of which templates make something: see `Forms`."""


class Shape(NamedTuple):
    """What decides how a mail is laid out."""

    day: date
    mood: Mood
    lacking: tuple[str, ...]
    """Sources that had not ended the day."""
    named: bool
    """Whether the reader's name is known."""
    follows: bool
    """Whether the reader follows any topic."""
    more: int
    """Papers that did not fit."""
    counts: tuple[int, ...]
    """Papers of each section."""


Key = tuple[date, Mood, tuple[str, ...], bool, bool, int, tuple[int, ...]]
"""A shape as a plain tuple, which is made four times as fast."""


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

    def places(self, sections: int) -> Callable[[Hole], int]:
        """Where the octets for a hole are found among a mail's fields."""
        starts = {str(mark): place for place, mark in enumerate(READY)}
        start = len(READY)
        for mark in TEXTS:
            starts[mark] = start
            start += len(self._of[mark])
        headings = self._of[Mark.HEADING]
        cards = start + sections * len(headings)

        def place(hole: Hole) -> int:
            mark, form = hole
            kind = _kind(mark)
            number = ord(mark) - ord(kind)
            if kind in CARDS:
                return cards + 4 * number + CARDS.index(kind)
            if kind == Mark.HEADING:
                return start + len(headings) * number + headings[form]
            return starts[kind] + self._of.get(kind, {form: 0})[form]

        return place


def _kind(mark: str) -> str:
    """The mark without the number of its section or card."""
    return mark if mark < Mark.HEADING else chr(ord(mark) & 0xFF00)


def marked(base_url: str, identity: Identity, day: date) -> Links:
    """The links of a mail, with marks for the tokens."""
    unsubscribe, manage, view = Mark.UNSUBSCRIBE * 32, Mark.MANAGE * 32, Mark.VIEW * 32
    tokens = EditionTokens(unsubscribe, manage, view, "", Mark.FEEDBACK * 32)
    return Links.of(base_url, identity, tokens, day)


def _marks(first: Mark, number: int, *, cut: bool) -> str:
    """Where a card comes: in two pieces around the token of its feedback link, or in one."""
    head, tail = chr(ord(first) + number), chr(ord(first) + 0x100 + number)
    return f"{head}{Mark.FEEDBACK * 32}{tail}" if cut else head


@dataclass(frozen=True, slots=True)
class Frame:
    """The octets of a mail, with holes."""

    parts: list[bytes]
    """Literals, with nothing between each two."""
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    """From the fields of a mail, what stands between."""
    seal: bytes
    """Sixteen octets that stand for the literals and holes."""
    known: int
    """How many forms there were: what the places of fields follow from."""

    def fill(self, fields: Sequence[bytes]) -> bytes:
        """The mail: fields in the order of `READY`, `TEXTS`, headings, cards."""
        parts = self.parts.copy()
        parts[1::2] = self.pick(fields)
        return b"".join(parts)


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
        self._literals: Memo[bytes, bytes] = Memo(lambda literal: literal, SHAPES)
        self.of: Memo[Key, Frame] = forms.memo(self._frame, SHAPES)

    def _frame(self, key: Key) -> Frame:
        shape = Shape(*key)
        mail = self._mail(shape)
        self._forms.learn(mail.holes)
        place = self._forms.places(len(shape.counts))
        parts = [b""] * (2 * len(mail.holes) + 1)
        parts[::2] = [self._literals[literal] for literal in mail.literals]
        told = b"\0".join(
            [*mail.literals, *(f"{mark}{form}".encode() for mark, form in mail.holes)]
        )
        seal = blake2b(told, digest_size=16).digest()
        return Frame(parts, itemgetter(*map(place, mail.holes)), seal, self._forms.known)

    def _mail(self, shape: Shape) -> Cut:
        """From the first header field to the last boundary."""
        links = marked(self._base_url, self._identity, shape.day)
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
        return (
            plain_cut(head + opening(limit) + part(limit, "plain"))
            + quoted_cut(self._text_page(stub), html=False)
            + plain_cut(part(limit, "html"))
            + quoted_cut(self._html_page(stub), html=True)
            + plain_cut(closing(limit))
        )

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
            marks = _marks(Mark.TEXT_CARD, int(card.title), cut=self._text.rated)
            return f"{self._text.opening(place)}{marks}\n"

        return self._text.page(stub, card)

    def _html_page(self, stub: Digest) -> str:
        def card(card: Card) -> Markup:
            marks = _marks(Mark.HTML_CARD, int(card.title), cut=self._html.rated)
            return Markup(f"{marks}\n")  # noqa: S704 - marks

        return self._html.page(stub, card)
