"""What one pass of the nightly run came to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.model.delivery import DeliveryState, Outcome
from digest.model.verdict import Collection

FAILURES = frozenset({DeliveryState.REJECTED, DeliveryState.IN_DOUBT, DeliveryState.EXPIRED})
"""States that somebody should look at."""

MOST_REASONS = 100
"""Different reasons that a report keeps."""


@dataclass(slots=True)
class Report:
    """Counts of one pass; it grows while the pass goes on."""

    day: date
    collections: list[Collection] = field(default_factory=list)
    selected: int = 0
    rendered: int = 0
    states: Counter[DeliveryState] = field(default_factory=Counter)
    deferred: int = 0
    """Deliveries that wait for another attempt, whichever pass deferred them."""
    uncollected: bool = False
    """Whether readers are due, and there are no papers to choose from."""
    silent: bool = False
    """Whether readers are due, and nobody has got anything of any of these editions."""
    waiting: int = 0
    """Readers who are due later."""
    trouble: str = ""
    """Why the relay could not be reached."""
    died: int = 0
    """Processes that ended before their work did."""
    stopped: bool = False
    """Whether it ended because it was told to: by a signal, or a deadline."""
    alerts: dict[str, str] = field(default_factory=dict)
    """Domain → a reply that says that something of ours is to be mended."""
    held: Counter[str] = field(default_factory=Counter)
    """Why mails were not even tried → how many."""
    next_due: datetime | None = None
    """When the first of them, or of the deferred, is due."""

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Counts how attempts ended."""
        for outcome in outcomes:
            self.states[outcome.state] += 1
            if outcome.alert and len(self.alerts) < MOST_REASONS:
                self.alerts.setdefault(outcome.address.rpartition("@")[2], outcome.reply)
            if outcome.held and (outcome.reply in self.held or len(self.held) < MOST_REASONS):
                self.held[outcome.reply] += 1

    def count(self, state: DeliveryState, number: int) -> None:
        """Counts deliveries that came to a state otherwise than by an attempt of this pass."""
        self.states.update({state: number} if number else {})

    def take_in(self, part: "Report") -> None:
        """Counts what another process did of the same pass."""
        self.states += part.states
        self.trouble = self.trouble or part.trouble
        self.alerts = part.alerts | self.alerts
        self.held += part.held

    @property
    def attempted(self) -> int:
        """How many deliveries came to some end."""
        return self.states.total()

    @property
    def broken(self) -> bool:
        """Whether it makes no sense to go on at once."""
        return bool(self.trouble or self.died)

    @property
    def sources_failed(self) -> int:
        """How many sources failed in this pass."""
        return sum(collection.verdict.failure for collection in self.collections)

    @property
    def failed(self) -> int:
        """How many deliveries and sources failed in this pass."""
        return self.sources_failed + self.died + self.deliveries_failed

    @property
    def deliveries_failed(self) -> int:
        """How many deliveries failed in this pass."""
        return sum(self.states[state] for state in FAILURES)

    @property
    def exit_status(self) -> int:
        """0 all well, 1 something failed, 75 only deferrals are left (EX_TEMPFAIL)."""
        if self.failed or self.uncollected or self.silent or self.alerts:
            return 1
        return 75 if self.deferred or self.stopped else 0
