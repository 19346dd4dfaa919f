"""The seams: what the stages need, and what the outer parts promise. Protocols only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from digest.model import (
    WHOLE,
    Claim,
    Collection,
    Delivery,
    DeliveryState,
    Event,
    Message,
    Outcome,
    Page,
    Paper,
    Part,
    Precedent,
    Request,
    Response,
    Revision,
    Run,
    Selection,
    Subscriber,
)
from digest.model.consent import Deed
from digest.model.feedback import Feedback, Opinion
from digest.model.health import Health
from digest.model.life import Life
from digest.model.request import Asked
from digest.model.suppression import Suppression
from digest.rank.decisions import Decisions

Item = TypeVar("Item")
Result_co = TypeVar("Result_co", covariant=True)


class Verb(Protocol[Item, Result_co]):
    """A stage of the nightly run: what is still to do, as the store says, and doing it."""

    def pending(self, run: Run, now: datetime) -> Iterable[Sequence[Item]]:
        """What is still to do, in batches: a run resumes by asking."""

    def perform(self, run: Run, batch: Sequence[Item], now: datetime) -> Result_co:
        """Does a batch; doing it again changes nothing."""


class Source(Protocol):
    """A place that lists papers: pure, it says what to ask and reads what came back."""

    name: str

    def first(self, day: date) -> Request:
        """The request that begins a day."""

    def fallbacks(self, day: date) -> Sequence[Request]:
        """Other ways to the same day, for when the first one fails, best first."""

    def read(self, response: Response) -> Page:
        """The papers of an answer. Raises Changed when it has not the expected shape."""

    def recognises(self, body: bytes) -> bool:
        """Whether a saved file looks like an answer of this source."""

    def expects(self, day: date) -> bool:
        """Whether the source's calendar has a list of a day at all."""


class Enricher(Protocol):
    """Somebody who knows more of papers that others list: pure, like a source."""

    name: str

    def about(self, papers: Sequence[Paper], now: datetime) -> Iterable[Request]:
        """What to ask for what else is known of some papers."""

    def read(self, response: Response) -> Page:
        """What an answer tells of papers. Raises SourceError."""


class Fetcher(Protocol):
    """Speaks HTTP, politely."""

    def fetch(self, request: Request) -> Response:
        """The answer to a request. Raises Unreachable."""


class Papers(Protocol):
    """The papers of every day, and how their votes grew."""

    def add(
        self, collection: Collection, papers: Iterable[Paper], *, backfill: bool = False
    ) -> Collection:
        """Stores one fetch, and returns it with `new` and `updated` counted.

        `backfill`: what it brings is late for no edition.
        """

    def late(self, first: date, last: date) -> Mapping[str, tuple[date, datetime]]:
        """What was first seen after choices for its day had begun: its day, and when."""

    def of_day(self, day: date, source: str | None = None) -> list[Paper]:
        """What was listed under a day, as last observed, most votes first, ties by id."""

    def of_days(self, first: date, last: date, *, earliest: bool = False) -> list[Paper]:
        """What was listed from one day to another, each work once, most votes first.

        `earliest`: with the votes as they were first read, else as last.
        """

    def collections(self, day: date, until: datetime | None = None) -> list[Collection]:
        """The newest fetch of each source for a day, as known at `until`."""

    def precedent(self, source: str, day: date) -> Precedent:
        """What a source had on the days before one."""

    def enrich(self, source: str, papers: Iterable[Paper], at: datetime) -> int:
        """Takes in what somebody tells of papers without listing them; returns of how many."""

    def get(self, ids: Sequence[str], until: datetime | None = None) -> dict[str, Paper]:
        """Papers by id, with the votes known at `until`; unknown ids are left out."""

    def revisions(self, ids: Iterable[str], day: date) -> Mapping[str, Revision]:
        """The newest major revision of each work that was listed up to a day, where it has one."""

    def history(self, before: date, limit: int) -> list[Paper]:
        """The newest papers listed before a day: what corpus statistics are made of."""


class Readers(Protocol):
    """Those that a stage is about: all subscribers, or some of them."""

    def active(self, part: Part = WHOLE) -> Iterator[Subscriber]:
        """Everyone in a part to whom mail may go, by address."""


class Subscribers(Readers, Protocol):
    """Who reads."""

    def put(self, subscribers: Iterable[Subscriber], now: datetime) -> int:
        """Adds or changes readers; returns how many. Never brings back who left."""

    def get(self, address: str) -> Subscriber | None:
        """One reader, whatever their state."""

    def several(self, addresses: Sequence[str]) -> Mapping[str, Subscriber]:
        """Readers by address; unknown addresses are left out."""

    def numbers(self, addresses: Sequence[str]) -> Mapping[str, int]:
        """The number that stands for each address in tokens and keys."""

    def all(self) -> Iterator[Subscriber]:
        """Everyone, by address."""

    def schedules(self) -> Iterator[Subscriber]:
        """One reader without address for each way to be mailed that somebody has chosen."""

    def remove(self, address: str) -> bool:
        """Forgets a reader; False when there was none."""


class Lives(Subscribers, Protocol):
    """Who reads, and where each of them stands."""

    def agreed(self, address: str, consent: str) -> None:
        """By whose word a reader is here from now on."""

    def change(self, subscriber: Subscriber, now: datetime) -> bool:
        """What a reader asks for, but not their state; False when there is no such reader."""

    def lives(self, addresses: Sequence[str]) -> Mapping[str, Life]:
        """Where readers stand; unknown addresses are left out."""

    def live(self, address: str, life: Life, now: datetime) -> None:
        """Where a reader, who is here, stands from now on."""

    def joined(self, address: str) -> tuple[datetime, str] | None:
        """Since when a reader is here, and by whose word."""

    def intern(self, address: str) -> int:
        """The number that stands for an address, which has one from now on."""

    def address(self, number: int) -> str | None:
        """The address that a number stands for; None: nobody's, or an erased reader's."""

    def rested(self, today: date) -> Sequence[str]:
        """Whose pause is over on a day."""

    def unanswered(self, oldest: datetime) -> Sequence[str]:
        """Who has been pending since before an instant."""

    def erase(self, address: str, mark: str, now: datetime, *, keep: bool) -> None:
        """Forgets all about a reader but the ledger's key, under a name that is a hash.

        `keep`: the hash also stands for their wish not to be brought back by a file.
        """

    def recall(self, address: str, marks: Sequence[str]) -> None:
        """Gives an address the place back that it had before it was erased, if it had one."""

    def any_erased(self) -> bool:
        """Whether anybody was ever erased: most files need not be hashed."""

    def erased(self, marks: Sequence[str]) -> AbstractSet[str]:
        """Which of these hashes stand for a wish not to be brought back."""

    def unerase(self, marks: Sequence[str]) -> None:
        """They have come back of their own accord."""


class Requests(Protocol):
    """Wishes that wait for their address to answer, and what has been used up of limits."""

    def put(self, asked: Asked) -> None:
        """Keeps a request; the first of a day stands while it is open."""

    def open(self, reader: int, day: date) -> Asked | None:
        """A request that waits for an answer."""

    def answered(self, reader: int, day: date) -> bool:
        """Whether there was such a request, and it is answered."""

    def confirm(self, reader: int, day: date, now: datetime) -> None:
        """A request was answered: a first digest is due."""

    def close(self, address: str, now: datetime) -> None:
        """No request of an address can be answered any more."""

    def unmailed(self, oldest: date, limit: int) -> Sequence[Asked]:
        """Letters that are due, of requests from a day on, oldest first."""

    def mailed(self, asked: Asked, at: datetime | None) -> None:
        """A letter is handed over; None: it was not, and is still due."""

    def unwelcomed(self, since: datetime) -> Sequence[str]:
        """Who has confirmed since an instant, and waits for a first digest."""

    def welcomed(self, address: str, now: datetime) -> None:
        """The first digest has been seen to."""

    def take(self, bucket: str, span: int, most: int) -> bool:
        """Counts one use of a limit in a span of time; False: it is used up."""

    def forget(self, oldest: date, span: int) -> None:
        """Drops requests of earlier days, and limits of earlier spans."""


class Consents(Protocol):
    """The consent dossier."""

    def add(self, address: str, deed: Deed) -> None:
        """Adds a line to a reader's dossier."""

    def of(self, address: str) -> Sequence[Deed]:
        """A reader's dossier, oldest line first."""


class Opinions(Protocol):
    """What readers say of papers."""

    def say(self, address: str, opinion: Opinion) -> None:
        """Keeps an opinion; said again, it is younger."""

    def unsay(self, address: str, work: str, kind: Feedback) -> bool:
        """Takes an opinion back; False when there was none."""

    def of(self, addresses: Sequence[str]) -> Mapping[str, Sequence[Opinion]]:
        """What readers said, newest first; who said nothing is left out."""


class Suppressions(Protocol):
    """Who must not be written to, and how addresses that bounce fare."""

    def put(self, suppressions: Iterable[Suppression]) -> None:
        """Adds some; one that is there already stays as it is."""

    def remove(self, address: str) -> bool:
        """Forgets one; False when there was none."""

    def among(self, addresses: Sequence[str]) -> Mapping[str, Suppression]:
        """Those of addresses; others are left out."""

    def health(self, reader: int) -> Health:
        """How an address fares."""

    def fare(self, reader: int, health: Health) -> bool:
        """How it fares from now on; False when a bounce of the same day has counted already."""

    def heal(self, address: str) -> None:
        """Forgets how an address fared."""


class Inbox(Protocol):
    """What was taken in by mail, what waits for a yes, and answers to be handed over."""

    def take_in(self, mail: str, now: datetime) -> bool:
        """Notes a mail by its name; False when it was taken in before."""

    def ask(self, reader: int, day: date, commands: Sequence[str]) -> int:
        """Keeps what was asked for until its reader says yes; 0 when it is too much for a day."""

    def asked(self, reader: int, day: date, item: int) -> tuple[Sequence[str], bool] | None:
        """What was asked for, and whether it was done already; None for what nobody asked."""

    def do(self, reader: int, day: date, item: int, now: datetime) -> bool:
        """It is being done; False when it was done already."""

    def answer(self, address: str, answer: Mapping[str, Any], now: datetime) -> None:
        """Keeps an answer until it is handed over."""

    def waiting(self, now: datetime, limit: int) -> Sequence[tuple[int, Mapping[str, Any]]]:
        """Answers that are due, oldest first."""

    def handed(self, ids: Iterable[int], at: datetime | None) -> None:
        """Answers are handed over; None: they were not, and are still due."""

    def forget(self, now: datetime) -> None:
        """Drops what is too old to matter."""


class Selections(Protocol):
    """What was chosen for whom."""

    def put(self, decisions: Decisions, day: date, at: datetime) -> None:
        """Records what was decided `at`; a choice already recorded for (address, day) stays."""

    def recorded(self, addresses: Sequence[str], day: date) -> AbstractSet[str]:
        """Of these, who has a recorded choice for a day."""

    def get(self, address: str, day: date) -> Selection | None:
        """The recorded choice."""

    def several(self, addresses: Sequence[str], day: date) -> Mapping[str, Selection]:
        """The recorded choices of readers for a day."""

    def seen(self, addresses: Sequence[str], day: date) -> Mapping[str, frozenset[str]]:
        """Per reader, the ids of papers they got in an edition other than `day`'s."""

    def chosen(
        self, addresses: Sequence[str], day: date
    ) -> Mapping[str, Mapping[str, tuple[date, datetime]]]:
        """The same with the last edition each was in, and when it was last chosen."""

    def last_days(self, addresses: Sequence[str], day: date) -> Mapping[str, date]:
        """Per reader, the newest edition before a day that they got; none: left out."""

    def fold(self, addresses: Sequence[str], first: date, day: date, now: datetime) -> int:
        """Gives up editions from `first` on that wait for another attempt: `day`'s holds them."""

    def prove(self, proofs: Mapping[str, bytes], day: date) -> None:
        """Keeps the checksums of rendered messages, by address."""

    def unprove(self, addresses: Sequence[str], day: date) -> None:
        """Forgets checksums: these messages are to be rendered again."""

    def proofs(self, addresses: Sequence[str], day: date) -> Mapping[str, bytes]:
        """The checksums of messages that were rendered."""


class Ledger(Protocol):
    """Who got which edition: the only authority on it. Key: (address, day)."""

    def one_commit(self) -> AbstractContextManager[None]:
        """What is asked within is durable together, when it ends: a sync costs milliseconds."""

    def claim(
        self, addresses: Sequence[str], day: date, now: datetime, journal: int
    ) -> list[Claim]:
        """Takes what is free, or deferred and due; returns what was won."""

    def record(self, ended: Sequence[tuple[Claim, Outcome]], now: datetime) -> None:
        """Writes how attempts ended."""

    def deliveries(
        self, day: date | None = None, state: DeliveryState | None = None
    ) -> Iterator[Delivery]:
        """The rows, by day and address."""

    def open(self, addresses: Sequence[str], day: date, now: datetime) -> list[str]:
        """Of these, who is free or deferred and due."""

    def held(self, addresses: Sequence[str], day: date) -> AbstractSet[str]:
        """Of these, who has a row, whatever its state."""

    def expire(self, day: date, oldest: datetime, now: datetime) -> int:
        """Gives up what was first tried at `oldest` or before; returns how many."""

    def decide(self, address: str, day: date, state: DeliveryState, now: datetime) -> bool:
        """Settles by a person's word what no program can know; False: nothing was to settle."""

    def count(self, day: date) -> Mapping[DeliveryState, int]:
        """How many deliveries of a day are in each state."""

    def next_due(self, day: date) -> datetime | None:
        """When the first deferred delivery of a day is due again."""


class Journal(Protocol):
    """Where the marks of one batch of claims are made, from its claim to its record."""

    number: int

    def dot(self, claim: Claim) -> None:
        """Marks that the final dot is about to be written; from then on a kill leaves a doubt."""

    def ended(self, claim: Claim, outcome: Outcome) -> None:
        """Marks how the attempt ended."""

    def remove(self) -> None:
        """All that was claimed is recorded."""

    def leave(self) -> None:
        """Not all is recorded, and never will be by us: whoever takes over reads it."""


class Journals(Protocol):
    """Begins journals."""

    def begin(self) -> Journal:
        """A new one, with a number of its own."""


class Transport(Protocol):
    """Hands messages over."""

    def session(self) -> AbstractAsyncContextManager["Session"]:
        """One conversation with whoever takes the mail. Raises TransportError."""


class Session(Protocol):
    """A conversation in which one message after the other is handed over."""

    async def deliver(self, message: Message, before_dot: "BeforeDot") -> Outcome:
        """Hands one message over; how it ended is a value, whatever happens to it.

        Raises TransportError, with nothing of the message sent, once the session can go on no more.
        """


class BeforeDot(Protocol):
    """Called when all of a message but its final dot has been written (RFC 5321 §4.1.1.4)."""

    async def __call__(self, message: Message) -> None:
        """Returns once the mark is durable."""


class Observer(Protocol):
    """Listens to events."""

    def __call__(self, event: Event) -> None:
        """Takes one event; never raises."""
