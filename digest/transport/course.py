"""From settings to the course that mail takes, and what is kept of it from run to run."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Protocol

from digest.clock import Clock
from digest.model import Part, Standing
from digest.transport.pace import Pace
from digest.transport.providers import Ask, Providers
from digest.transport.ramp import Ramp
from digest.transport.relays import Relay, sessions_by_weight
from digest.transport.settings import SmtpSettings
from digest.transport.smtp import SmtpTransport
from digest.transport.supply import Course


class Memory(Protocol):
    """Where it is kept."""

    def standings(self, now: datetime) -> list[Standing]:
        """Who has asked for rest lately and is not in full favour again."""

    def stand(self, standings: Iterable[Standing], now: datetime) -> None:
        """Records how we stand with providers."""

    def sent(self, way: str, day: date, mails: int) -> None:
        """Counts mails that a new sender has sent."""

    def sendings(self, way: str) -> Mapping[date, int]:
        """On which days how many mails were sent."""


def course(settings: SmtpSettings, sender: str, part: Part, clock: Clock) -> Course:
    """Where mail from the domain `sender` goes; `part` of it, in this process."""
    relays, weights = settings.relays, settings.weights
    sessions = sessions_by_weight(settings.sessions, weights)
    return Course(
        relays=[
            Relay(SmtpTransport(relay), count, relay.name, weight, relay.rate.shared(part.of))
            for relay, count, weight in zip(relays, sessions, weights, strict=True)
        ],
        pace=Pace(settings.provider_limits, settings.sessions * part.of, part),
        providers=Providers(_ask() if settings.look_up_mx else None),
        ramp=Ramp(settings.ramp, sender) if settings.ramp else None,
        clock=clock,
    )


def _ask() -> Ask:
    from digest.transport.mx import MxLookUp  # only who asks DNS pays for importing it

    return MxLookUp()


def keep(memory: Memory, course: Course, at: datetime, pause: int | None) -> None:
    """Stores what was learnt, and learns what others know; in the ledger's thread.

    `pause`, in seconds, replaces the rests that providers asked for in earlier runs.
    """
    memory.stand(course.pace.news(), at)
    course.pace.learn(memory.standings(at), at, pause)
    ramp = course.ramp
    if ramp is None:
        return
    ways = {relay.name: f"{ramp.sender} {relay.name}" for relay in course.relays}
    for relay, mails in ramp.news().items():
        memory.sent(ways[relay], at.date(), mails)
    if ramp.today != at.date():
        ramp.begin(at.date(), {relay: memory.sendings(way) for relay, way in ways.items()})
