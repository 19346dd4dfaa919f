"""What every command begins with: settings, the clock, and the parts put together."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import click

from digest.app import App, open_app
from digest.clock import Clock, SystemClock
from digest.config import Settings, load
from digest.config.secret_key import exposed
from digest.config.sections import LogFormat
from digest.engine.stopping import until_stopped
from digest.observe.log import EventLog, configure
from digest.observe.log import LogFormat as LineFormat
from digest.observe.progress import ProgressBars
from digest.ports import Observer


@dataclass
class Session:
    """One call of the command line."""

    config: Path | None
    home: Path | None
    log_format: LogFormat | None = None
    """`--log-format`; None: what the settings say."""
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def settings(self) -> Settings:
        """Flags, then the environment, then digest.toml, then defaults."""
        flags = {} if self.home is None else {"home": str(self.home)}
        settings = load(self.config, os.environ, flags, Path.cwd())
        for warning in filter(None, (*settings.warnings, exposed(settings))):
            click.echo(f"digest: {warning}", err=True)
        return settings

    @contextmanager
    def app(self, stop: Callable[[], bool] = lambda: False) -> Iterator[App]:
        """The parts, put together; closed when the command ends.

        `stop`: whether to finish what is under way and begin nothing more.
        """
        with open_app(self.settings, self.clock, self._observer(), stop) as app:
            yield app

    def _observer(self) -> Observer:
        """Who tells of the stages: bars, or lines of the log."""
        chosen = self.log_format or self.settings.log.format
        if chosen is LogFormat.PROGRESS:
            return ProgressBars()
        configure(LineFormat(chosen.value))
        return EventLog()

    @contextmanager
    def app_until_stopped(self) -> Iterator[App]:
        """The same, for commands that send: SIGTERM and Ctrl-C let them finish in order."""
        with until_stopped() as stop, self.app(stop) as app:
            yield app


pass_session = click.make_pass_decorator(Session)
