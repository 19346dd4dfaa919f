"""`digest inbound`: takes in mail."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from digest.app import App
from digest.cli.session import Session, pass_session
from digest.engine.stopping import until_stopped
from digest.errors import DigestError, Misuse, TryAgainLater
from digest.inbound.taking import Fate, Taking
from digest.mail.inbound.incoming import LONGEST
from digest.mail.inbound.reading import Reading, read

PATIENCE = 0.5
"""Seconds after which a signal is seen at the latest."""

Door = Callable[[App, Callable[[], bool]], int]
"""Takes in what is there; returns how many mails were left behind."""


@click.command()
@click.argument("sender", required=False)
@click.argument("recipient", nargs=-1)
@click.option("--explain", is_flag=True, help="Say what the mail is, as JSON; act on nothing.")
@click.option("--lmtp", metavar="H:P", help="Serve LMTP and SMTP there, until stopped.")
@click.option(
    "--maildir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Take in what is new in a Maildir.",
)
@click.option("--imap", is_flag=True, help="Take in what is unseen in the mailbox [inbound.imap].")
@click.option(
    "--every",
    type=click.IntRange(5, 86_400),
    metavar="SECONDS",
    help="With --maildir or --imap: look again, until stopped.",
)
@pass_session
def inbound(  # noqa: PLR0913, PLR0917 - one parameter for each option
    session: Session,
    /,
    sender: str | None,
    recipient: tuple[str, ...],
    explain: bool,
    lmtp: str | None,
    maildir: Path | None,
    imap: bool,
    every: int | None,
) -> None:
    """Take in mail: bounces, complaints, and commands of readers.

    Without an option: one mail on standard input, as an MTA's alias gives it (`|digest inbound`),
    perhaps with the SENDER and RECIPIENT of its envelope. Exit status 75: try again later.
    No mail is acted upon twice, whichever way it comes.
    """
    if (lmtp is not None) + (maildir is not None) + imap + explain > 1:
        raise Misuse("one of --explain, --lmtp, --maildir and --imap at a time")
    if explain:
        click.echo(json.dumps(record(read(_mail())), ensure_ascii=False))
    elif lmtp is not None:
        _serve(session, lmtp)
    elif maildir is not None:
        _look(session, _maildir(maildir), every)
    elif imap:
        _look(session, _imap, every)
    else:
        _pipe(session, sender, recipient)


def _mail() -> bytes:
    """The mail on standard input; what is too long is read to its end, and cut."""
    octets = sys.stdin.buffer.read(LONGEST)
    while sys.stdin.buffer.read(LONGEST):
        pass
    return octets


def _pipe(session: Session, sender: str | None, recipients: tuple[str, ...]) -> None:
    """One mail. Whatever is wrong with us, the mail is to stay in its queue."""
    octets = _mail()
    try:
        with session.app() as app:
            taking = _taking(app)
            fate = taking.take(octets, sender, recipients)
            taking.post()
    except (DigestError, OSError) as error:
        raise TryAgainLater(str(error)) from error
    if fate is Fate.AGAIN:
        raise TryAgainLater("the mail was not taken in: try again later")


def _taking(app: App) -> Taking:
    return Taking(lambda: app.desk, app.post_letters, _tell)


def _tell(words: str) -> None:
    click.echo(f"digest inbound: {words}", err=True)


def _serve(session: Session, bind: str) -> None:
    from digest.inbound import lmtp

    host, colon, port = bind.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65_535:
        raise Misuse(f"--lmtp {bind!r}: write HOST:PORT, as in 127.0.0.1:8024")
    with session.app_until_stopped() as app:
        own = {app.identity.domain, app.identity.bounce_domain}
        door = lmtp.Door(_taking(app), own.__contains__)
        ready = lambda at: click.echo(f"taking in mail on {host or '*'}:{at}", err=True)  # noqa: E731
        lmtp.serve(host.strip("[]"), int(port), door, app.stop, ready)


def _maildir(directory: Path) -> Door:
    from digest.inbound.maildir import take_all

    return lambda app, stop: _counted(take_all(directory, _taking(app), stop))


def _imap(app: App, stop: Callable[[], bool]) -> int:
    from digest.inbound.imap import take_all

    return _counted(take_all(app.settings.inbound.imap, _taking(app), stop))


def _counted(result: tuple[int, int]) -> int:
    taken, left = result
    click.echo(f"{taken} taken in" + (f", {left} left for later" if left else ""))
    return left


def _look(session: Session, door: Door, every: int | None) -> None:
    """Once, or again and again; then nothing but a signal ends it."""
    with until_stopped() as stop:
        while True:
            left = _once(session, door, stop, patient=every is not None)
            if every is None:
                break
            waited = 0.0
            while waited < every and not stop():
                time.sleep(PATIENCE)
                waited += PATIENCE
            if stop():
                return
    if left:
        raise TryAgainLater(f"{left} mails were left for later")


def _once(session: Session, door: Door, stop: Callable[[], bool], *, patient: bool) -> int:
    try:
        with session.app(stop) as app:
            left = door(app, stop)
            _taking(app).post()
            return left
    except DigestError as error:
        if not patient:
            raise
        _tell(str(error))
        return 0


def record(reading: Reading) -> dict[str, object]:
    """What a mail is, as a record."""
    complained = [_address(address, "none", "") for address in reading.complainers]
    failed = [_address(f.address, f.severity.value, f.refusal.status) for f in reading.failures]
    return {
        "kind": reading.kind.value,
        "addresses": failed + complained,
        "commands": [str(command) for command in reading.commands],
        "reason": reading.reason,
    }


def _address(address: str, severity: str, status: str) -> dict[str, str]:
    return {"address": address, "severity": severity, "status": status}
