"""The nightly run in this process: four stages, one after the other, each a batch at a time."""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.clock import Clock
from digest.model import (
    Collection,
    Finished,
    Report,
    Run,
    Selection,
    Sent,
    Stage,
    Started,
    Subscriber,
)
from digest.ports import Observer, Source, Verb


@dataclass(frozen=True, slots=True)
class Stages:
    """The four, in the order of the data."""

    collect: Verb[Source, list[Collection]]
    select: Verb[Subscriber, list[Selection]]
    render: Verb[Subscriber, int]
    send: Verb[Subscriber, Sent]


class Local:
    """Asks each stage what is pending and has it performed; resuming is nothing else."""

    def __init__(self, stages: Stages, clock: Clock, observer: Observer) -> None:
        self._stages, self._clock, self._observer = stages, clock, observer

    def collect(self, run: Run, report: Report) -> None:
        """Asks every source whose day is not complete yet."""
        now = self._clock.now()
        for sources in self._stages.collect.pending(run, now):
            report.collections += self._stages.collect.perform(run, sources, now)

    def deliver(self, run: Run, report: Report) -> None:
        """Selects, proves and sends what is due, and what falls due meanwhile."""
        start = self._clock.now()
        while self._pass(run, report, start) and not run.backfill:
            run = replace(run, since=start)
            start = self._clock.now()

    def _pass(self, run: Run, report: Report, now: datetime) -> int:
        """One pass over all four; returns how many deliveries it attempted."""
        self.prepare(run, report, now)
        return self.send(run, report, now)

    def send(self, run: Run, report: Report, now: datetime) -> int:
        """Sends what is due, selected and proved; returns how many deliveries it attempted."""
        attempted = 0
        for readers in self._stages.send.pending(run, now):
            self._observer(Started(Stage.SEND, len(readers)))
            sent = self._stages.send.perform(run, readers, now)
            report.add(sent.outcomes)
            attempted += len(sent.outcomes)
            if sent.trouble:
                report.trouble = sent.trouble
                return 0
        self._observer(Finished(Stage.SEND))
        return attempted

    def prepare(self, run: Run, report: Report, now: datetime) -> None:
        """Selects and proves what is due. Raises RenderError before anything is sent."""
        for readers in self._stages.select.pending(run, now):
            self._observer(Started(Stage.SELECT, len(readers)))
            report.selected += len(self._stages.select.perform(run, readers, now))
        self._observer(Finished(Stage.SELECT))
        for readers in self._stages.render.pending(run, now):
            self._observer(Started(Stage.RENDER, len(readers)))
            report.rendered += self._stages.render.perform(run, readers, now)
        self._observer(Finished(Stage.RENDER))
