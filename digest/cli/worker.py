"""`digest worker`: one worker of a fleet."""

import os
import socket
import time
from collections.abc import Callable, Sequence

import click

from digest.app import App
from digest.cli.session import Session, pass_session
from digest.engine.stopping import until_stopped
from digest.errors import TryAgainLater

TASKS = ("collect", "select", "send", "again")
PAUSE = 2.0
"""Seconds until a worker that lost the database comes back to it."""
PATIENCE = 0.2


@click.command()
@click.option("--name", help="What it is called in messages; HOST:PROCESS if not said.")
@pass_session
def worker(session: Session, name: str | None) -> None:
    """Do what a fleet has planned, until stopped (SIGTERM or Ctrl-C: what is under way ends first).

    Run one for each core, on any number of machines, with `engine = "fleet"` and the same
    `store`, `secret_key`, `[mail]` and `[web]`; `digest schedule` plans, once for all of them.
    Nobody gets an edition twice, whichever of them dies: see docs/scale.md.
    """
    called = name or f"{socket.gethostname()}:{os.getpid()}"
    with until_stopped() as stop:
        keep_working(session, TASKS, called, stop)
    click.echo("stopped", err=True)


def keep_working(
    session: Session, kinds: Sequence[str], name: str, stop: Callable[[], bool]
) -> None:
    """Works until stopped; comes back to a database that went away."""

    def say(words: str) -> None:
        click.echo(f"{name}: {words}", err=True)

    while not stop():
        try:
            with session.app(stop) as app:
                work(app, kinds, name, stop, say)
        except TryAgainLater as error:
            say(str(error))
            wait(stop)


def work(
    app: App,
    kinds: Sequence[str],
    name: str,
    stop: Callable[[], bool],
    say: Callable[[str], None],
) -> None:
    """One life of a worker: from its coming to the database until one of them goes."""
    fleet = app.fleet(say)
    if "tick" in kinds:
        fleet.queue.tick(fleet.tick)
    say(f"works, with mails of {fleet.templates}")
    fleet.work(kinds, stop, name)


def wait(stop: Callable[[], bool]) -> None:
    """Some seconds, or until stopped."""
    until = time.monotonic() + PAUSE
    while not stop() and time.monotonic() < until:
        time.sleep(PATIENCE)
