"""Selection and reader → the octets of a message, as a function of the key and the selection.

Cards, headings, leads and frames are printed once and kept; a mail is a join of them with what is
personal in between. `digest` says the same as a page, for people and tests to look at.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from operator import itemgetter
from typing import NamedTuple

from digest.mail import headers
from digest.mail.headers import ADVISED
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import HALF, Names, boundary, message_id
from digest.mail.tokens import Signer, Spliced
from digest.model import Digest, Message, Mood, Paper, Selection, Subscriber
from digest.render import compose
from digest.render.fit import BUDGET, fit
from digest.render.frames import STALE, Forms, Frame, Frames, Layout, Mark, Shape
from digest.render.header import closing, part
from digest.render.holes import easy
from digest.render.html import Html
from digest.render.languages import ENGLISH, Language
from digest.render.links import BOUNCES, Links
from digest.render.memo import Memo
from digest.render.ready import Kind, ReadyCard, ReadyCards
from digest.render.templates import environment
from digest.render.text import MOST, Text

AHEAD = 32
"""Mails whose tokens are made together, before the first is printed: code stays in the cache."""
KEPT = 8_192
"""Subjects, leads, headings and lists of topics that are held ready, of each."""


_ADDRESS = re.compile(
    r"[a-z0-9][\w+-]*+(?:\.[\w+-]++)*+@[a-z0-9-]++(?:\.[a-z0-9-]++)++", re.ASCII
).fullmatch
"""The address of nearly everybody: easy to print, and no more than an address."""


Sections = tuple[tuple[str, int], ...]
"""Headings, with numbers of papers."""


class _Letter(NamedTuple):
    """What one mail says beside its cards."""

    day: date
    mood: Mood
    digits: bytes
    """Those of Message-ID and boundary."""
    tokens: Spliced
    dated: bytes
    name: str
    named: bytes
    """The octets of the name, if it is an easy one (`digest.render.holes`)."""
    address: str
    addressed: bytes
    """So with the address."""
    topics: tuple[str, ...]
    """The first few, and as many blanks as there are more."""
    message_id: str
    reverse_path: str


class _Said(NamedTuple):
    """What a mail tells of all its papers, whether or not they all fit."""

    sections: Sections
    title: str
    """The first one's."""
    papers: int


class _Plan(NamedTuple):
    """What mails with the same headings share."""

    frame: Frame
    order: Callable[[Sequence[ReadyCard]], tuple[ReadyCard, ...]] | None
    """From a selection's own order to that of the mail, where it differs."""
    fields: list[bytes]
    """Lead and headings in all their forms."""
    seal: bytes
    """What stands for those and for the frame."""


_PlanKey = tuple[
    int,
    date,
    Mood,
    bool,
    bool,
    int,
    tuple[Layout | None, Layout | None],
    tuple[Kind, ...],
    Sections | None,
]


class Renderer:
    """Makes the messages of one language; holds templates and what mails have in common."""

    def __init__(
        self,
        identity: Identity,
        signer: Signer,
        base_url: str,
        html: Html | None = None,
        text: Text | None = None,
        words: Language = ENGLISH,
    ) -> None:
        """Loads the program's own templates unless others are given. Raises RenderError.

        `base_url`: where the links of a mail lead to.
        """
        self.identity, self.signer, self.base_url = identity, signer, base_url
        self.words = words
        self.html, self.text = html or Html(environment()), text or Text(environment())
        forms = self._forms = Forms()
        self._frames = Frames(identity, base_url, self.html, self.text, forms, words)
        self._cards = ReadyCards(self.html, self.text, words, base_url)
        self._subjects = forms.memo(self._subject, KEPT)
        self._plans = forms.memo(self._plan, KEPT)
        self._topics = forms.memo(self._follows, KEPT)
        self._headings = forms.memo(self._heading, KEPT)
        self._leads = forms.memo(self._lead, KEPT)
        self._names: Memo[date, Names] = Memo(lambda day: Names.of(identity, day), 64)
        self._dates: Memo[datetime, bytes] = Memo(lambda at: headers.date(at).encode(), 64)

    def message(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Message:
        """The mail of one reader, whom the store knows by a number."""
        return next(self.messages([reader], [selection], [papers], [number]))

    def messages(
        self,
        readers: Sequence[Subscriber],
        selections: Sequence[Selection],
        papers: Sequence[Mapping[str, Paper]],
        numbers: Sequence[int],
    ) -> Iterator[Message]:
        """The mails of one edition's readers, each printed when it is taken."""
        for at in range(0, len(readers), AHEAD):
            some = slice(at, at + AHEAD)
            letters = self._letters(readers[some], selections[some], numbers[some])
            rows = zip(letters, readers[some], selections[some], papers[some], strict=True)
            for letter, reader, selection, known in rows:
                yield self._message(letter, reader, selection, known)

    def _message(
        self,
        letter: _Letter,
        reader: Subscriber,
        selection: Selection,
        papers: Mapping[str, Paper],
    ) -> Message:
        cards = self._cards.chosen(selection, papers)
        content, seal = self._print(letter, cards) if len(cards) <= MOST else (b"", b"")
        if not content or (len(content) > BUDGET and _octets(letter, content) > BUDGET):
            composed = self._composed(reader, selection, papers, letter)
            content, seal = self._fitted(letter, composed, _said(cards))
        return Message(
            letter.address,
            letter.day,
            letter.message_id,
            letter.reverse_path,
            letter.address,
            content,
            seal,
        )

    def digest(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Digest:
        """What that mail says."""
        letter = self._letters([reader], [selection], [number])[0]
        composed = self._composed(reader, selection, papers, letter)
        return self._fit(letter, composed, _said(self._cards.chosen(selection, papers)))

    def test_copy(self, message: Message, instant: datetime) -> Message:
        """The same mail under a Message-ID of its own, made of the instant.

        A mailbox that holds a Message-ID already drops the second mail of that name, and that
        would be the real one.
        """
        return self.renamed(message, f"test {instant.isoformat()}")

    def renamed(self, message: Message, mark: str) -> Message:
        """The same mail under a Message-ID of its own, made of a mark."""
        label = f"{self.identity.list_label} {mark}"
        name = message_id(label, message.address, message.day, self.identity.domain)
        content = message.content.replace(message.message_id.encode(), name.encode(), 1)
        return replace(message, message_id=name, content=content)

    def links(self, number: int, day: date) -> Links:
        """The links of that mail."""
        return Links.of(self.base_url, self.identity, self.signer.edition(number, day), day)

    def _composed(
        self,
        reader: Subscriber,
        selection: Selection,
        papers: Mapping[str, Paper],
        letter: _Letter,
    ) -> Digest:
        links = Links.of(self.base_url, self.identity, letter.tokens.told, letter.day)
        return compose.compose(selection, papers, reader, links, self.identity, self.words)

    def _fit(self, letter: _Letter, digest: Digest, said: _Said) -> Digest:
        def weigh(tried: Digest) -> int:
            content, _ = self._print(letter, self._cards.composed(tried), tried.more, said)
            return _octets(letter, content)

        return fit(digest, weigh, self._cards.octets)

    def _fitted(self, letter: _Letter, digest: Digest, said: _Said) -> tuple[bytes, bytes]:
        fitted = self._fit(letter, digest, said)
        return self._print(letter, self._cards.composed(fitted), fitted.more, said)

    def _letters(
        self, readers: Sequence[Subscriber], selections: Sequence[Selection], numbers: Sequence[int]
    ) -> list[_Letter]:
        day = selections[0].day
        names, dates, bounces = self._names[day], self._dates, f"@{self.identity.bounce_domain}"
        tokens = self.signer.editions(numbers, day)
        found = []
        for reader, selection, own in zip(readers, selections, tokens, strict=True):
            address, name = reader.address, reader.name
            named = easy(name) if len(name) <= compose.NAME_LONGEST else b""
            addressed = address.encode()
            digits = names.digits(addressed)
            letter = _Letter(
                day,
                selection.mood,
                digits.encode(),
                own,
                dates[selection.at or dated(selection)],
                name if named else compose.named(name),
                named,
                address,
                addressed if _ADDRESS(address) else b"",
                compose.followed([topic.text for topic in reader.topics]),
                names.message_id(digits[:HALF]),
                f"{BOUNCES}{own.bounce}{bounces}",
            )
            found.append(letter)
        return found

    def _print(
        self,
        letter: _Letter,
        cards: Sequence[ReadyCard],
        more: int = 0,
        said: _Said | None = None,
    ) -> tuple[bytes, bytes]:
        """The octets of a mail with these cards, and their seal."""
        day, mood, digits, tokens, at, name, named, address, addressed, topics, _, _ = letter
        forms = self._forms
        known = forms.known
        layouts = (
            forms.names[-len(named) if b" " in named else len(named)]
            if named or not name
            else None,
            forms.addresses[len(addressed)] if addressed else None,
        )
        kinds = tuple([card.kind for card in cards])
        sections = None if said is None else said.sections
        plan = self._plans[
            known, day, mood, name != "", topics != (), more, layouts, kinds, sections
        ]
        if plan.order is not None:
            cards = plan.order(cards)
        if said is not None:
            subject, subjects = self._subjects[said.title, said.papers]
        else:
            subject, subjects = self._subjects[cards[0].title if cards else "", len(cards)]
        follows, followed = self._topics[topics]
        fields = [
            *plan.frame.literals,
            _to(address, addressed),
            subject,
            at,
            digits[:HALF],
            digits[HALF:],
            *tokens[:4],
            *([named] if layouts[0] else forms.fill(Mark.NAME, name, named)),
            *([addressed] if layouts[1] else forms.fill(Mark.ADDRESS, address, addressed)),
            *subjects,
            *followed,
            *plan.fields,
        ]
        for card in cards:
            fields += card.octets
        if plan.frame.known != forms.known:  # its page, or another thread, met new forms
            return self._print(letter, cards, more, said)
        told = [plan.seal, subject, at, follows, name.encode(), digits, tokens[2]]
        told += [card.seal for card in cards]
        seal = blake2b(b"\0".join(told), digest_size=8).digest()
        return b"".join(plan.frame.pick(fields)), seal

    def _plan(self, key: _PlanKey) -> _Plan:
        known, day, mood, named, follows, more, layouts, kinds, said = key
        groups: dict[str, list[int]] = {}
        for place, kind in enumerate(kinds):
            groups.setdefault(kind.heading, []).append(place)
        groups = compose.trends_last(groups)
        counts = tuple(map(len, groups.values()))
        shape = Shape(day, mood, named, follows, more, counts)
        self._frames.learn(shape)
        order = [place for places in groups.values() for place in places]
        if known != self._forms.known:  # the layouts are out of date: only the order is right
            return _Plan(STALE, _ordered(order), [], b"")
        frame = self._frames.of[shape, tuple(kinds[place].holes for place in order), layouts]
        fields, told = self._leads[mood, said or tuple(zip(groups, counts, strict=True))]
        headed = [octets for heading in groups for octets in self._headings[heading]]
        seal = blake2b("\0".join([told, *groups]).encode(), digest_size=16).digest()
        return _Plan(frame, _ordered(order), fields + headed, frame.seal + seal)

    def _lead(self, key: tuple[Mood, Sections]) -> tuple[list[bytes], str]:
        """What templates make of it, and the text itself."""
        lead = compose.lead(*key, self.words)
        return self._forms.fill(Mark.LEAD, lead), lead

    def _subject(self, top: tuple[str, int]) -> tuple[bytes, list[bytes]]:
        """The header field, and what templates make of it."""
        subject = compose.headline(*top, self.identity.name, self.words)
        field = headers.unstructured("Subject", subject).encode()
        return field, self._forms.fill(Mark.SUBJECT, subject)

    def _heading(self, heading: str) -> list[bytes]:
        return self._forms.fill(Mark.HEADING, compose.shown(heading, self.words))

    def _follows(self, topics: tuple[str, ...]) -> tuple[bytes, list[bytes]]:
        """The text itself, and what templates make of it."""
        follows = compose.follows(topics, self.words)
        return follows.encode(), self._forms.fill(Mark.FOLLOWS, follows)


def dated(selection: Selection) -> datetime:
    """The Date of a mail: when its papers were chosen, so that it never changes."""
    return selection.at or datetime.combine(selection.day, time(), UTC)


def _to(address: str, octets: bytes) -> bytes:
    """The To field. Raises BadAddress."""
    if octets and len(octets) <= ADVISED - len("To: <>"):
        return b"To: <" + octets + b">\r\n"
    return headers.address("To", "", Mailbox.parse(address)).encode()


def _octets(letter: _Letter, content: bytes) -> int:
    """What the HTML of a mail weighs."""
    limit = boundary(letter.digits[HALF:].decode())
    before = part(limit, "html").encode()
    start = content.rindex(before) + len(before)
    return len(content) - start - len(closing(limit))


def _ordered(
    places: Sequence[int],
) -> Callable[[Sequence[ReadyCard]], tuple[ReadyCard, ...]] | None:
    return itemgetter(*places) if list(places) != sorted(places) else None


def _said(cards: Sequence[ReadyCard]) -> _Said:
    """Of all the cards of a selection, in its own order."""
    groups: dict[str, list[str]] = {}
    for card in cards:
        groups.setdefault(card.kind.heading, []).append(card.title)
    groups = compose.trends_last(groups)
    sections = tuple((heading, len(titles)) for heading, titles in groups.items())
    first = next(iter(groups.values()))[0] if groups else ""
    return _Said(sections, first, len(cards))
