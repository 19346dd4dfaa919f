"""Tells the operator what is wrong, once a day each; and a dead man's switch that we live."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from digest.clock import Clock
from digest.model import Began, Ended, Event, Notice

_log = logging.getLogger(__name__)
WELL = frozenset({0, 75})
"""Exit statuses of a run that will go on by itself."""


class Memory(Protocol):
    """What the operator was told."""

    def told(self, day: date) -> set[tuple[str, str]]:
        """Cause and subject of what was told on a day, or later."""

    def tell(self, notices: Sequence[Notice], day: date) -> None:
        """Remembers that they were told."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What the operator is told, for whatever way it goes."""

    day: date
    """The edition's."""
    status: int
    """The exit status of the run."""
    notices: tuple[Notice, ...]

    @property
    def subject(self) -> str:
        """One line: the first cause, and how many more."""
        first, more = self.notices[0], len(self.notices) - 1
        about = f" ({first.subject})" if first.subject else ""
        return f"{first.remedy.title}{about}" + (f", and {more} more" if more else "")

    @property
    def text(self) -> str:
        """All of it: what, and what to do."""
        told = [f"- {each.sentence}\n  What to do: {each.remedy.advice}." for each in self.notices]
        last = (
            f"The run of {self.day} ended with status {self.status}. Each cause is told once a day."
        )
        return "\n\n".join([*told, last]) + "\n"

    @property
    def record(self) -> dict[str, object]:
        """For machines; `text` is what chat programs show."""
        causes = [
            {
                "cause": each.cause.value,
                "subject": each.subject,
                "detail": each.detail,
                "advice": each.remedy.advice,
            }
            for each in self.notices
        ]
        head = {"text": f"Paper Digest: {self.subject}\n\n{self.text}", "day": str(self.day)}
        return {**head, "exit_status": self.status, "causes": causes}


Way = Callable[[Alert], None]
"""Tells the operator; may fail, as whatever exception."""
Ping = Callable[[str], None]
"""Calls the dead man's switch: `start`, `fail`, or "" for success."""


class Alerts:
    """An observer of runs. Whatever becomes of it, it costs no run."""

    def __init__(
        self, memory: Memory, ways: Sequence[tuple[str, Way]], ping: Ping | None, clock: Clock
    ) -> None:
        """`ways` by name: the name is logged when one fails, never where it leads."""
        self._memory, self._ways, self._ping, self._clock = memory, ways, ping, clock

    def without_switch(self) -> "Alerts":
        """The same, but for the dead man's switch."""
        return Alerts(self._memory, self._ways, None, self._clock)

    @property
    def silent(self) -> bool:
        """Whether there is nobody to tell."""
        return not self._ways

    def __call__(self, event: Event) -> None:
        """Takes one event; never raises."""
        match event:
            case Began():
                self._call("start")
            case Ended(day, status, notices):
                self.tell(day, status, notices)
                self._call("" if status in WELL else "fail")

    def tell(self, day: date, status: int, notices: Sequence[Notice]) -> None:
        """Tells what was not told today yet."""
        if not self._ways:
            return
        try:
            today = self._clock.now().date()
            told = self._memory.told(today)
            fresh = {(n.cause.value, n.subject): n for n in notices if n.remedy.alert}
            new = tuple(each for key, each in fresh.items() if key not in told)
            if new and self._sent(Alert(day, status, new)):
                self._memory.tell(new, today)
        except Exception as error:  # noqa: BLE001 - an alert must not cost a run
            _log.warning("alerts failed: %s", type(error).__name__)

    def _sent(self, alert: Alert) -> bool:
        """Whether one way at least took it."""
        return sum([self._took(name, way, alert) for name, way in self._ways]) > 0

    @staticmethod
    def _took(name: str, way: Way, alert: Alert) -> bool:
        try:
            way(alert)
        except Exception as error:  # noqa: BLE001 - what it says may hold a secret URL
            _log.warning("alerts.%s was not taken: %s", name, type(error).__name__)
            return False
        return True

    def _call(self, what: str) -> None:
        if self._ping is None:
            return
        try:
            self._ping(what)
        except Exception as error:  # noqa: BLE001 - what it says may hold a secret URL
            _log.warning("alerts.ping was not taken: %s", type(error).__name__)
