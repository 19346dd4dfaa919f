"""`digest subscribers`: who reads, as data."""

from pathlib import Path

import click

from digest.cli.options import as_json, dry_run
from digest.cli.output import show
from digest.cli.readers import subscriber
from digest.cli.session import Session, pass_session
from digest.config.subscribers_file import read_subscribers, write_toml
from digest.mail.mailbox import normalise
from digest.model import Rhythm, Subscriber, Topic

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
@click.option("--name", default="", help="How the mail greets them.")
@click.option("--papers", default=10, type=click.IntRange(1, 100), help="Papers a digest, at most.")
@click.option("--rhythm", default="daily", type=click.Choice([r.value for r in Rhythm]))
@pass_session
def add(
    session: Session, address: str, topics: tuple[str, ...], name: str, papers: int, rhythm: str
) -> None:
    """Add a reader, active at once.

    Example: digest subscribers add ann@example.org --topic "diffusion models" --topic cat:cs.RO
    """
    reader = Subscriber(
        address=normalise(address),
        name=name,
        topics=tuple(Topic.parse(topic) for topic in topics),
        papers=papers,
        rhythm=Rhythm(rhythm),
    )
    with session.app() as app:
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
