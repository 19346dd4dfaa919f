"""What every command begins with: settings, the clock, and the parts put together."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import click

from digest.app import App, open_app
from digest.clock import Clock, SystemClock
from digest.config import Settings, load
from digest.config.secret_key import exposed
from digest.observe.progress import ProgressBars


@dataclass
class Session:
    """One call of the command line."""

    config: Path | None
    home: Path | None
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
    def app(self) -> Iterator[App]:
        """The parts, put together; closed when the command ends."""
        with open_app(self.settings, self.clock, ProgressBars()) as app:
            yield app


pass_session = click.make_pass_decorator(Session)
