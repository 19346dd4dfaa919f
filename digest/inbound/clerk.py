"""Commands: who may ask for what, and what they are told.

The From line is never trusted. A tag of ours in the address that a mail came to is: whoever has it
got it from us. Without one, what would change something waits until the address itself says yes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from digest.clock import Clock
from digest.errors import BadTopic
from digest.inbound.wishes import CHANGING, changed
from digest.mail.characters import one_line
from digest.mail.inbound.commands import ASKING, Command, Verb, parse, unsubscribe_token
from digest.mail.inbound.envelope import Envelope, claimed
from digest.mail.inbound.reading import Reading
from digest.mail.tokens import Scope, Token
from digest.model import Subscriber, SubscriberState
from digest.model.answer import Answer, Line, Told
from digest.model.consent import Consent, Way
from digest.model.request import Answer as Ended
from digest.ports import Inbox, Lives, Suppressions
from digest.stages.joining import Joining
from digest.stages.suppressing import Suppressing

READING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})
_OBEYING = {"confirm": (Scope.OBEY,), "commands": (Scope.MANAGE,), "command": (Scope.MANAGE,)}
_LEAVING = {"unsubscribe", "unsub"}


@dataclass(frozen=True)
class Books:
    """What commands are obeyed with."""

    readers: Lives
    joining: Joining
    suppressing: Suppressing
    suppressions: Suppressions
    inbox: Inbox
    why: Callable[[Subscriber], Sequence[tuple[str, str]]]
    """The papers of a reader's last digest, each with why it was there."""


class Handled(NamedTuple):
    """What became of a mail, in words, and the answer that it deserves."""

    words: str
    answer: Answer | None = None
    signed: bool = False
    """Whether it carried a tag of ours: then its reader is known to have sent it."""


class Clerk:
    """Obeys commands; every answer it gives is kept until somebody hands it over."""

    def __init__(self, books: Books, clock: Clock, ours: Callable[[str], bool]) -> None:
        """`ours`: whether an address is one of our own, whose mail would make a loop."""
        self._books, self._clock, self._ours = books, clock, ours

    def obey(self, reading: Reading, envelope: Envelope) -> Handled:
        """Acts on a mail; returns what became of it in words, and the answer it deserves."""
        sender = claimed(reading.mail, envelope)
        if sender and self._ours(sender):
            return Handled("a mail of our own")
        for signed in (self._left, self._confirmed, self._obeyed, self._managed):
            if (done := signed(reading, envelope)) is not None:
                return done
        if not reading.commands:  # a stranger may be anybody, whom spam pretends to come from
            known = bool(sender) and self._books.readers.get(sender) is not None
            return Handled("no command", self._help(reading, sender) if known else None)
        return self._unsigned(reading, sender)

    def leaves(self, reading: Reading, envelope: Envelope) -> bool:
        """Whether a mail program's own mail made a reader leave; nobody is answered."""
        return self._left(reading, envelope) is not None

    # With a tag of ours

    def _left(self, reading: Reading, envelope: Envelope) -> Handled | None:
        """The mailto twin of List-Unsubscribe, or an address that is for leaving."""
        token = unsubscribe_token(reading.mail.get("subject"))
        found = self._books.joining.reader(token, Scope.UNSUBSCRIBE) if token else None
        for name, tag in envelope.tags():
            if found is None and name in _LEAVING:
                found = self._books.joining.tagged(tag, Scope.UNSUBSCRIBE, Scope.MANAGE)
        if found is None:
            return None
        reader, signed = found
        self._books.joining.leave(reader.address, _by_mail(reading))
        answer = self._answer(reading, reader.address, [Line(Told.LEFT)], reader, signed)
        return Handled(f"reader {signed.reader} has left", answer, signed=True)

    def _confirmed(self, reading: Reading, envelope: Envelope) -> Handled | None:
        """A reply to the letter that asks for a yes."""
        for name, tag in envelope.tags():
            if name != "confirm" or self._refuses(reading):
                continue
            ended = self._books.joining.confirm_tag(tag, _by_mail(reading))
            if ended is Ended.UNKNOWN:
                continue
            found = self._books.joining.tagged(tag, Scope.CONFIRM)
            told = {Ended.DONE: Told.WELCOME, Ended.ALREADY: Told.ALREADY}.get(ended, Told.LATE)
            if found is None:
                return Handled(f"confirmation: {ended}")
            line = Line(told, "confirm") if told is Told.ALREADY else Line(told)
            answer = self._answer(reading, found[0].address, [line], *found)
            return Handled(f"confirmation: {ended}", answer, signed=True)
        return None

    def _refuses(self, reading: Reading) -> bool:
        """Whether a reply to a letter says no."""
        return any(command.verb is Verb.UNSUBSCRIBE for command in reading.commands)

    def _obeyed(self, reading: Reading, envelope: Envelope) -> Handled | None:
        """A yes to what was asked for by a mail that proved nothing."""
        for name, tag in envelope.tags():
            found = self._books.joining.tagged(tag, *_OBEYING.get(name, ()))
            if found is None or found[1].scope is not Scope.OBEY:
                continue
            reader, token = found
            lines = [] if self._refuses(reading) else self._yes(reader, token, reading)
            answer = self._answer(reading, reader.address, lines, reader, token)
            return Handled(f"reader {token.reader} said yes", answer, signed=True)
        return None

    def _yes(self, reader: Subscriber, token: Token, reading: Reading) -> list[Line]:
        """Does what waited, once."""
        now, day = self._clock.now(), token.day
        if day is None or token.expired(now.date()):
            return [Line(Told.LATE)]
        asked = self._books.inbox.asked(token.reader, day, token.item)
        if asked is None:
            return [Line(Told.LATE)]
        if not self._books.inbox.do(token.reader, day, token.item, now):
            return [Line(Told.ALREADY, what) for what in asked[0]]
        wanted = [command for command in map(parse, asked[0]) if command]
        return self._all(reader, wanted, reading)

    def _managed(self, reading: Reading, envelope: Envelope) -> Handled | None:
        """Commands to an address that only one reader has."""
        for name, tag in envelope.tags():
            if name not in {"commands", "command"} or not reading.commands:
                continue
            if found := self._books.joining.tagged(tag, Scope.MANAGE):
                reader, token = found
                lines = self._all(reader, reading.commands, reading)
                answer = self._answer(reading, reader.address, lines, reader, token)
                return Handled(f"reader {token.reader} was obeyed", answer, signed=True)
        return None

    def _all(self, reader: Subscriber, commands: Sequence[Command], reading: Reading) -> list[Line]:
        lines: list[Line] = []
        for command in commands:
            present = self._books.readers.get(reader.address) or reader
            lines += self._one(present, command, reading)
        return lines

    def _one(self, reader: Subscriber, command: Command, reading: Reading) -> list[Line]:
        """Obeys one command of a reader who has proved to be it."""
        if command.verb in ASKING:
            return self._tell(reader, command)
        if command.verb is Verb.CONFIRM:
            return []
        if command.verb in CHANGING and (command.what or command.verb is not Verb.SUBSCRIBE):
            return [self._change(reader, command, reading)]
        return [self._move(reader, command, reading)]

    def _change(self, reader: Subscriber, command: Command, reading: Reading) -> Line:
        try:
            wishes = changed(reader, command)
        except BadTopic as error:
            return Line(Told.REFUSED, str(command), str(error))
        if wishes == reader:
            return Line(Told.ALREADY, str(command))
        self._books.joining.change(wishes, _by_mail(reading))
        return Line(Told.DONE, str(command))

    def _move(self, reader: Subscriber, command: Command, reading: Reading) -> Line:
        """Where a reader stands: paused, back, gone, or here again."""
        joining, address, consent = self._books.joining, reader.address, _by_mail(reading)
        if command.verb is Verb.UNSUBSCRIBE:
            joining.leave(address, consent)
            return Line(Told.LEFT)
        if command.verb is Verb.PAUSE:
            today = self._clock.now().date()
            until = None if command.days is None else today + timedelta(days=command.days)
            ended = joining.pause(address, until, consent)
        elif reader.state is SubscriberState.SUPPRESSED:
            return self._revive(reader, command, consent)
        elif reader.state is SubscriberState.LEFT:
            return self._return(reader, command, consent)
        else:
            ended = joining.resume(address, consent)
        if ended is Ended.TOO_LATE:
            return Line(Told.REFUSED, str(command))
        return Line(Told.DONE if ended is Ended.DONE else Told.ALREADY, str(command))

    def _return(self, reader: Subscriber, command: Command, consent: Consent) -> Line:
        """Who left lately takes that back; who left long ago is asked again."""
        if self._books.joining.undo(reader.address, consent) is Ended.DONE:
            return Line(Told.WELCOME)
        self._books.joining.request(reader, consent)
        return Line(Told.ASKED, str(command))

    def _revive(self, reader: Subscriber, command: Command, consent: Consent) -> Line:
        """An address that only bounced takes mail again by its own word; a complaint stands."""
        held = self._books.suppressions.among([reader.address]).get(reader.address)
        if held is None or not held.revivable:
            return Line(Told.REFUSED, str(command))
        self._books.suppressing.release(reader.address, consent)
        return Line(Told.WELCOME)

    def _tell(self, reader: Subscriber, command: Command) -> list[Line]:
        if command.verb is Verb.TOPICS:
            return [Line(Told.TOPIC, str(topic)) for topic in reader.topics] or [Line(Told.TOPIC)]
        if command.verb is Verb.STATUS:
            return [Line(Told.SETTING, name, value) for name, value in settings(reader)]
        if command.verb is Verb.WHY:
            return [Line(Told.PAPER, *row) for row in self._books.why(reader)] or [Line(Told.PAPER)]
        return []

    # Without one

    def _unsigned(self, reading: Reading, sender: str) -> Handled:
        if not sender:
            return Handled("nobody is known to have asked")
        reader = self._books.readers.get(sender)
        joins = next((c for c in reading.commands if c.verb is Verb.SUBSCRIBE), None)
        if reader is None or reader.state not in {*READING, SubscriberState.SUPPRESSED}:
            if joins is not None:
                return Handled(self._join(reading, sender, joins))
            stranger = self._help(reading, sender, Line(Told.STRANGER, sender))
            return Handled("asked by a stranger", stranger)
        if reader.state is SubscriberState.SUPPRESSED:
            return self._offer(reading, reader)
        asking = [command for command in reading.commands if command.verb in ASKING]
        lines = [line for command in asking for line in self._tell(reader, command)]
        changing = [c for c in reading.commands if c.verb not in {*ASKING, Verb.CONFIRM}]
        if joins is not None and not joins.what:
            changing = [c for c in changing if c is not joins]
            lines.append(Line(Told.ALREADY, str(joins)))
        return self._ask(reading, reader, lines, changing)

    def _join(self, reading: Reading, sender: str, command: Command) -> str:
        """The address itself is asked; every command of the mail is part of the wish."""
        wishes = Subscriber(sender)
        for one in reading.commands:
            if (one.verb in CHANGING and one.what) or one.verb in {Verb.WEEKLY, Verb.WEEKDAYS}:
                try:
                    wishes = changed(wishes, one)
                except BadTopic:
                    continue  # what cannot be meant is left out; the page shows what was understood
        self._books.joining.request(wishes, _by_mail(reading, str(command)))
        return "asked to join: the address is asked whether it wants that"

    def _offer(self, reading: Reading, reader: Subscriber) -> Handled:
        """An address that was given up has written: it may be alive again."""
        held = self._books.suppressions.among([reader.address]).get(reader.address)
        if held is None or not held.revivable:
            return Handled("asked by a suppressed address")
        line = [Line(Told.REVIVE, more=f"{held.since:%Y-%m-%d}")]
        return self._ask(reading, reader, line, [Command(Verb.RESUME)], silent=True)

    def _ask(
        self,
        reading: Reading,
        reader: Subscriber,
        lines: list[Line],
        changing: Sequence[Command],
        *,
        silent: bool = False,
    ) -> Handled:
        """What changes something waits for a yes."""
        today, number = self._clock.now().date(), self._books.readers.intern(reader.address)
        item = 0
        if changing:
            item = self._books.inbox.ask(number, today, [str(command) for command in changing])
            if not item:
                return Handled("asked for too much in a day")
            lines += [] if silent else [Line(Told.ASKED, str(command)) for command in changing]
        token = Token(Scope.OBEY, number, today, item) if item else Token(Scope.MANAGE, number)
        answer = self._answer(reading, reader.address, lines, reader, token, signed=False)
        return Handled("a yes is waited for" if item else "asked", answer)

    def _help(self, reading: Reading, sender: str, *lines: Line) -> Answer | None:
        return self._answer(reading, sender, lines, None, None, signed=False) if sender else None

    def _answer(
        self,
        reading: Reading,
        to: str,
        lines: Sequence[Line],
        reader: Subscriber | None,
        token: Token | None,
        *,
        signed: bool = True,
    ) -> Answer:
        """`signed`: else a stranger may have written the subject, and it is not sent on."""
        helping = any(command.verb is Verb.HELP for command in reading.commands)
        waits = any(line.told in {Told.ASKED, Told.REVIVE} for line in lines)
        obeys = token is not None and token.scope is Scope.OBEY and waits
        return Answer(
            address=to,
            at=self._clock.now(),
            lines=tuple(lines),
            subject=reading.mail.get("subject")[:200] if signed else "",
            in_reply_to=reading.mail.get("message-id").strip()[:250],
            reader=token.reader if token and reader else 0,
            day=token.day if token and obeys else None,
            item=token.item if token and obeys else 0,
            commands=helping or not lines or lines[0].told is Told.STRANGER,
            locale=reader.locale if reader else "",
        )


def settings(reader: Subscriber) -> list[tuple[str, str]]:
    """What a reader asked for, by name."""
    at = reader.send_at.strftime("%H:%M") if reader.send_at else ""
    rows = [
        ("state", reader.state.value),
        ("topics", "; ".join(map(str, reader.topics))),
        ("rhythm", reader.rhythm.value),
        ("papers", str(reader.papers)),
        ("at", f"{at} {reader.timezone}".strip()),
    ]
    return [(name, value) for name, value in rows if value]


def _by_mail(reading: Reading, words: str = "") -> Consent:
    """How it was said."""
    said = words or "; ".join(map(str, reading.commands)) or reading.reason
    return Consent(Way.MAIL, one_line(reading.mail.get("message-id"))[:200], one_line(said)[:500])
