"""`digest db`: the store itself."""

from datetime import date
from pathlib import Path

import click

from digest.app import open_database
from digest.cli.options import Day
from digest.cli.session import Session, pass_session
from digest.errors import StoreError
from digest.store.sqlite import SqliteDatabase


@click.group()
def db() -> None:
    """The store: bring it up to date, check it, back it up."""


@db.command()
@pass_session
def migrate(session: Session) -> None:
    """Bring the schema up to date (make a backup first, with `digest db backup`)."""
    database = open_database(session.settings)
    applied = database.migrate()
    click.echo(f"applied {', '.join(applied)}" if applied else "the schema is up to date")


@db.command()
@pass_session
def check(session: Session) -> None:
    """Look for damage; exit status 1 when there is some."""
    database = _current(session)
    if problems := database.check():
        raise StoreError("damaged: " + "; ".join(problems) + ": restore the last backup")
    click.echo("sound, and of this program's schema")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def backup(session: Session, file: Path) -> None:
    """Copy the whole store to FILE, consistently, while it is in use."""
    open_database(session.settings).backup(file)
    click.echo(f"{file} holds a whole copy")


@db.command()
@pass_session
def vacuum(session: Session) -> None:
    """Give unused space back to the file system."""
    _current(session).vacuum()
    click.echo("done")


@db.command()
@click.option(
    "--sent",
    type=Day(),
    metavar="YYYY-MM-DD",
    required=True,
    help="Every edition up to this one counts as sent: nobody gets it any more.",
)
@pass_session
def adopt(session: Session, sent: date) -> None:
    """Take a restored store as it is, although more was sent from here than it knows of.

    Until then nothing is sent, for whoever has their mail already would get it again.

    Example: digest db adopt --sent 2026-08-20
    """
    with session.app() as app:
        app.adopt(sent)
    click.echo(f"the store is taken as it is; editions up to {sent} count as sent")


def _current(session: Session) -> SqliteDatabase:
    database = open_database(session.settings)
    database.require_current()
    return database
