"""Joining and leaving: what readers, mail servers and time do, alike by web, by mail and by hand.

Every verb is one commit, and doing it again changes nothing. `digest.model.life` says what each
leads to; here stand the store, the dossier, the requests, and the limits.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from digest.clock import Clock
from digest.mail.erasure import Erasure
from digest.mail.tokens import Scope, Signer, Token
from digest.model import Subscriber, SubscriberState
from digest.model.consent import Consent, Deed, Way
from digest.model.feedback import OPPOSITE, Feedback, Opinion
from digest.model.life import CONFIRM_WITHIN, Act, Life, lived
from digest.model.request import Answer, Asked, LetterKind
from digest.ports import Consents, Lives, Opinions, Requests

HOUR = 3_600
LIMITS_KEPT = 48
"""Hours that used-up limits are remembered."""
GONE = frozenset({SubscriberState.LEFT, SubscriberState.SUPPRESSED})
WAITING = frozenset({SubscriberState.PENDING})
READING = frozenset({SubscriberState.ACTIVE, SubscriberState.PAUSED})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked for by requests, which prove nothing."""

    network: int = 20
    """Requests of one network in an hour."""
    everybody: int = 2_000
    """Letters in an hour, whoever asks for them."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of readers whom the operator added."""

    new: int = 0
    changed: int = 0
    refused: tuple[str, ...] = ()
    """Addresses of who left, is suppressed or was erased: no file brings them back."""


@dataclass(frozen=True)
class Book:
    """The stores that a reader's life is written in, of one database."""

    readers: Lives
    requests: Requests
    consents: Consents
    opinions: Opinions
    one_commit: Callable[[], AbstractContextManager[None]]


class Joining:
    """The verbs of a subscriber's life."""

    def __init__(
        self,
        book: Book,
        signer: Signer,
        erasure: Erasure,
        clock: Clock,
        limits: Limits | None = None,
        barred: Callable[[Sequence[str]], AbstractSet[str]] = lambda _: frozenset(),
    ) -> None:
        """`signer` reads the tokens of links and tags; `erasure` knows who was erased.

        `barred`: of some addresses, those that must not be written to, whatever their state.
        """
        self._book, self._signer, self._erasure, self._clock = book, signer, erasure, clock
        self._limits, self._barred = limits or Limits(), barred

    # Who a token speaks of

    def reader(self, written: str, *scopes: Scope) -> tuple[Subscriber, Token] | None:
        """The reader of a link's token; None for what is no token of ours, or of nobody here."""
        return self._reader(self._signer.verify(written, *scopes))

    def tagged(self, written: str, *scopes: Scope) -> tuple[Subscriber, Token] | None:
        """The reader of an address's tag (`confirm+TAG@…`), whatever became of its case."""
        return self._reader(self._signer.verify_tag(written, *scopes))

    def _reader(self, token: Token | None) -> tuple[Subscriber, Token] | None:
        address = token and self._book.readers.address(token.reader)
        found = self._book.readers.get(address) if address else None
        return (found, token) if found and token else None

    def life(self, address: str) -> Life:
        """Where an address stands."""
        return self._book.readers.lives([address]).get(address, Life())

    # Requests and their answers

    def request(self, wishes: Subscriber, consent: Consent, network: str = "") -> bool:
        """Somebody asks that an address be mailed. It gets one letter a day, soon (`Postbox`).

        `network` is what a limit counts by ("" counts none); it is kept as a hash, for two days.
        False: a limit is used up, and nothing happened. Whoever asked must not be told more than
        that the request was taken: the answer is the same for every address.
        """
        now, address = self._clock.now(), wishes.address
        with self._book.one_commit():
            if network and not self._take(f"network {network}", self._limits.network, now):
                return False
            if not self._take("everybody", self._limits.everybody, now):
                return False
            self._book.readers.recall(address, self._erasure.marks(address))
            life = self.life(address)
            after = lived(life, Act.REQUEST, now)
            if life.state is None:
                self._book.readers.put([replace(wishes, state=SubscriberState.PENDING)], now)
                self._book.readers.agreed(address, consent.way.value)
            if after != life:
                self._book.readers.live(address, after, now)
            letter = LetterKind.NONE if self._barred([address]) else _letter(life.state)
            self._book.requests.put(Asked(now.date(), now, wishes, consent, letter))
            return True

    def asked(self, token: str) -> tuple[Answer, Asked | None]:
        """What a confirmation's link is about, for the page that it opens; changes nothing."""
        return self._asked(self._signer.verify(token, Scope.CONFIRM))

    def confirm(self, token: str, consent: Consent) -> Answer:
        """Whoever reads the address says yes, by the link of the letter."""
        return self._confirm(self._signer.verify(token, Scope.CONFIRM), consent)

    def confirm_tag(self, tag: str, consent: Consent) -> Answer:
        """The same by a reply to the letter, whose address holds the tag."""
        return self._confirm(self._signer.verify_tag(tag, Scope.CONFIRM), consent)

    def _asked(self, token: Token | None) -> tuple[Answer, Asked | None]:
        if token is None or token.day is None:
            return Answer.UNKNOWN, None
        if token.expired(self._clock.now().date()):
            return Answer.TOO_LATE, None
        asked = self._book.requests.open(token.reader, token.day)
        if asked is not None:
            return Answer.DONE, asked
        address = self._book.readers.address(token.reader)
        if address and self._book.requests.answered(token.reader, token.day):
            reads = self.life(address).state in READING
            return (Answer.ALREADY if reads else Answer.TOO_LATE), None
        return Answer.TOO_LATE, None

    def _confirm(self, token: Token | None, consent: Consent) -> Answer:
        now = self._clock.now()
        with self._book.one_commit():
            answer, asked = self._asked(token)
            if asked is None:
                return answer
            address = asked.wishes.address
            life = self.life(address)
            after = lived(life, Act.CONFIRM, now)
            if after == life:  # suppressed meanwhile, or active by the operator's word
                self._book.requests.close(address, now)
                return Answer.ALREADY if life.state in READING else Answer.TOO_LATE
            self._book.readers.change(asked.wishes, now)
            self._book.readers.live(address, after, now)
            self._book.readers.agreed(address, consent.way.value)
            self._book.readers.unerase(self._erasure.marks(address))
            self._book.consents.add(address, Deed(asked.at, Act.REQUEST, asked.consent))
            self._book.consents.add(address, Deed(now, Act.CONFIRM, consent))
            self._book.requests.close(address, now)
            self._book.requests.confirm(asked.reader, asked.day, now)
            return Answer.DONE

    # What readers do with a link of their own

    def change(self, wishes: Subscriber, consent: Consent) -> Answer:
        """What a reader wants from now on; their state is as it was."""
        del consent  # wishes are no consent: the dossier tells of coming and going
        done = self._book.readers.change(wishes, self._clock.now())
        return Answer.DONE if done else Answer.UNKNOWN

    def pause(self, address: str, until: date | None, consent: Consent) -> Answer:
        """No mail before a day; None: until they say otherwise."""
        return self._act(address, Act.PAUSE, consent, until)

    def resume(self, address: str, consent: Consent) -> Answer:
        """Mail again."""
        return self._act(address, Act.RESUME, consent)

    def leave(self, address: str, consent: Consent) -> Answer:
        """No more mail, and no open request that could bring them back."""
        return self._act(address, Act.LEAVE, consent)

    def undo(self, address: str, consent: Consent) -> Answer:
        """Takes leaving back, within a week."""
        return self._act(address, Act.UNDO, consent)

    def bounce(self, address: str, consent: Consent) -> Answer:
        """The address is dead: suppressed. Whoever left stays `left`."""
        return self._act(address, Act.BOUNCE, consent)

    def complain(self, address: str, consent: Consent) -> Answer:
        """Its reader called a mail spam: suppressed."""
        return self._act(address, Act.COMPLAIN, consent)

    def release(self, address: str, consent: Consent) -> Answer:
        """Takes a suppression back; they are again what they were before it."""
        return self._act(address, Act.RELEASE, consent)

    def _act(self, address: str, act: Act, consent: Consent, until: date | None = None) -> Answer:
        now = self._clock.now()
        with self._book.one_commit():
            life = self.life(address)
            if life.state is None:
                return Answer.UNKNOWN
            after = lived(life, act, now, until)
            if after.state in GONE:
                self._book.requests.close(address, now)
            if after == life:
                return _unchanged(act, life)
            self._book.readers.live(address, after, now)
            self._book.consents.add(address, Deed(now, act, consent))
            return Answer.DONE

    def erase(self, address: str) -> Answer:
        """Forgets a reader; a keyed hash of the address stays, so that no file brings them back."""
        with self._book.one_commit():
            if self.life(address).state is None:
                return Answer.UNKNOWN
            mark = self._erasure.mark(address)
            self._book.readers.erase(address, mark, self._clock.now(), keep=True)
            return Answer.DONE

    # What readers say of papers

    def feedback(self, address: str, work: str, kind: Feedback) -> Answer:
        """More or less like a paper, or keep it; saying `more` takes `less` back."""
        if self.life(address).state is None:
            return Answer.UNKNOWN
        opinion = Opinion(work, kind, self._clock.now())
        with self._book.one_commit():
            if kind in OPPOSITE:
                self._book.opinions.unsay(address, work, OPPOSITE[kind])
            self._book.opinions.say(address, opinion)
        return Answer.DONE

    def unsay(self, address: str, work: str, kind: Feedback) -> Answer:
        """Takes an opinion back, or a paper off the list."""
        done = self._book.opinions.unsay(address, work, kind)
        return Answer.DONE if done else Answer.ALREADY

    def opinions(self, address: str) -> Sequence[Opinion]:
        """What a reader said of papers, newest first."""
        return self._book.opinions.of([address]).get(address, ())

    def dossier(self, address: str) -> list[Deed]:
        """What shows that a reader wanted our mail, and when they did not, oldest first."""
        told = list(self._book.consents.of(address))
        joined = self._book.readers.joined(address)
        if joined and joined[1] == Way.OPERATOR and not any(d.act is Act.CONFIRM for d in told):
            if self.life(address).state is SubscriberState.PENDING:
                return told
            told.insert(0, Deed(joined[0], Act.ADD, Consent(Way.OPERATOR)))
        return told

    # What the operator and time do

    def add(self, readers: Iterable[Subscriber]) -> Added:
        """Adds readers whose consent the operator has, and changes those who are there already.

        Who left, is suppressed or was erased is refused; who rests by their own wish stays so.
        """
        readers = list(readers)
        now = self._clock.now()
        with self._book.one_commit():
            addresses = [reader.address for reader in readers]
            known = self._book.readers.several(addresses)
            reads = {a for a, reader in known.items() if reader.state in READING}
            erased = self._erased([a for a in addresses if a not in reads])
            gone = {a for a, reader in known.items() if reader.state in GONE} | erased
            gone |= self._barred(addresses)
            taken = [reader for reader in readers if reader.address not in gone]
            new = [reader for reader in taken if reader.address not in known]
            changed = [r for r in taken if r.address in known and known[r.address] != r]
            for address in (r.address for r in changed if known[r.address].state in WAITING):
                self._book.requests.close(address, now)
            self._book.readers.put([*new, *changed], now)
        refused = tuple(address for address in addresses if address in gone)
        return Added(len(new), len(changed), refused)

    def _erased(self, addresses: Sequence[str]) -> set[str]:
        if not addresses or not self._book.readers.any_erased():
            return set()
        marks = {mark: a for a in addresses for mark in self._erasure.marks(a)}
        return {marks[mark] for mark in self._book.readers.erased(list(marks))}

    def tick(self) -> int:
        """What time does: pauses end, and who never answered is forgotten. Returns how many."""
        now, changed = self._clock.now(), 0
        with self._book.one_commit():
            for address in self._book.readers.rested(now.date()):
                self._act(address, Act.RESUME, Consent(Way.TIME))
                changed += 1
            for address in self._book.readers.unanswered(now - CONFIRM_WITHIN - timedelta(days=1)):
                mark = self._erasure.mark(address)
                self._book.readers.erase(address, mark, now, keep=False)
                changed += 1
            oldest = (now - 2 * CONFIRM_WITHIN).date()
            self._book.requests.forget(oldest, _span(now) - LIMITS_KEPT)
        return changed

    def _take(self, what: str, most: int, now: datetime) -> bool:
        return self._book.requests.take(self._erasure.mark(f"limit {what}"), _span(now), most)


def _letter(state: SubscriberState | None) -> LetterKind:
    """What an address in a state is sent for a request."""
    if state is SubscriberState.SUPPRESSED:
        return LetterKind.NONE
    return LetterKind.KNOWN if state in READING else LetterKind.CONFIRM


def _unchanged(act: Act, life: Life) -> Answer:
    """How an act ended that changed nothing: it was so before, or cannot be any more."""
    wanted = {
        Act.LEAVE: GONE,
        Act.PAUSE: {SubscriberState.PAUSED},
        Act.RESUME: {SubscriberState.ACTIVE},
        Act.UNDO: READING,
        Act.RELEASE: READING,
        Act.BOUNCE: GONE,
        Act.COMPLAIN: GONE,
    }
    return Answer.ALREADY if life.state in wanted.get(act, ()) else Answer.TOO_LATE


def _span(now: datetime) -> int:
    return int(now.timestamp()) // HOUR
