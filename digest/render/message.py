"""Selection and reader → the octets of a message, as a function of the key and the selection.

Cards, headings, leads and frames are printed once and kept; a mail is a join of them with what is
personal in between. `digest` says the same as a page, for people and tests to look at.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from hashlib import blake2b
from typing import NamedTuple

from digest.mail import headers
from digest.mail.headers import ADVISED
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import HALF, Names, boundary, message_id
from digest.mail.tokens import EditionTokens, Signer
from digest.model import Digest, Message, Mood, Paper, Selection, Subscriber
from digest.render import compose
from digest.render.fit import BUDGET, fit
from digest.render.frames import Forms, Frame, Frames, Mark, marked
from digest.render.header import closing, part
from digest.render.holes import easy
from digest.render.html import Html
from digest.render.languages import ENGLISH, Language
from digest.render.links import Links, reverse_path
from digest.render.memo import Memo
from digest.render.ready import Groups, ReadyCards
from digest.render.templates import environment
from digest.render.text import MOST, Text

KEPT = 8_192
"""Subjects, leads, headings and lists of topics that are held ready, of each."""


_ADDRESS = re.compile(r"[a-z0-9][\w+-]*+(?:\.[\w+-]++)*+@[a-z0-9-]++(?:\.[a-z0-9-]++)++", re.ASCII)
"""The address of nearly everybody: easy to print, and no more than an address."""


Sections = tuple[tuple[str, int], ...]
"""Headings, with numbers of papers."""


class _Letter(NamedTuple):
    """What one mail says beside its cards."""

    day: date
    mood: Mood
    lacking: tuple[str, ...]
    key: str
    """The digits of Message-ID and boundary."""
    tokens: EditionTokens
    dated: bytes
    address: tuple[str, bytes]
    """With its octets, if it is an easy one (`digest.render.holes`)."""
    name: tuple[str, bytes]
    """So with the name."""
    topics: tuple[str, ...]
    """The first few, and as many blanks as there are more."""
    top: tuple[str, int]
    """The first title, and how many papers there are."""
    sections: Sections


_PlanKey = tuple[date, Mood, tuple[str, ...], bool, bool, int, Sections, Sections]


class _Plan(NamedTuple):
    """What mails of the same sections share."""

    frame: Frame
    fields: list[bytes]
    """Lead and headings in all their forms."""
    seal: bytes
    """What stands for those and for the frame."""


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
        feedback = marked(base_url, identity, date.min).feedback
        self._frames = Frames(identity, base_url, self.html, self.text, forms, words)
        self._cards = ReadyCards(self.html, self.text, words, feedback)
        self._subjects = forms.memo(self._subject, KEPT)
        self._plans = forms.memo(self._plan, KEPT)
        self._topics = forms.memo(self._follows, KEPT)
        self._headings = forms.memo(self._heading, KEPT)
        self._names: Memo[date, Names] = Memo(lambda day: Names.of(identity, day), 64)
        self._dates: Memo[datetime, bytes] = Memo(lambda at: headers.date(at).encode(), 64)

    def message(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Message:
        """The mail of one reader, whom the store knows by a number."""
        groups = self._cards.chosen(selection, papers)
        letter = self._letter(reader, selection, groups, number)
        content, seal = self._print(letter, groups) if letter.top[1] <= MOST else (b"", b"")
        if not content or (len(content) > BUDGET and _octets(letter, content) > BUDGET):
            fitted = self._fit(letter, self._composed(reader, selection, papers, letter))
            content, seal = self._print(letter, self._cards.composed(fitted), fitted.more)
        return Message(
            address=reader.address,
            day=letter.day,
            message_id=self._names[letter.day].message_id(letter.key[:HALF]),
            reverse_path=reverse_path(letter.tokens, self.identity),
            forward_path=reader.address,
            content=content,
            seal=seal,
        )

    def digest(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Digest:
        """What that mail says."""
        groups = self._cards.chosen(selection, papers)
        letter = self._letter(reader, selection, groups, number)
        return self._fit(letter, self._composed(reader, selection, papers, letter))

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
        links = Links.of(self.base_url, self.identity, letter.tokens, letter.day)
        return compose.compose(selection, papers, reader, links, self.identity, self.words)

    def _fit(self, letter: _Letter, digest: Digest) -> Digest:
        def weigh(tried: Digest) -> int:
            content, _ = self._print(letter, self._cards.composed(tried), tried.more)
            return _octets(letter, content)

        return fit(digest, weigh, self._cards.octets)

    def _letter(
        self, reader: Subscriber, selection: Selection, groups: Groups, number: int
    ) -> _Letter:
        day, address, name = selection.day, reader.address, reader.name
        easy_name = easy(name) if len(name) <= compose.NAME_LONGEST else b""
        sections = tuple([(heading, len(cards)) for heading, cards in groups.items()])
        first = next(iter(groups.values()))[0].title if groups else ""
        return _Letter(
            day,
            selection.mood,
            selection.lacking,
            self._names[day].digits(address),
            self.signer.edition(number, day),
            self._dates[dated(selection)],
            (address, address.encode() if _ADDRESS.fullmatch(address) else b""),
            (name if easy_name else compose.named(name), easy_name),
            compose.followed([topic.text for topic in reader.topics]),
            (first, sum([count for _, count in sections])),
            sections,
        )

    def _print(self, letter: _Letter, groups: Groups, more: int = 0) -> tuple[bytes, bytes]:
        """The octets of a mail with these cards, and their seal."""
        sections = tuple([(heading, len(cards)) for heading, cards in groups.items()])
        named, follows = letter.name[0] != "", letter.topics != ()
        days = (letter.day, letter.mood, letter.lacking)
        key = (*days, named, follows, more, letter.sections, sections)
        plan = self._plans[key]  # first: its frame may teach new forms
        subject, *subjects = self._subjects[letter.top]
        ready = [
            _to(*letter.address),
            subject,
            letter.dated,
            letter.key[:HALF].encode(),
            letter.key[HALF:].encode(),
            letter.tokens.unsubscribe.encode(),
            letter.tokens.manage.encode(),
            letter.tokens.view.encode(),
            letter.tokens.feedback.encode(),
        ]
        topics, *followed = self._topics[letter.topics]
        fields = [
            *ready,
            *self._forms.fill(Mark.NAME, *letter.name),
            *self._forms.fill(Mark.ADDRESS, *letter.address),
            *subjects,
            *followed,
            *plan.fields,
        ]
        told = [plan.seal, topics, letter.name[0].encode(), *ready]
        for cards in groups.values():
            for card in cards:
                fields += card.octets
                told.append(card.seal)
        if plan.frame.known != self._forms.known:  # another thread met a new form meanwhile
            return self._print(letter, groups, more)
        return plan.frame.fill(fields), blake2b(b"\0".join(told), digest_size=8).digest()

    def _plan(self, key: _PlanKey) -> _Plan:
        day, mood, lacking, named, follows, more, said, sections = key
        counts = tuple(count for _, count in sections)
        frame = self._frames.of[day, mood, lacking, named, follows, more, counts]
        lead = compose.lead(mood, said, self.words)
        fields = self._forms.fill(Mark.LEAD, lead)
        for heading, _ in sections:
            fields += self._headings[heading]
        told = "\0".join([lead, *(heading for heading, _ in sections)])
        return _Plan(frame, fields, frame.seal + blake2b(told.encode(), digest_size=16).digest())

    def _subject(self, top: tuple[str, int]) -> list[bytes]:
        """The header field, then what templates make of it."""
        subject = compose.headline(*top, self.identity.name, self.words)
        field = headers.unstructured("Subject", subject).encode()
        return [field, *self._forms.fill(Mark.SUBJECT, subject)]

    def _heading(self, heading: str) -> list[bytes]:
        return self._forms.fill(Mark.HEADING, compose.shown(heading, self.words))

    def _follows(self, topics: tuple[str, ...]) -> list[bytes]:
        """The text itself, then what templates make of it."""
        follows = compose.follows(topics, self.words)
        return [follows.encode(), *self._forms.fill(Mark.FOLLOWS, follows)]


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
    limit = boundary(letter.key[HALF:])
    before = part(limit, "html").encode()
    start = content.rindex(before) + len(before)
    return len(content) - start - len(closing(limit))
