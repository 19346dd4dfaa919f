"""Suppressing and releasing: what bounces, complaints and the operator lead to."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime

from digest.clock import Clock
from digest.mail.characters import one_line
from digest.model import Outcome, Severity
from digest.model.consent import Consent, Way
from digest.model.health import Step, struck
from digest.model.suppression import BOUNCE, COMPLAINT, OPERATOR, Suppression
from digest.ports import Suppressions
from digest.stages.joining import Joining

WORDS = 200
"""Characters of a server's words that a reason keeps."""


class Suppressing:
    """The verbs; each is one commit, and doing it again changes nothing."""

    def __init__(
        self,
        suppressions: Suppressions,
        joining: Joining,
        number: Callable[[str], int],
        one_commit: Callable[[], AbstractContextManager[None]],
        clock: Clock,
    ) -> None:
        """`number` gives an address the number that stands for it."""
        self._suppressions, self._joining = suppressions, joining
        self._number, self._one_commit, self._clock = number, one_commit, clock

    def bounced(self, address: str, severity: Severity, edition: date, words: str) -> Step:
        """A mail of an edition came back."""
        now = self._clock.now()
        with self._one_commit():
            reader = self._number(address)
            health, step = struck(self._suppressions.health(reader), severity, edition, now)
            if not self._suppressions.fare(reader, health):
                return Step.NONE
            if step is Step.SUPPRESS:
                self._put(address, f"{BOUNCE}: {words}", now)
                self._joining.bounce(address, Consent(Way.SERVER, words=_short(words)))
            return step

    def refused(self, outcomes: Iterable[Outcome]) -> None:
        """What servers said at once counts like what they say by a notice."""
        for outcome in outcomes:
            if outcome.severity in {Severity.HARD, Severity.SOFT}:
                self.bounced(outcome.address, outcome.severity, outcome.day, outcome.reply)

    def complained(self, address: str, words: str) -> None:
        """A reader called a mail spam: they never get another."""
        with self._one_commit():
            self._put(address, f"{COMPLAINT}: {words}", self._clock.now())
            self._joining.complain(address, Consent(Way.SERVER, words=_short(words)))

    def add(self, addresses: Iterable[tuple[str, str, datetime | None]]) -> int:
        """The operator's word: addresses, each with a reason and since when; returns how many."""
        rows = list(addresses)
        now = self._clock.now()
        with self._one_commit():
            self._suppressions.put(
                Suppression(address, _short(reason) or OPERATOR, since or now)
                for address, reason, since in rows
            )
            for address, reason, _ in rows:
                self._joining.bounce(address, Consent(Way.OPERATOR, words=_short(reason)))
        return len(rows)

    def release(self, address: str, consent: Consent) -> bool:
        """Takes a suppression back; False when there was none."""
        with self._one_commit():
            done = self._suppressions.remove(address)
            self._suppressions.heal(address)
            self._joining.release(address, consent)
            return done

    def _put(self, address: str, reason: str, now: datetime) -> None:
        self._suppressions.put([Suppression(address, _short(reason), now)])


def _short(words: str) -> str:
    return one_line(words)[:WORDS]
