"""`digest schedule`: the daemon, for who has no cron."""

import socket
import time
from collections.abc import Callable

import click
import schedule as heartbeat

from digest.cli.closing import sentence
from digest.cli.session import Session, pass_session
from digest.cli.worker import keep_working
from digest.config import Engine
from digest.engine.stopping import until_stopped
from digest.errors import DigestError

PATIENCE = 0.5
"""Seconds after which a signal is seen at the latest."""


@click.command()
@click.option(
    "--every",
    default=60,
    show_default=True,
    type=click.IntRange(1, 3600),
    metavar="SECONDS",
    help="How often to ask what is due.",
)
@pass_session
def schedule(session: Session, every: int) -> None:
    """Run whenever something is due, until it is stopped (SIGTERM or Ctrl-C).

    A heartbeat asks what is due, as `digest run` does, so missed beats, restarts and changes of
    the clock lose nothing and repeat nothing.

    With engine = "fleet" it plans once a minute what `digest worker` does; it may run on several
    machines, and each minute counts once for all of them.
    """
    with until_stopped() as stop:
        if session.settings.engine is Engine.FLEET:
            keep_working(session, ["tick"], f"schedule on {socket.gethostname()}", stop)
            click.echo("stopped", err=True)
            return
        beats = heartbeat.Scheduler()
        beats.every(every).seconds.do(beat, session, stop)
        click.echo(f"asking every {every} s what is due; stop me with Ctrl-C", err=True)
        beats.run_all()
        while not stop():
            time.sleep(max(0.0, min(beats.idle_seconds or 0.0, PATIENCE)))
            if not stop():
                beats.run_pending()
    click.echo("stopped", err=True)


def beat(session: Session, stop: Callable[[], bool]) -> None:
    """One beat: a pass of the nightly run. What goes wrong is told, and tried again next time."""
    try:
        with session.app(stop) as app:
            report = app.nightly(app.run(None))
    except DigestError as error:
        click.echo(f"digest: {error}", err=True)
        return
    if report.states or report.collections:
        click.echo(sentence(report), err=True)
