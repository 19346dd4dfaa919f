"""`digest preview`: a digest as it would arrive, without sending or recording anything."""

import email
import email.policy
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from digest.app import App
from digest.cli.editions import chosen
from digest.cli.lab import handed_over, serve
from digest.cli.lint import overriding, templates_option
from digest.cli.options import day
from digest.cli.readers import for_or_topic, reader
from digest.cli.session import Session, pass_session
from digest.errors import DigestError, Misuse
from digest.mail.mailbox import normalise
from digest.model import Selection, Subscriber


@click.command()
@day
@for_or_topic
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write.")
@click.option("--open", "open_it", is_flag=True, help="Show the page in a browser.")
@click.option("--send-to", metavar="ADDRESS", help="Mail this test copy; recorded nowhere.")
@click.option("--serve", "lab", is_flag=True, help="Open the lab: every pane, in a browser.")
@click.option(
    "--bind",
    metavar="HOST:PORT",
    default="127.0.0.1:8026",
    show_default=True,
    help="Where the lab listens.",
)
@templates_option
@pass_session
def preview(
    session: Session,
    /,
    day: date | None,
    address: str | None,
    topics: tuple[str, ...],
    **ways: Any,
) -> None:
    """Write a digest as digest.html, digest.txt and digest.eml (the exact bytes, inert links).

    With --serve, open the lab instead: light, dark, inverted, Word, phones, text, headers, sizes
    and lint of any digest, anew whenever a template changes.

    Example: digest preview --topic "diffusion models" --out preview --open
    """
    how = Ways(**ways)
    if not how.lab and how.out is None and how.send_to is None:
        raise Misuse("say where to: --out DIR writes files, --send-to ADDRESS mails, --serve shows")
    with session.app() as app:
        if how.lab:
            serve(app, how.bind, how.folder)
        else:
            who = reader(app, address, topics, None)
            show(app, who, chosen(app, who, day or app.newest_day()), how)


@dataclass(frozen=True, slots=True)
class Ways:
    """How a digest is to be shown."""

    out: Path | None
    open_it: bool
    send_to: str | None
    lab: bool
    bind: str
    folder: Path | None
    """Templates before the program's own."""


def show(app: App, who: Subscriber, selection: Selection, how: Ways) -> None:
    """Writes the digest, opens it, mails it: whatever is asked for."""
    press = app.press_with(overriding(app, how.folder))
    if how.out is not None:
        write(press.proof(who, selection)[1].content, how.out)
        click.echo(f"{how.out}: digest.html digest.txt digest.eml")
    if how.send_to is not None:
        mailbox = normalise(how.send_to)
        said = handed_over(app, press.test_copy(who, selection, mailbox, app.clock.now()))
        click.echo(f"the test copy for {mailbox} was accepted: {said}")
    if how.open_it and how.out is not None:
        click.launch(str((how.out / "digest.html").resolve()))


def write(content: bytes, directory: Path) -> None:
    """A mail as three files; the parts are those of its very bytes."""
    parsed = email.message_from_bytes(content, policy=email.policy.default)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "digest.eml").write_bytes(content)
        for kind, name in (("html", "digest.html"), ("plain", "digest.txt")):
            body = parsed.get_body((kind,))
            text = body.get_content() if body else ""
            (directory / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DigestError(f"{directory} cannot be written: {error.strerror or error}") from error
