"""Figures in the text format of Prometheus (version 0.0.4): a pure function, no reader in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from digest.model import (
    Advanced,
    Collection,
    DeliveryState,
    Event,
    Stage,
    SubscriberState,
    Verdict,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]
Sample = tuple[Labels, float]


class LastRun(Protocol):
    """How the last run ended."""

    @property
    def ended(self) -> datetime:
        """When."""

    @property
    def status(self) -> int:
        """Its exit status."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What the store knows, counted."""

    version: str
    edition: date
    """The newest."""
    subscribers: Mapping[SubscriberState, int] = field(default_factory=dict)
    edition_deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    """Of the newest edition."""
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    """Of all editions that are remembered."""
    selected: int = 0
    collections: tuple[Collection, ...] = ()
    waiting: int = 0
    oldest: timedelta = timedelta()
    """Since the first attempt of what waits longest."""
    resting: tuple[str, ...] = ()
    """Providers that are left alone."""
    last_run: LastRun | None = None
    unproved: int = 0
    """Relays that no preflight has passed."""


class Tally:
    """An observer that counts what the stages of this process came to."""

    def __init__(self) -> None:
        self.outcomes: Counter[tuple[Stage, str]] = Counter()

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        if isinstance(event, Advanced):
            self.outcomes[event.stage, event.outcome or "done"] += event.count


def exposition(figures: Figures, outcomes: Mapping[tuple[Stage, str], int] | None = None) -> str:
    """The whole page. `outcomes`: of the stages, as a `Tally` has counted them."""
    lines: list[str] = []
    for name, kind, meaning, samples in _families(figures, outcomes or {}):
        lines += [f"# HELP digest_{name} {meaning}", f"# TYPE digest_{name} {kind}"]
        lines += [f"digest_{name}{_labels(labels)} {value:.15g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


Family = tuple[str, str, str, Sequence[Sample]]


def _families(figures: Figures, outcomes: Mapping[tuple[Stage, str], int]) -> Iterator[Family]:
    yield "info", "gauge", "Which program this is.", [({"version": figures.version}, 1)]
    yield from _of_readers(figures)
    yield from _of_sources(figures.collections)
    yield "waiting", "gauge", "Deliveries that wait for another attempt.", [({}, figures.waiting)]
    age = figures.oldest.total_seconds()
    yield "oldest_seconds", "gauge", "Age of the delivery that waits longest.", [({}, age)]
    resting = [({"provider": name}, 1.0) for name in figures.resting]
    yield "provider_resting", "gauge", "Providers that are left alone for a while.", resting
    yield "relays_unproved", "gauge", "Relays without a preflight.", [({}, figures.unproved)]
    if figures.last_run is not None:
        ended = figures.last_run.ended.timestamp()
        status = figures.last_run.status
        yield "last_run_timestamp_seconds", "gauge", "When the last run ended.", [({}, ended)]
        yield "last_run_status", "gauge", "Its exit status.", [({}, status)]
    counted = sorted(outcomes.items())
    samples = [({"stage": s.value, "outcome": how}, float(n)) for (s, how), n in counted]
    yield "outcomes_total", "counter", "What the stages of this process came to.", samples


def _of_readers(figures: Figures) -> Iterator[Family]:
    day = datetime.combine(figures.edition, time(), UTC).timestamp()
    yield "edition_timestamp_seconds", "gauge", "Day of the newest edition.", [({}, day)]
    yield (
        "subscribers",
        "gauge",
        "Readers by state.",
        _by("state", figures.subscribers, SubscriberState),
    )
    of_edition = _by("state", figures.edition_deliveries, _ROWS)
    yield "edition_deliveries", "gauge", "Deliveries of the newest edition by state.", of_edition
    yield (
        "deliveries",
        "gauge",
        "Deliveries that are remembered.",
        _by("state", figures.deliveries, _ROWS),
    )
    yield "edition_selected", "gauge", "Readers with a choice for it.", [({}, figures.selected)]


_ROWS = [s for s in DeliveryState if s not in {DeliveryState.PLANNED, DeliveryState.SENDING}]


def _of_sources(collections: Sequence[Collection]) -> Iterator[Family]:
    """Of the newest edition: every verdict of each source, so that an alert need not miss one."""
    verdicts = [
        ({"source": each.source, "verdict": verdict.value}, float(each.verdict is verdict))
        for each in collections
        for verdict in Verdict
    ]
    yield "source_verdict", "gauge", "1 for the verdict on a source.", verdicts
    papers = [({"source": each.source}, float(each.papers)) for each in collections]
    yield "source_papers", "gauge", "Papers that a source listed.", papers
    fetched = [({"source": each.source}, each.at.timestamp()) for each in collections]
    yield "source_timestamp_seconds", "gauge", "When a source was asked.", fetched


def _by(label: str, counts: Mapping[SubscriberState, int] | Mapping[DeliveryState, int],
        states: Iterable[SubscriberState] | Iterable[DeliveryState]) -> list[Sample]:  # fmt: skip
    told = {state.value: number for state, number in counts.items()}
    return [({label: state.value}, float(told.get(state.value, 0))) for state in states]


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
