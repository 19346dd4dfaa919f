"""What `digest web` does while nobody waits: takes requests in, posts letters, and first digests.

A thread with a connection of its own. What it has to do stands in the store, so a restart loses at
most the requests of the last moment, which whoever asked can repeat.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from queue import Empty, Full, Queue
from threading import Event, Thread

from digest.app.installation import App, open_app
from digest.clock import Clock
from digest.config import Settings
from digest.errors import DigestError, Misuse, TryAgainLater
from digest.model import Subscriber
from digest.model.consent import Consent

Asked = tuple[Subscriber, Consent, str]
ROOM = 2_000
"""Requests that wait at most; more than that are not people's."""
PATIENCE = 30.0
"""Seconds after which it looks for work unasked."""
SOON = 5.0
"""Seconds until what is kept back by a run's lock, or by the relay, is tried again."""
BATCH = 200
FIRST_WITHIN = timedelta(days=1)
"""For how long a first digest is still tried: then the ordinary run has come."""
_LOG = logging.getLogger("digest.web")


class Office:
    """The thread; `ask` and `welcome` may be called from any other."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        # It shares its process with the site, so nothing is sent by children of it.
        self._settings = replace(settings, smtp=replace(settings.smtp, processes=1))
        self._clock = clock
        self._asked: Queue[Asked | None] = Queue(ROOM)
        self._dropped = 0
        """Requests since the last round for which there was no room."""
        self._stopping = Event()
        self._thread = Thread(target=self._work, name="office", daemon=True)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes what is under way."""
        self._stopping.set()
        self.welcome()
        self._thread.join(30)

    def ask(self, wishes: Subscriber, consent: Consent, network: str) -> None:
        """A request, to be looked at soon; dropped when thousands wait already."""
        try:
            self._asked.put_nowait((wishes, consent, network))
        except Full:
            self._dropped += 1

    def welcome(self) -> None:
        """Somebody has confirmed: wakes the thread."""
        with suppress(Full):  # then it is awake
            self._asked.put_nowait(None)

    def _work(self) -> None:
        with open_app(self._settings, self._clock, lambda _: None, self._stopping.is_set) as app:
            wait = 0.0
            while not self._stopping.is_set():
                batch = self._next(wait)
                if self._dropped:
                    _LOG.warning("%d requests too many at once were dropped", self._dropped)
                    self._dropped = 0
                wait = PATIENCE
                for task in (
                    lambda b=batch: take_in(app, b),
                    app.post_letters,
                    lambda: first(app),
                ):
                    if not self._done(task):
                        wait = SOON

    def _next(self, wait: float) -> list[Asked]:
        """What has been asked since, after waiting for the first of it."""
        found: list[Asked] = []
        try:
            entry = self._asked.get(timeout=wait) if wait else self._asked.get_nowait()
            while True:
                if entry is not None:
                    found.append(entry)
                if len(found) >= BATCH:
                    return found
                entry = self._asked.get_nowait()
        except Empty:
            return found

    @staticmethod
    def _done(task: Callable[[], object]) -> bool:
        """Does one thing; False: it is to be tried again soon."""
        try:
            task()
        except TryAgainLater:
            return False
        except DigestError as error:
            _LOG.error("%s", error)
            return False
        except Exception:  # noqa: BLE001 - a fault of ours must not end the letters of everybody
            _LOG.exception("a fault in the office")
        return True


def take_in(app: App, batch: list[Asked]) -> None:
    """Writes requests down, in one commit; pauses that are over end."""
    if batch:
        with app.database.transaction():
            for wishes, consent, network in batch:
                app.joining.request(wishes, consent, network)
    app.joining.tick()


def first(app: App) -> None:
    """Sends the newest edition to who has confirmed, as rows of the ledger. Raises Locked."""
    now = app.clock.now()
    waiting = app.requests.unwelcomed(now - FIRST_WITHIN)
    if not waiting:
        return
    days = app.papers.days(app.newest_day(), 1)
    if days:
        try:
            run = app.run(days[0], tuple(waiting))
            app.nightly(replace(run, backfill=True, expiry=None), collect=False)
        except Misuse as error:  # an edition that is forgotten: the next run brings one
            _LOG.warning("no first digest: %s", error)
    for address in waiting:
        app.requests.welcomed(address, now)
