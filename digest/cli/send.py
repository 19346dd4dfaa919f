"""`digest send`: whoever is due gets their mail."""

from datetime import date, datetime

import click

from digest.cli.closing import close
from digest.cli.options import anyway, as_json, day, deadline, dry_run
from digest.cli.readers import subscriber
from digest.cli.run import show_plan
from digest.cli.session import Session, pass_session


@click.command()
@day
@click.option("--for", "addresses", multiple=True, metavar="ADDRESS", help="Only them; repeatable.")
@deadline
@anyway
@as_json
@dry_run
@pass_session
def send(
    session: Session,
    day: date | None,
    addresses: tuple[str, ...],
    deadline: datetime | None,
    anyway: bool,
    as_json: bool,
    dry_run: bool,
) -> None:
    """Select what is not selected yet, and deliver what is due and not settled. Collects nothing.

    Example: digest send --day 2026-08-20 --for ann@example.org
    """
    with session.app_until_stopped() as app:
        only = tuple(subscriber(app, address).address for address in addresses)
        wanted = app.run(day, only, deadline)
        if dry_run:
            show_plan(app, wanted, as_json)
            return
        close(app.nightly(wanted, collect=False, anyway=anyway), as_json)
