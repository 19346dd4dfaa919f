"""Progress bars, on a terminal only: in a pipe, a log or cron nothing is drawn."""

import atexit
import sys
from typing import Any, TextIO

import click

from digest.model import Advanced, Event, Finished, Stage, Started

LABELS = {
    Stage.COLLECT: "Collecting",
    Stage.SELECT: "Selecting ",
    Stage.RENDER: "Rendering ",
    Stage.SEND: "Sending   ",
}


class ProgressBars:
    """An observer that draws how far the stages are, one bar at a time.

    Stages may overlap: the bar of the one that began first stays until it has finished, the
    others count unseen meanwhile.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        """`file` is where bars are drawn if it is a terminal; default: standard error."""
        self._file = file or sys.stderr
        self._drawing = self._file is not None and self._file.isatty()
        if self._drawing:
            atexit.register(self.close)  # else a run that breaks off leaves the cursor hidden
        self._bars: dict[Stage, Any] = {}  # click's own type is not public
        self._shown: Stage | None = None

    def __call__(self, event: Event) -> None:
        """Takes one event; never raises."""
        if not self._drawing:
            return
        try:
            self._take(event)
        except (OSError, ValueError):  # the terminal has gone
            self._drawing = False

    def close(self) -> None:
        """Ends what is drawn, and brings the cursor back."""
        for stage in list(self._bars):
            self(Finished(stage))

    def _take(self, event: Event) -> None:
        match event:
            case Started(stage, total):
                self._start(stage, total)
            case Advanced(stage, count):
                if stage in self._bars:
                    self._bars[stage].update(count)
            case Finished(stage):
                self._finish(stage)

    def _start(self, stage: Stage, total: int) -> None:
        if stage in self._bars:  # more of the same
            self._bars[stage].length += total
        elif total > 0:
            bar: Any = click.progressbar(
                length=total, label=LABELS[stage], file=self._file, hidden=True, show_pos=True
            )
            self._bars[stage] = bar
            self._show_next()

    def _finish(self, stage: Stage) -> None:
        bar = self._bars.pop(stage, None)
        if bar is not None and stage is self._shown:
            bar.finish()
            bar.render_progress()
            bar.render_finish()
            self._shown = None
        self._show_next()

    def _show_next(self) -> None:
        if self._shown is None and self._bars:
            self._shown = next(iter(self._bars))
            self._bars[self._shown].hidden = False
            self._bars[self._shown].render_progress()
