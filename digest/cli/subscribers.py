"""`digest subscribers`: who reads, as data."""

from dataclasses import replace
from pathlib import Path

import click

from digest.cli.options import as_json, dry_run
from digest.cli.output import show
from digest.cli.readers import subscriber
from digest.cli.session import Session, pass_session
from digest.config.subscriber_fields import read_one
from digest.config.subscribers_csv import read_csv
from digest.config.subscribers_file import read_subscribers, write_toml
from digest.errors import BadSetting
from digest.model import Subscriber, SubscriberState
from digest.stages.batches import batches

FILE = click.Path(path_type=Path, dir_okay=False)
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
    """One reader."""
    with session.app() as app:
        show([record(subscriber(app, address))], as_json, COLUMNS)


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
        app.subscribers.put([reader], app.clock.now())
        kept = subscriber(app, reader.address)
    click.echo(f"{kept.address} is {kept.state.value}")


@subscribers.command()
@click.argument("address")
@pass_session
def remove(session: Session, address: str) -> None:
    """Forget a reader. What they were sent stays in the ledger, so nothing is ever sent twice."""
    with session.app() as app:
        found = subscriber(app, address)
        app.subscribers.remove(found.address)
    click.echo(f"{found.address} is gone")


@subscribers.command()
@click.argument("file", type=FILE)
@dry_run
@pass_session
def sync(session: Session, file: Path, dry_run: bool) -> None:
    """Make the readers those of FILE (TOML): adds, changes, and removes who is not in it.

    Who left or is suppressed stays so. Nothing is written when anything in FILE is wrong.
    """
    wanted = {reader.address: reader for reader in read_subscribers(file)}
    with session.app() as app:
        known = {reader.address: reader for reader in app.subscribers.all()}
        gone = sorted(known.keys() - wanted.keys())
        changed = [r for a, r in wanted.items() if a in known and known[a] != r]
        new = [r for a, r in wanted.items() if a not in known]
        if not dry_run:
            with app.database.transaction():
                app.subscribers.put([*new, *changed], app.clock.now())
                for address in gone:
                    app.subscribers.remove(address)
    verb = "would be " if dry_run else ""
    click.echo(f"{len(new)} {verb}added, {len(changed)} {verb}changed, {len(gone)} {verb}removed")


@subscribers.command("import")
@click.argument("file", type=FILE)
@dry_run
@pass_session
def import_(session: Session, file: Path, dry_run: bool) -> None:
    """Add the readers of FILE (CSV), and change those who are there already; removes nobody.

    The first line names the columns: email, and any of name, topics, mute, timezone, send_at,
    rhythm, papers, locale; several topics in a cell are separated by ";". Rows that cannot be
    used are named, each with what is wrong (exit status 1); all others are stored together.
    """
    new = changed = refused = 0
    with session.app() as app, app.database.transaction():
        for batch in batches(read_csv(file)):
            readers = [row for row in batch if isinstance(row, Subscriber)]
            for problem in (row for row in batch if isinstance(row, BadSetting)):
                click.echo(f"digest: {problem}", err=True)
            known = app.subscribers.several([reader.address for reader in readers])
            refused += len(batch) - len(readers)
            new += sum(reader.address not in known for reader in readers)
            changed += sum(known.get(r.address, r) != r for r in readers)
            if not dry_run:
                app.subscribers.put(readers, app.clock.now())
    verb = "would be " if dry_run else ""
    click.echo(f"{new} {verb}added, {changed} {verb}changed, {refused} {verb}refused")
    click.get_current_context().exit(1 if refused else 0)


@subscribers.command()
@pass_session
def export(session: Session) -> None:
    """Everyone, as a TOML file on standard output that `sync` reads back."""
    with session.app() as app:
        click.echo(write_toml(app.subscribers.all()), nl=False)


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
