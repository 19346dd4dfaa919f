"""The site over a store in memory, asked without a network."""

from contextlib import contextmanager

from lives import BASE, KEY, NOW, World
from starlette.testclient import TestClient

from digest.config.subscriber_fields import read_one, written
from digest.mail.tokens import Scope, Token
from digest.model import Card, Digest, Paper, Section
from digest.web.site import Operations, Services, SiteSettings, create_app

PAPER = Paper(
    "arxiv:2608.00001",
    "Robots that fold laundry",
    "They do.",
    ("Ada Lovelace", "Émile Borel"),
    "https://arxiv.org/abs/2608.00001",
    keywords=("robots",),
    published=NOW,
    day=NOW.date(),
)
CARD = Card(
    PAPER.title, PAPER.url, "Ada Lovelace", "", "They do.", "matches “robots”", "9 votes", ()
)
SECTIONS = (Section("robots", (CARD,)),)
DIGEST = Digest("Robots", "Paper Digest", "One paper", "Friday", "", SECTIONS)
PASSWORD = "correct horse battery"


class Site(World):
    """What `digest web` serves; what the office would do is done when a test says so."""

    def __init__(self, base_url=BASE, limits=None, **settings):
        super().__init__(limits)
        self.asked, self.welcomed, self.sampled = [], 0, []
        services = Services(
            joining=self.joining,
            signer=self.signer,
            clock=self.clock,
            read=lambda entry: read_one(entry, lambda key: key, textual=True),
            ask=lambda *request: self.asked.append(request),
            welcome=self._welcome,
            release=self.joining.release,
            sample=self._sample,
            suggestions=lambda: ["robot learning"],
            edition=lambda reader, day: DIGEST if day == NOW.date() else None,
            papers=lambda ids: {PAPER.id: PAPER} if PAPER.id in ids else {},
            export=written,
            operations=Operations(
                password=lambda tried: tried == PASSWORD,
                overview=self._overview,
                reader=lambda address: None,
                why=lambda address, paper: None,
            ),
            healthy=lambda: bool(self.database.all("SELECT 1")),
            metrics=lambda: {"subscribers/state": {"active": 1.0}},
        )
        told = SiteSettings(
            base_url, "127.0.0.1", keys=(KEY,), zones=("Europe/Berlin",), **settings
        )
        self.apps = create_app(services, told)
        self.client = TestClient(self.apps.site, base_url=base_url, follow_redirects=False)

    def _welcome(self):
        self.welcomed += 1

    def _sample(self, reader):
        self.sampled.append(reader)
        return DIGEST

    def _overview(self):
        return {
            "day": NOW.date(),
            "subscribers": {"active": 1},
            "growth": [(NOW.date(), 1, 0)],
            "states": {"accepted": 1},
            "deliveries": {"21 Aug": {"accepted": 1}},
            "providers": {"google": {"accepted": 1}},
            "troubles": [],
            "sources": {"huggingface": [(NOW.date(), "complete")]},
            "running": "",
        }

    def work(self):
        """What the office does."""
        for wishes, consent, network in self.asked:
            self.joining.request(wishes, consent, network)
        self.asked.clear()
        self.postbox.empty()

    def join(self, address="ann@reader.example", *topics):
        """A reader by web, to the yes."""
        self.subscribe(email=address, topics=", ".join(topics))
        self.work()
        assert self.client.post(f"/confirm/{self.token(Scope.CONFIRM, address)}").status_code == 200

    def token(self, scope, address="ann@reader.example"):
        number = self.readers.intern(address)
        return self.signer.sign(Token(scope, number, self.clock.now().date()))

    def subscribe(self, headers=None, **form):
        ticket = ticket_of(self.client.get("/").text)
        return self.client.post("/", data={"ticket": ticket, **form}, headers=headers)

    def manage(self, act, address="ann@reader.example", **form):
        """Presses a button of a reader's own page."""
        path = f"/manage/{self.token(Scope.MANAGE, address)}"
        ticket = ticket_of(self.client.get(path).text)
        return self.client.post(path, data={"ticket": ticket, "act": act, **form})

    def dump(self):
        """Everything that the store holds."""
        return list(self.database.connection.iterdump())


@contextmanager
def opened(**settings):
    site = Site(**settings)
    yield site
    site.client.close()
    site.database.close()


def ticket_of(page):
    return page.partition('name="ticket" value="')[2].partition('"')[0]
