"""The nightly run in this process: four stages, one after the other, each a batch at a time."""

from dataclasses import dataclass, replace
from datetime import datetime

from digest.clock import Clock
from digest.model import Finished, Report, Run
from digest.ports import Observer
from digest.stages.collect import Collect
from digest.stages.render import Render
from digest.stages.select import Select
from digest.stages.send import Send


@dataclass(frozen=True, slots=True)
class Stages:
    """The four, in the order of the data."""

    collect: Collect
    select: Select
    render: Render
    send: Send


class Local:
    """Asks each stage what is pending and has it performed; resuming is nothing else."""

    def __init__(self, stages: Stages, clock: Clock, observer: Observer) -> None:
        self._stages, self._clock, self._observer = stages, clock, observer

    def collect(self, run: Run, report: Report) -> None:
        """Asks every source whose day is not complete yet."""
        now, stage = self._clock.now(), self._stages.collect
        if waiting := stage.pending(run, now):
            report.collections += stage.perform(run, waiting, now)

    def deliver(self, run: Run, report: Report) -> None:
        """Selects, proves and sends what is due, and what falls due meanwhile."""
        start = self._clock.now()
        while self._pass(run, report, start) and not run.backfill:
            run = replace(run, since=start)
            start = self._clock.now()

    def _pass(self, run: Run, report: Report, now: datetime) -> int:
        """One pass over all four; returns how many deliveries it attempted."""
        self.prepare(run, report, now)
        attempted = 0
        for readers in self._stages.send.pending(run, now):
            sent = self._stages.send.perform(run, readers, now)
            report.add(sent.outcomes)
            attempted += len(sent.outcomes)
            if sent.trouble:
                report.trouble = sent.trouble
                return 0
        self._observer(Finished(self._stages.send.stage))
        return attempted

    def prepare(self, run: Run, report: Report, now: datetime) -> None:
        """Selects and proves what is due. Raises RenderError before anything is sent."""
        for readers in self._stages.select.pending(run, now):
            report.selected += len(self._stages.select.perform(run, readers, now))
        self._observer(Finished(self._stages.select.stage))
        for readers in self._stages.render.pending(run, now):
            report.rendered += self._stages.render.perform(run, readers, now)
        self._observer(Finished(self._stages.render.stage))
