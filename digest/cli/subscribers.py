"""`digest subscribers`: who reads, as data."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from digest.app import App
from digest.cli.options import as_json, dry_run
from digest.cli.output import show
from digest.cli.readers import subscriber
from digest.cli.session import Session, pass_session
from digest.config.subscriber_fields import read_one
from digest.config.subscribers_csv import read_csv, write_csv
from digest.config.subscribers_file import read_subscribers, write_toml
from digest.errors import BadSetting, Misuse
from digest.model import Subscriber, SubscriberState
from digest.model.consent import Deed
from digest.stages.batches import batches

FILE = click.Path(path_type=Path, dir_okay=False)
IMPORTED = 2_000
"""Rows handled together."""
GONE = frozenset({SubscriberState.LEFT, SubscriberState.SUPPRESSED})
REFUSED = "left, is suppressed or was deleted: only they can bring themselves back"
DEED = ("at", "act", "how", "from", "words")
COLUMNS = ("email", "state", "papers", "rhythm", "timezone", "send_at", "topics")


@click.group()
def subscribers() -> None:
    """Who reads: add, change, list, remove, or keep them in a file."""


@subscribers.command("list")
@as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """Everyone, by address."""
    with session.app() as app:
        show(map(record, app.subscribers.all()), as_json, COLUMNS)


@subscribers.command("show")
@click.argument("address")
@as_json
@pass_session
def show_one(session: Session, address: str, as_json: bool) -> None:
    """One reader, with their consent dossier: when, how, from where, and the words shown."""
    with session.app() as app:
        found = subscriber(app, address)
        dossier = [deed_record(deed) for deed in app.joining.dossier(found.address)]
        if as_json:
            show([{**record(found), "consent": dossier}], as_json)
            return
        show([record(found)], as_json, COLUMNS)
        click.echo()
        show(dossier, as_json, DEED)


@subscribers.command()
@click.argument("address")
@click.option("--topic", "topics", multiple=True, help="What they want to hear of; repeatable.")
@click.option("--name", help="How the mail greets them.")
@click.option("--papers", type=int, help="Papers a digest, at most; 10 if not said.")
@click.option("--rhythm", help="daily, weekdays or weekly; daily if not said.")
@click.option("--timezone", help="As in Europe/Berlin; UTC if not said.")
@click.option("--send-at", metavar="HH:MM", help="Not before this time of day there.")
@pass_session
def add(
    session: Session, /, address: str, topics: tuple[str, ...], **more: str | int | None
) -> None:
    """Add a reader, active at once; of one who is there already, change what is said.

    Who left, is suppressed or was deleted comes back by their own word only (exit status 1).

    Example: digest subscribers add ann@example.org --topic "diffusion models" --topic cat:cs.RO
    """
    said = {name: value for name, value in more.items() if value is not None}
    entry: dict[str, object] = {"email": address, **said}
    if topics:
        entry["topics"] = list(topics)
    reader = read_one(entry, lambda key: f"digest subscribers add, {key}")
    with session.app() as app:
        if known := app.subscribers.get(reader.address):
            changes = {name: getattr(reader, name) for name in entry if name != "email"}
            waiting = known.state is SubscriberState.PENDING
            reader = replace(known, **changes, state=reader.state if waiting else known.state)
        refused = app.joining.add([reader]).refused
        kept = app.subscribers.get(reader.address)
    state = kept.state.value if kept else "deleted at their own wish"
    click.echo(f"{reader.address} is {state}")
    if refused:
        click.echo("digest: only they can bring themselves back, by subscribing anew", err=True)
        click.get_current_context().exit(1)


@subscribers.command()
@click.argument("address")
@pass_session
def remove(session: Session, address: str) -> None:
    """Forget a reader. What they were sent stays in the ledger, so nothing is ever sent twice.

    Who left or is suppressed is kept as a hash, so that no file brings them back.
    """
    with session.app() as app:
        found = subscriber(app, address)
        if found.state in GONE:
            app.joining.erase(found.address)
        else:
            app.subscribers.remove(found.address)
    click.echo(f"{found.address} is gone")


@subscribers.command()
@click.argument("address")
@pass_session
def erase(session: Session, address: str) -> None:
    """Delete a reader at their own wish: all but a hash, so that no file brings them back."""
    with session.app() as app:
        found = subscriber(app, address)
        app.joining.erase(found.address)
    click.echo(f"{found.address} is deleted")


@subscribers.command()
@click.argument("file", type=FILE)
@dry_run
@pass_session
def sync(session: Session, file: Path, dry_run: bool) -> None:
    """Make the readers that you added those of FILE (TOML): add, change, remove who is not in it.

    Who joined by themselves, by web or by mail, is not touched unless they stand in FILE. Who
    left, is suppressed or was deleted stays so, and is named. Nothing is written when anything in
    FILE is wrong.
    """
    wanted = {reader.address: reader for reader in read_subscribers(file)}
    with session.app() as app, written(app, dry_run):
        gone = [address for address in app.subscribers.of_operator() if address not in wanted]
        told = app.joining.add(wanted.values())
        for address in gone:
            app.subscribers.remove(address)
    verb = "would be " if dry_run else ""
    click.echo(f"{told.new} {verb}added, {told.changed} {verb}changed, {len(gone)} {verb}removed")
    for address in told.refused:
        click.echo(f"digest: {file}: {address} {REFUSED}", err=True)


@subscribers.command("import")
@click.argument("file", type=FILE)
@dry_run
@pass_session
def import_(session: Session, file: Path, dry_run: bool) -> None:
    """Add the readers of FILE (CSV or TOML), and change those who are there; removes nobody.

    The first line of a CSV names the columns: email, and any of name, topics, mute, timezone,
    send_at, rhythm, papers, locale, state; several topics in a cell are separated by ";". Exports
    of listmonk and Mailchimp, and rosters of Mailman, are known by their first line. Rows that
    cannot be used are named, each with what is wrong (exit status 1), and so are readers who left,
    are suppressed or were deleted: no file brings them back. All others are stored together.
    """
    new = changed = refused = 0
    with session.app() as app, written(app, dry_run):
        for batch in batches(_rows(file), IMPORTED):
            readers = [row for row in batch if isinstance(row, Subscriber)]
            for problem in (row for row in batch if isinstance(row, BadSetting)):
                click.echo(f"digest: {problem}", err=True)
            told = app.joining.add(readers)
            for address in told.refused:
                click.echo(f"digest: {file}: {address} {REFUSED}", err=True)
            new, changed = new + told.new, changed + told.changed
            refused += len(batch) - len(readers) + len(told.refused)
    verb = "would be " if dry_run else ""
    click.echo(f"{new} {verb}added, {changed} {verb}changed, {refused} {verb}refused")
    click.get_current_context().exit(1 if refused else 0)


def _rows(file: Path) -> Iterator[Subscriber | BadSetting]:
    """Of a TOML file all at once; of any other, as CSV, row by row, under a bar."""
    if file.suffix.lower() == ".toml":
        yield from read_subscribers(file)
        return
    size = file.stat().st_size if file.exists() else 0
    shown = sys.stderr.isatty()
    with click.progressbar(
        length=size, label="Importing", file=sys.stderr, hidden=not shown
    ) as bar:
        yield from read_csv(file, bar.update if shown else lambda _: None)


@contextmanager
def written(app: App, dry_run: bool) -> Iterator[None]:
    """All of it together, or with `--dry-run` nothing."""
    with suppress(_NotMeant), app.database.transaction():
        yield
        if dry_run:
            raise _NotMeant


class _NotMeant(Exception):
    """What was written is taken back."""


@subscribers.command()
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, which `import` reads back.")
@as_json
@pass_session
def export(session: Session, as_csv: bool, as_json: bool) -> None:
    """Everyone, as a TOML file on standard output that `sync` and `import` read back."""
    if as_csv and as_json:
        raise Misuse("one of --csv and --json at a time")
    with session.app() as app:
        if as_json:
            show(map(record, app.subscribers.all()), as_json)
            return
        if as_csv:
            write_csv(app.subscribers.all(), sys.stdout)
            return
        for reader in app.subscribers.all():
            click.echo(write_toml([reader]))


def deed_record(deed: Deed) -> dict[str, object]:
    """A line of a dossier as a record."""
    return {
        "at": deed.at,
        "act": deed.act.value,
        "how": deed.consent.way.value,
        "from": deed.consent.origin,
        "words": deed.consent.words,
    }


def record(reader: Subscriber) -> dict[str, object]:
    """A reader as a record."""
    return {
        "email": reader.address,
        "name": reader.name,
        "topics": [str(topic) for topic in reader.topics],
        "timezone": reader.timezone,
        "send_at": reader.send_at.strftime("%H:%M") if reader.send_at else None,
        "rhythm": reader.rhythm.value,
        "papers": reader.papers,
        "state": reader.state.value,
    }
