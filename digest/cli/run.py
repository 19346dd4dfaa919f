"""`digest run`: what cron calls."""

from datetime import date, datetime

import click

from digest.app import App
from digest.cli.closing import close
from digest.cli.options import anyway, as_json, day, deadline, dry_run
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.model import Run


@click.command()
@day
@deadline
@anyway
@as_json
@dry_run
@pass_session
def run(
    session: Session,
    day: date | None,
    deadline: datetime | None,
    anyway: bool,
    as_json: bool,
    dry_run: bool,
) -> None:
    r"""Collect, select, render and send what is due, once; then exit.

    Safe to call as often as you like: nobody ever gets an edition twice, and what failed or is
    due later is gone on with by the next call. The crontab line is

    \b
        */10 * * * * digest run

    The last line on standard error says how it went. Exit status: 0 all well, 1 something failed,
    75 only deferrals are left or another run is going on.
    """
    with session.app_until_stopped() as app:
        wanted = app.run(day, deadline=deadline)
        if dry_run:
            show_plan(app, wanted, as_json)
            return
        close(app.nightly(wanted, anyway=anyway), as_json)


def show_plan(app: App, wanted: Run, as_json: bool) -> None:
    """Says what a run would do, and does nothing."""
    now = app.clock.now()
    asked = [source.name for batch in app.collect.pending(wanted, now) for source in batch]
    readers = sum(map(len, app.open(wanted, now)))
    if as_json:
        show([{"day": wanted.day, "ask": asked, "mail": readers}], as_json)
        return
    ask = f"would ask {', '.join(asked)}, " if asked else ""
    click.echo(f"edition {wanted.day}: {ask}would mail {readers} reader{'s' * (readers != 1)}")
    for state, number in app.states(wanted.day).items():
        click.echo(f"  {number} {state.value}")
