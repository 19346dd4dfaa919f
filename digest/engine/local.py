"""The nightly run in this process: four stages, one after the other, each a batch at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, takewhile

from digest.clock import Clock
from digest.model import (
    Collection,
    Finished,
    Report,
    Run,
    Sent,
    Stage,
    Started,
    Subscriber,
)
from digest.ports import Observer, Source, Verb

FEW = 500
"""Mails for which other processes are not worth their start."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The four, in the order of the data."""

    collect: Verb[Source, list[Collection]]
    select: Verb[Subscriber, int]
    render: Verb[Subscriber, int]
    send: Verb[Subscriber, Sent]


class Local:
    """Asks each stage what is pending and has it performed; resuming is nothing else."""

    def __init__(
        self,
        stages: Stages,
        clock: Clock,
        observer: Observer,
        stop: Callable[[], bool] = lambda: False,
        shared: Callable[[Run, Report], None] | None = None,
    ) -> None:
        """`stop`: whether to begin nothing more. `shared` sends with more processes than this."""
        self._stages, self._clock, self._observer = stages, clock, observer
        self._stop, self._shared = stop, shared

    def collect(self, run: Run, report: Report) -> None:
        """Asks every source whose day is not complete yet."""
        now = self._clock.now()
        for sources in self._stages.collect.pending(run, now):
            if self._stop():
                return
            report.collections += self._stages.collect.perform(run, sources, now)

    def deliver(self, run: Run, report: Report) -> None:
        """Selects, proves and sends what is due, and what falls due meanwhile."""
        start = self._clock.now()
        while self._pass(run, report, start) and not (run.backfill or self._stop()):
            run = replace(run, since=start)
            start = self._clock.now()

    def _pass(self, run: Run, report: Report, now: datetime) -> int:
        """One pass over all four; returns how many deliveries it attempted."""
        self.prepare(run, report, now)
        return self.send(run, report, now)

    def send(self, run: Run, report: Report, now: datetime) -> int:
        """Sends what is due, selected and proved; returns how many deliveries it attempted."""
        before = report.attempted
        pending = iter(self._stages.send.pending(run, now))
        few = _up_to(FEW, pending) if self._shared else []
        if sum(map(len, few)) < FEW:
            self._send(run, report, now, chain(few, pending))
        elif self._shared:
            self._shared(run, report)
        self._observer(Finished(Stage.SEND))
        return 0 if report.broken else report.attempted - before

    def _send(
        self, run: Run, report: Report, now: datetime, batches: Iterable[Sequence[Subscriber]]
    ) -> None:
        for readers in batches:
            if readers:
                self._observer(Started(Stage.SEND, len(readers)))
            sent = self._stages.send.perform(run, readers, now)
            report.add(sent.outcomes)
            if sent.trouble:
                report.trouble = sent.trouble
                return

    def prepare(self, run: Run, report: Report, now: datetime) -> None:
        """Selects and proves what is due. Raises RenderError before anything is sent."""
        for readers in self._going(self._stages.select.pending(run, now)):
            self._observer(Started(Stage.SELECT, len(readers)))
            report.selected += self._stages.select.perform(run, readers, now)
        self._observer(Finished(Stage.SELECT))
        for readers in self._going(self._stages.render.pending(run, now)):
            self._observer(Started(Stage.RENDER, len(readers)))
            report.rendered += self._stages.render.perform(run, readers, now)
        self._observer(Finished(Stage.RENDER))

    def _going(self, pending: Iterable[Sequence[Subscriber]]) -> Iterator[Sequence[Subscriber]]:
        """What is pending, until all shall stop."""
        return takewhile(lambda _: not self._stop(), pending)


def _up_to(number: int, pending: Iterator[Sequence[Subscriber]]) -> list[Sequence[Subscriber]]:
    """The first batches that together hold `number` readers; fewer when there are fewer."""
    taken: list[Sequence[Subscriber]] = []
    while sum(map(len, taken)) < number and (batch := next(pending, None)) is not None:
        taken.append(batch)
    return taken
