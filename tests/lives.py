"""A reader's life over a store in memory, with a clock that is set by hand."""

from datetime import UTC, datetime

from digest.clock import FixedClock
from digest.mail.erasure import Erasure
from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Signer
from digest.model import DeliveryState, Outcome, Subscriber, Topic
from digest.model.consent import Consent, Way
from digest.render.letters import Letters
from digest.render.templates import environment
from digest.stages.joining import Book, Joining, Limits
from digest.stages.postbox import Postbox
from digest.store.consents import ConsentStore
from digest.store.feedback import FeedbackStore
from digest.store.requests import RequestStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
KEY = b"a key of sixteen octets, or more"
WEB = Consent(Way.WEB, "192.0.2.0/24", "Yes, send me papers")
BASE = "https://digest.example.org"
ENVIRONMENT = environment()


class World:
    """One installation's joining, and everything that it mailed."""

    def __init__(self, limits=None, keys=(KEY,), database=None):
        self.clock = FixedClock(NOW)
        self.database = database or _in_memory()
        self.readers = SubscriberStore(self.database)
        self.requests = RequestStore(self.database)
        self.consents = ConsentStore(self.database)
        self.opinions = FeedbackStore(self.database)
        self.signer = Signer(keys)
        self.book = Book(
            self.readers,
            self.requests,
            self.consents,
            self.opinions,
            self.database.transaction,
        )
        self.joining = Joining(
            self.book, self.signer, Erasure(keys), self.clock, limits or Limits(10**6, 10**6)
        )
        identity = Identity.of(MailSettings("Paper Digest <digest@example.org>"))
        self.letters = Letters(identity, self.signer, BASE, ENVIRONMENT)
        self.mailed = []
        self.trouble = None
        self.postbox = Postbox(self.requests, self.letters, self.take, self.clock)

    def take(self, messages):
        """The relay."""
        if isinstance(self.trouble, Exception):
            raise self.trouble
        if self.trouble is not None:
            return [Outcome(m.address, m.day, self.trouble) for m in messages]
        self.mailed += messages
        return [Outcome(m.address, m.day, DeliveryState.ACCEPTED) for m in messages]

    def state(self, address):
        return self.joining.life(address).state


def _in_memory():
    database = SqliteDatabase(":memory:")
    database.migrate()
    return database


def wishes(address, *topics):
    return Subscriber(address, topics=tuple(map(Topic.parse, topics)))
