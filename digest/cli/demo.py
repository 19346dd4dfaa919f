"""`digest demo`: the main job on embedded defaults, in a few seconds."""

import mailbox
import shutil
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import click

from digest.app import App, open_app
from digest.cli.preview import write
from digest.cli.session import Session, pass_session
from digest.config import Outbox, OutboxKind, Settings, StoreUrl
from digest.errors import DigestError
from digest.model import Collection, Delivery, Run, Subscriber, Topic
from digest.observe import fan_out
from digest.sources.fetch import FetchSettings
from digest.sources.huggingface import HuggingFaceSettings
from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample
from digest.transport.embedded import EmbeddedServer
from digest.transport.settings import Security, SmtpSettings

HASTY = FetchSettings(connect=2, read=3, exchange=4, deadline=5, attempts=1)
"""A live source that takes longer than this is not waited for."""

READERS = (
    Subscriber(
        address="ada@demo.example",
        name="Ada",
        topics=(Topic.parse("video generation with diffusion"), Topic.parse("image editing")),
    ),
    Subscriber(
        address="grace@demo.example",
        name="Grace",
        topics=(Topic.parse("coding agents"), Topic.parse("reinforcement learning for reasoning")),
    ),
    Subscriber(
        address="alan@demo.example",
        name="Alan",
        topics=(Topic.parse("robot manipulation"),),
        papers=5,
    ),
)
"""Three people with different interests."""


@click.command()
@click.option("--sample", "only_sample", is_flag=True, help="Take the bundled day, ask nobody.")
@pass_session
def demo(session: Session, only_sample: bool) -> None:
    """Run the whole nightly job for three sample readers, on this machine alone.

    Today's papers when the source answers within a few seconds, else a bundled day; real SMTP to
    a server inside this process, which keeps the mails as Maildirs under HOME/demo.
    """
    home = session.settings.home / "demo"
    _clear(home)
    with ExitStack() as stack:
        server = stack.enter_context(EmbeddedServer(home / "mail"))
        settings = _settings(session.settings, home, server.port)
        app = stack.enter_context(open_app(settings, session.clock, fan_out(())))
        collected = None if only_sample else _live(app)
        if collected is None:
            replay = stack.enter_context(Replay({DAY: sample()}))
            app = _moved(app, replay.url)
            collected = _collect(app, Run(DAY, backfill=True))
            click.echo(f"Papers: the bundled sample day, {DAY:%A %d %B %Y}{_why(only_sample)}.")
        else:
            click.echo(f"Papers: live from Hugging Face, {collected.day:%A %d %B %Y}.")
        app.subscribers.put(READERS, session.clock.now())
        report = app.nightly(Run(collected.day, backfill=True), collect=False)
        _summary(app, server, collected)
    click.get_current_context().exit(report.exit_status)


def _settings(given: Settings, home: Path, port: int) -> Settings:
    """The given settings, with everything that the demo touches inside its own directory."""
    return replace(
        given,
        home=home,
        store=StoreUrl.parse(f"sqlite:///{home}/digest.db"),
        outbox=Outbox(OutboxKind.SMTP),
        smtp=SmtpSettings(host="127.0.0.1", port=port, security=Security.NONE, sessions=3),
        sources=replace(given.sources, fetch=HASTY),
    )


def _live(app: App) -> Collection | None:
    """Today's papers, or the newest day's that has some; None when nobody answers in time."""
    today = app.clock.now().date()
    for back in range(4):  # a Monday morning looks back to Friday
        day = today - timedelta(days=back)
        if day.weekday() >= 5:
            continue
        try:
            collected = _collect(app, Run(day))
        except DigestError:
            return None
        if collected.papers:
            return collected
    return None


def _moved(app: App, url: str) -> App:
    """The same parts, asking the replay server."""
    sources = replace(app.settings.sources, huggingface=HuggingFaceSettings(url))
    return replace(app, settings=replace(app.settings, sources=sources))


def _collect(app: App, run: Run) -> Collection:
    """The day's papers. Raises DigestError when they cannot be had."""
    [collected] = app.collecting(app.sources(["huggingface"])).perform(
        run, app.sources(["huggingface"]), app.clock.now()
    )
    if collected.verdict.failure:
        raise DigestError(collected.detail)
    return collected


def _why(asked: bool) -> str:
    return "" if asked else " (the live source did not answer in time)"


def _summary(app: App, server: EmbeddedServer, collected: Collection) -> None:
    home = app.settings.home
    click.echo(f"Collected {collected.papers} papers.\n")
    for delivery in app.ledger.deliveries(collected.day):
        click.echo(_line(app, delivery))
        maildir = server.maildir(delivery.address)
        page = _page(maildir, home / "preview" / delivery.address.partition("@")[0])
        click.secho(f"    mail  {_shown(maildir)}\n    page  {_shown(page)}", dim=True)
    click.echo("\nOpen a page in a browser, or the Maildirs in a mail reader.")
    click.echo("Next: digest init, add yourself to subscribers.toml, digest run (see README.md).")


def _line(app: App, delivery: Delivery) -> str:
    selection = app.selections.get(delivery.address, delivery.day)
    reader = app.subscribers.get(delivery.address)
    chosen = len(selection.choices) if selection else 0
    topics = " · ".join(map(str, reader.topics)) if reader else ""
    state = click.style(delivery.state.value, fg="green")
    return f"{delivery.address:20} {chosen:2} papers  {state}  {topics}"


def _page(maildir: Path, directory: Path) -> Path:
    """The newest mail of a Maildir as a page to look at."""
    box = mailbox.Maildir(maildir)
    for message in box:
        write(message.as_bytes(), directory)
    return directory / "digest.html"


def _shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _clear(home: Path) -> None:
    """Begins afresh: the demo's directory holds nothing but what a demo made."""
    if home.exists():
        shutil.rmtree(home)
