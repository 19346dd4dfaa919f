"""`digest suppressions`: who must not be written to."""

from collections.abc import Iterator
from pathlib import Path

import click

from digest.cli.options import as_json, dry_run
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.config.suppressions_csv import Row, read_suppressions
from digest.errors import BadSetting, Unknown
from digest.mail.mailbox import normalise
from digest.model.consent import Consent, Way
from digest.model.suppression import OPERATOR, Suppression
from digest.stages.batches import batches

COLUMNS = ("address", "reason", "since")


@click.group()
def suppressions() -> None:
    """Who must not be written to, whatever a file or a run says.

    Addresses get here when mail to them keeps coming back, when their reader called a mail spam,
    or by your word.
    """


@suppressions.command("list")
@as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """All of them, by address."""
    with session.app() as app:
        show(map(_record, app.suppressions.all()), as_json, COLUMNS)


@suppressions.command()
@click.argument("address")
@click.option("--reason", default=OPERATOR, show_default=True, help="Why; for the list.")
@pass_session
def add(session: Session, address: str, reason: str) -> None:
    """Never write to ADDRESS again."""
    normalised = normalise(address)
    with session.app() as app:
        app.suppressing.add([(normalised, reason, None)])
    click.echo(f"{normalised} is suppressed")


@suppressions.command()
@click.argument("address")
@pass_session
def remove(session: Session, address: str) -> None:
    """Let ADDRESS be written to again, as far as its reader is there and has not left."""
    normalised = normalise(address)
    with session.app() as app:
        if not app.suppressing.release(normalised, Consent(Way.OPERATOR)):
            raise Unknown(f"{normalised} is not suppressed: `digest suppressions list` says who is")
    click.echo(f"{normalised} is not suppressed any more")


@suppressions.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@dry_run
@pass_session
def import_(session: Session, file: Path, dry_run: bool) -> None:
    """Add the addresses of FILE: CSV whose first line names the columns, or one address a line.

    Columns: address or email, and perhaps reason and since, under the names that other programs
    and providers give them. All are stored together; rows that cannot be used are named (exit
    status 1).
    """
    taken = refused = 0
    with session.app() as app, app.database.transaction():
        for batch in batches(_read(file)):
            rows = [row for row in batch if not isinstance(row, BadSetting)]
            for problem in (row for row in batch if isinstance(row, BadSetting)):
                click.echo(f"digest: {problem}", err=True)
            taken, refused = taken + len(rows), refused + len(batch) - len(rows)
            if not dry_run:
                app.suppressing.add(rows)
    verb = "would be " if dry_run else ""
    click.echo(f"{taken} {verb}suppressed, {refused} {verb}refused")
    click.get_current_context().exit(1 if refused else 0)


def _read(file: Path) -> Iterator[Row | BadSetting]:
    yield from read_suppressions(file)


def _record(suppression: Suppression) -> dict[str, object]:
    return {
        "address": suppression.address,
        "reason": suppression.reason,
        "since": suppression.since,
    }
