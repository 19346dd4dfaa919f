"""The nightly run in this process: four stages, one after the other, each a batch at a time."""

from dataclasses import dataclass
from datetime import datetime

from digest.clock import Clock
from digest.errors import TransportError
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
        """Every source whose day is not complete yet."""
        now, stage = self._clock.now(), self._stages.collect
        if waiting := stage.pending(run, now):
            report.collections += stage.perform(run, waiting, now)

    def deliver(self, run: Run, report: Report) -> None:
        """Selects, proves and sends what is due; a relay out of reach ends it, all recorded."""
        now = self._clock.now()
        for readers in self._stages.select.pending(run, now):
            report.selected += len(self._stages.select.perform(run, readers, now))
        self._observer(Finished(self._stages.select.stage))
        for readers in self._stages.render.pending(run, now):
            self._stages.render.perform(run, readers, now)
        self._observer(Finished(self._stages.render.stage))
        self._send(run, report, now)
        self._observer(Finished(self._stages.send.stage))

    def _send(self, run: Run, report: Report, now: datetime) -> None:
        for readers in self._stages.send.pending(run, now):
            try:
                report.add(self._stages.send.perform(run, readers, now))
            except TransportError as error:
                report.trouble = str(error)
                return
