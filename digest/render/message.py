"""Selection and reader → the octets of a message, as a function of the key and the selection.

Cards, headings, leads and frames are printed once and kept; a mail is a join of them with what is
personal in between. `digest` says the same as a page, for people and tests to look at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from digest.mail import headers
from digest.mail.headers import ADVISED
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import Names, boundary, message_id
from digest.mail.tokens import Signer, told
from digest.model import Digest, Message, Mood, Paper, Selection, Subscriber
from digest.render import compose
from digest.render.fit import BUDGET, fit
from digest.render.frames import STALE, TOKENS, Forms, Frame, Frames, Layout, Mark, Shape
from digest.render.header import closing, part
from digest.render.html import Html
from digest.render.languages import ENGLISH, Language
from digest.render.links import Links
from digest.render.memo import Memo
from digest.render.personal import Letter, Personal, Topics
from digest.render.ready import Kind, ReadyCard, ReadyCards, ReadyNear
from digest.render.templates import environment
from digest.render.text import MOST, Text

AHEAD = 32
"""Mails whose tokens are made together, before the first is printed: code stays in the cache."""
KEPT = 8_192
"""Subjects, leads, headings and lists of topics that are held ready, of each."""


Sections = tuple[tuple[str, int], ...]
"""Headings, with numbers of papers."""


class _Said(NamedTuple):
    """What a mail tells of all its papers, whether or not they all fit."""

    sections: Sections
    top: tuple[str, int]
    """The first title, and how many papers there are."""


class _Plan(NamedTuple):
    """What mails with the same headings share."""

    frame: Frame
    first: int
    """The place of the mail's first card in the selection's own order."""
    order: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None
    """From that order to the mail's, where it differs."""
    fields: list[bytes]
    """Lead and headings in all their forms."""
    seal: bytes
    """What stands for those and for the frame."""


Edition = tuple[date, tuple[str, ...]]
"""The day, and the sources that had not ended it when the choice was made."""

_PlanKey = tuple[
    int,
    Edition,
    Mood,
    bool,
    Layout | None,
    Layout | None,
    bool,
    tuple[Kind, ...],
    int,
    Sections | None,
    int,
]
_NOTHING: tuple[tuple[()], ...] = ((), (), (), (), ())


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
        feedback = Links.of(base_url, identity, TOKENS, date.min).feedback
        self._frames = Frames(identity, base_url, self.html, self.text, forms, words)
        self._cards = ReadyCards(self.html, self.text, words, feedback)
        self._subjects = forms.memo(self._subject, KEPT)
        self._plans = forms.memo(self._plan, KEPT)
        self._topics = forms.memo(self._follows, KEPT)
        self._headings = forms.memo(self._heading, KEPT)
        self._leads = forms.memo(self._lead, KEPT)
        bounces = identity.bounce_domain
        self._personal: Memo[date, Personal] = Memo(
            lambda day: Personal(Names.of(identity, day), signer, bounces, day), 64
        )
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
                chosen = self._cards.chosen(selection, known)
                near = self._cards.near(selection.near, known)
                edition = (selection.day, selection.lacking)
                content, seal = self._content(letter, chosen, near, edition)
                if not content or (len(content) > BUDGET and _octets(letter, content) > BUDGET):
                    fitted = self._fitted(letter, chosen, reader, selection, known)
                    said = _said(chosen)
                    kept = self._cards.composed(fitted)
                    near = self._cards.mentioned(fitted.near)
                    content, seal = self._print(letter, kept, near, edition, fitted.more, said)
                address, message_id, reverse_path = letter[6], letter[9], letter[10]
                yield Message(
                    address, selection.day, message_id, reverse_path, address, content, seal
                )

    def _content(
        self,
        letter: Letter,
        cards: Sequence[ReadyCard],
        near: Sequence[ReadyNear],
        edition: Edition,
    ) -> tuple[bytes, bytes]:
        """As much as fits on any shelf: numbers have two digits."""
        return self._print(letter, cards, near, edition) if len(cards) <= MOST else (b"", b"")

    def digest(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Digest:
        """What that mail says."""
        letter = next(self._letters([reader], [selection], [number]))
        return self._fitted(
            letter, self._cards.chosen(selection, papers), reader, selection, papers
        )

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
        return message._replace(message_id=name, content=content)

    def links(self, number: int, day: date) -> Links:
        """The links of that mail."""
        return Links.of(self.base_url, self.identity, self.signer.edition(number, day), day)

    def _fitted(
        self,
        letter: Letter,
        cards: Sequence[ReadyCard],
        reader: Subscriber,
        selection: Selection,
        papers: Mapping[str, Paper],
    ) -> Digest:
        day, said = selection.day, _said(cards)
        links = Links.of(self.base_url, self.identity, told(letter[2]), day)
        digest = compose.compose(selection, papers, reader, links, self.identity, self.words)

        def weigh(tried: Digest) -> int:
            kept, near = self._cards.composed(tried), self._cards.mentioned(tried.near)
            edition = (day, selection.lacking)
            return _octets(letter, self._print(letter, kept, near, edition, tried.more, said)[0])

        return fit(digest, weigh, self._cards.octets)

    def _letters(
        self, readers: Sequence[Subscriber], selections: Sequence[Selection], numbers: Sequence[int]
    ) -> Iterator[Letter]:
        personal = self._personal[selections[0].day]
        return personal.letters(readers, selections, numbers, self._dates)

    def _print(
        self,
        letter: Letter,
        cards: Sequence[ReadyCard],
        near: Sequence[ReadyNear],
        edition: Edition,
        more: int = 0,
        said: _Said | None = None,
    ) -> tuple[bytes, bytes]:
        """The octets of a mail with these cards, and their seal.

        One function, since it is the one that runs for every mail: each call would cost a hundredth
        of it.
        """
        mood, digits, tokens, at, name, named, address, addressed, topics, _, _ = letter
        kinds, titles, octets, seals, _ = zip(*cards, strict=True) if cards else _NOTHING
        forms = self._forms
        known = forms.known
        size = -len(named) if b" " in named else len(named)
        name_laid = forms.names[size] if named or not name else None
        address_laid = forms.addresses[len(addressed)] if addressed else None
        sections = said and said.sections
        plan = self._plans[
            known,
            edition,
            mood,
            name != "",
            name_laid,
            address_laid,
            topics[0] != 0,
            kinds,
            more,
            sections,
            len(near),
        ]
        frame, first, order, headed, planned = plan
        if frame.known != forms.known:  # its page, or another thread, met new forms
            return self._print(letter, cards, near, edition, more, said)
        if order is not None:
            octets = order(octets)
        title = titles[first] if titles else ""
        subject, told, subjects = self._subjects[(title, len(cards)) if said is None else said.top]
        follows, followed = self._topics[topics]
        fields = [
            *frame.literals,
            _to(address, addressed),
            subject,
            at,
            *digits,
            *tokens[:4],
            *([named] if name_laid else forms.fill(Mark.NAME, name, named)),
            *([addressed] if address_laid else forms.fill(Mark.ADDRESS, address, addressed)),
            *subjects,
            *followed,
            *headed,
            *chain.from_iterable(octets),
            *chain.from_iterable([one[0] for one in near]),
        ]
        parts = [planned, told, at, follows, name.encode(), digits[0], tokens[2], *seals]
        parts += [one[1] for one in near]
        if frame.known != forms.known:
            return self._print(letter, cards, near, edition, more, said)
        return b"".join(frame.pick(fields)), _seal(b"\0".join(parts), 8)

    def _plan(self, key: _PlanKey) -> _Plan:
        known, edition, mood, named, name_laid, address_laid, follows, kinds, more, said, near = key
        groups: dict[str, list[int]] = {}
        for place, kind in enumerate(kinds):
            groups.setdefault(kind.heading, []).append(place)
        groups = compose.trends_last(groups)
        counts = tuple(map(len, groups.values()))
        day, lacking = edition
        shape = Shape(day, mood, named, follows, more, counts, lacking, near)
        self._frames.learn(shape)
        order = [place for places in groups.values() for place in places]
        if known != self._forms.known:  # the layouts are out of date
            return _Plan(STALE, 0, None, [], b"")
        laid = name_laid, address_laid
        frame = self._frames.of[shape, tuple(kinds[place].holes for place in order), laid]
        fields, told = self._leads[mood, said or tuple(zip(groups, counts, strict=True))]
        headed = [octets for heading in groups for octets in self._headings[heading]]
        seal = _seal(frame.seal + "\0".join([told, *groups]).encode(), 16)
        return _Plan(frame, *_ordered(order), fields + headed, seal)

    def _lead(self, key: tuple[Mood, Sections]) -> tuple[list[bytes], str]:
        """What templates make of it, and the text itself."""
        lead = compose.lead(*key, self.words)
        return self._forms.fill(Mark.LEAD, lead), lead

    def _subject(self, top: tuple[str, int]) -> tuple[bytes, bytes, list[bytes]]:
        """The header field, what stands for it, and what templates make of it."""
        subject = compose.headline(*top, self.identity.name, self.words)
        field = headers.unstructured("Subject", subject).encode()
        return field, _seal(field, 8), self._forms.fill(Mark.SUBJECT, subject)

    def _heading(self, heading: str) -> list[bytes]:
        return self._forms.fill(Mark.HEADING, compose.shown(heading, self.words))

    def _follows(self, topics: Topics) -> tuple[bytes, list[bytes]]:
        """What stands for the text, and what templates make of it."""
        count, *texts = topics
        follows = compose.follows([str(text) for text in texts], int(count), self.words)
        return _seal(follows.encode(), 8), self._forms.fill(Mark.FOLLOWS, follows)


def _to(address: str, octets: bytes) -> bytes:
    """The To field. Raises BadAddress."""
    if octets and len(octets) <= ADVISED - len("To: <>"):
        return b"To: <" + octets + b">\r\n"
    return headers.address("To", "", Mailbox.parse(address)).encode()


def _octets(letter: Letter, content: bytes) -> int:
    """What the HTML of a mail weighs."""
    limit = boundary(letter[1][1].decode())
    before = part(limit, "html").encode()
    start = content.rindex(before) + len(before)
    return len(content) - start - len(closing(limit))


def _ordered(places: Sequence[int]) -> tuple[int, Any]:
    """The first, and how to get from a sequence to one in that order, if it is another."""
    if list(places) == sorted(places):
        return 0, None
    return places[0], itemgetter(*places)


def _said(cards: Sequence[ReadyCard]) -> _Said:
    """Of all the cards of a selection, in its own order."""
    groups: dict[str, list[str]] = {}
    for card in cards:
        groups.setdefault(card.kind.heading, []).append(card.title)
    groups = compose.trends_last(groups)
    sections = tuple((heading, len(titles)) for heading, titles in groups.items())
    first = next(iter(groups.values()))[0] if groups else ""
    return _Said(sections, (first, len(cards)))


def _seal(octets: bytes, size: int) -> bytes:
    return blake2b(octets, digest_size=size).digest()
