"""`digest schedule`: the daemon, for who has no cron."""

import signal
import threading

import click
import schedule as heartbeat

from digest.cli.closing import sentence
from digest.cli.session import Session, pass_session
from digest.errors import DigestError


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
    """
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    beats = heartbeat.Scheduler()
    beats.every(every).seconds.do(beat, session)
    click.echo(f"asking every {every} s what is due; stop me with Ctrl-C", err=True)
    beats.run_all()
    while not stopped.wait(max(0.0, min(beats.idle_seconds or 0.0, 1.0))):
        beats.run_pending()
    click.echo("stopped", err=True)


def beat(session: Session) -> None:
    """One beat: a pass of the nightly run. What goes wrong is told, and tried again next time."""
    try:
        with session.app() as app:
            report = app.nightly(app.run(None))
    except DigestError as error:
        click.echo(f"digest: {error}", err=True)
        return
    if report.states or report.collections:
        click.echo(sentence(report), err=True)
