"""`digest why-no-mail`: one paragraph for whoever asks."""

import json
import textwrap
from datetime import date

import click

from digest.app.telling import absence
from digest.cli.options import day
from digest.cli.session import Session, pass_session
from digest.mail.characters import one_line
from digest.mail.mailbox import normalise

WIDTH = 80


@click.command(name="why-no-mail")
@click.argument("address")
@day
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@pass_session
def why_no_mail(session: Session, address: str, day: date | None, as_json: bool) -> None:
    """Why ADDRESS got no mail, in one paragraph.

    Without --day: of the edition that they should have by now.

    Example: digest why-no-mail ann@example.org --day 2026-08-20
    """
    with session.app() as app:
        found = absence(app, address, day)
    if as_json:
        record = {"address": normalise(address), "reason": found.why, "sentence": found.sentence}
        click.echo(json.dumps(record, ensure_ascii=False))
        return
    click.echo(textwrap.fill(one_line(found.sentence), WIDTH, break_on_hyphens=False))
