"""`digest render`: every mail is proved, none is sent."""

from datetime import date

import click

from digest.cli.options import day, dry_run
from digest.cli.run import show_plan
from digest.cli.session import Session, pass_session


@click.command()
@day
@dry_run
@pass_session
def render(session: Session, day: date | None, dry_run: bool) -> None:
    """Select what is due and build every mail of it, so that a fault shows before sending."""
    with session.app() as app:
        wanted = app.run(day)
        if dry_run:
            show_plan(app, wanted, as_json=False)
            return
        report = app.prepare(wanted)
    click.echo(f"edition {wanted.day}: {report.selected} selected, {report.rendered} rendered")
