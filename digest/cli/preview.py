"""`digest preview`: a digest as it would arrive, without sending or recording anything."""

import email
import email.policy
from datetime import date
from pathlib import Path

import click

from digest.app import App
from digest.cli.options import day
from digest.cli.readers import for_or_topic, reader
from digest.cli.session import Session, pass_session
from digest.errors import DigestError, Misuse, Unknown
from digest.mail.mailbox import normalise
from digest.model import DeliveryState, Message, Mood, Selection, Subscriber


@click.command()
@day
@for_or_topic
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Where to write.")
@click.option("--open", "open_it", is_flag=True, help="Show the page in a browser.")
@click.option("--send-to", metavar="ADDRESS", help="Mail this test copy; recorded nowhere.")
@pass_session
def preview(
    session: Session,
    day: date | None,
    address: str | None,
    topics: tuple[str, ...],
    out: Path | None,
    open_it: bool,
    send_to: str | None,
) -> None:
    """Write a digest as digest.html, digest.txt and digest.eml (the exact bytes, inert links).

    Example: digest preview --topic "diffusion models" --out preview --open
    """
    if out is None and send_to is None:
        raise Misuse("say where to: --out DIR writes files, --send-to ADDRESS mails a test copy")
    with session.app() as app:
        who = reader(app, address, topics, None)
        selection = chosen(app, who, day or app.newest_day())
        if out is not None:
            write(app.press.proof(who, selection)[1].content, out)
            click.echo(f"{out}: digest.html digest.txt digest.eml")
        if send_to is not None:
            mailbox = normalise(send_to)
            _mail(app, app.press.test_copy(who, selection, mailbox, app.clock.now()))
    if open_it and out is not None:
        click.launch(str((out / "digest.html").resolve()))


def chosen(app: App, who: Subscriber, day: date) -> Selection:
    """What a reader would get. Raises Unknown when that is nothing."""
    if not app.papers.of_day(day):
        raise Unknown(f"nothing is collected for {day}: run `digest collect --day {day}` first")
    selection = app.selection(who, day)
    if selection.mood is Mood.SKIP:
        raise Unknown(f"{who.address} gets no mail for {day}: nothing is left that they may get")
    return selection


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


def _mail(app: App, message: Message) -> None:
    outcomes = app.hand_over([message])
    said = outcomes[0].reply if outcomes else "no answer"
    if not outcomes or outcomes[0].state is not DeliveryState.ACCEPTED:
        raise DigestError(f"the test copy for {message.address} was not taken: {said}")
    click.echo(f"the test copy for {message.address} was accepted: {said}")
