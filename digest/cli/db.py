"""`digest db`: the store itself."""

from contextlib import closing
from datetime import date
from pathlib import Path

import click

from digest.app import open_database
from digest.app.store_parts import migrate_queue
from digest.cli.options import Day
from digest.cli.session import Session, pass_session
from digest.config import Engine
from digest.config.places import StoreUrl
from digest.errors import Misuse, StoreError
from digest.store.copying import copy as copy_store
from digest.store.whole import Store, open_store


@click.group()
def db() -> None:
    """The store: bring it up to date, check it, back it up."""


@db.command()
@pass_session
def migrate(session: Session) -> None:
    """Bring the schema up to date (make a backup first, with `digest db backup`)."""
    with closing(open_database(session.settings)) as database:
        applied = database.migrate()
        if session.settings.engine is Engine.FLEET:
            applied += migrate_queue(database)
    click.echo(f"applied {', '.join(applied)}" if applied else "the schema is up to date")


@db.command()
@pass_session
def check(session: Session) -> None:
    """Look for damage; exit status 1 when there is some."""
    with closing(_current(session)) as database:
        problems = database.check()
    if problems:
        raise StoreError("damaged: " + "; ".join(problems) + ": restore the last backup")
    click.echo("sound, and of this program's schema")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_session
def backup(session: Session, file: Path) -> None:
    """Copy the whole store to FILE (SQLite), as it is at one instant, while it is in use.

    A store on PostgreSQL comes back with `digest db copy sqlite:///FILE postgresql://…`.
    """
    with closing(open_database(session.settings)) as database:
        database.backup(file)
    click.echo(f"{file} holds a whole copy")


@db.command()
@pass_session
def vacuum(session: Session) -> None:
    """Give unused space back to the file system."""
    with closing(_current(session)) as database:
        database.vacuum()
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


@db.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@pass_session
def copy(session: Session, source: str, target: str) -> None:
    """Copy a whole store into a new one, SQLite or PostgreSQL, and compare them row for row.

    Both are written as `store` is; `-` stands for the store of the settings, so that a password
    need not be told to everybody who can list processes. Numbers stay, so links in mails that
    were sent go on to work. Afterwards set `store` to the new one.

    Example: digest db copy sqlite:///var/digest.db -
    """
    with (
        closing(_named(session, source)) as there,
        closing(_named(session, target, new=True)) as new,
    ):
        copied = copy_store(there, new, lambda name, rows: click.echo(f"{rows:>12,}  {name}"))
    click.echo(f"{sum(copied.values()):,} rows copied, each compared")


def _named(session: Session, written: str, *, new: bool = False) -> Store:
    """The store that an argument means; only a new one need not be there."""
    if written == "-":
        return open_database(session.settings)
    try:
        url = StoreUrl.parse(written).under(session.settings.home)
    except ValueError as error:
        raise Misuse(f"{StoreUrl(written)}: {error}") from error
    if url.sqlite and not new and not url.sqlite.exists():
        raise Misuse(f"{url.sqlite}: there is no such store")
    return open_store(url.sqlite, url.postgresql)


def _current(session: Session) -> Store:
    database = open_database(session.settings)
    try:
        database.require_current()
    except BaseException:
        database.close()
        raise
    return database
