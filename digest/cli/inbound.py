"""`digest inbound`: takes in mail."""

import json
import sys

import click

from digest.cli.session import Session, pass_session
from digest.mail.inbound.incoming import LONGEST
from digest.mail.inbound.reading import Reading, read


@click.command()
@click.argument("sender", required=False)
@click.argument("recipient", required=False)
@click.option("--explain", is_flag=True, help="Say what the mail is, as JSON; act on nothing.")
@pass_session
def inbound(session: Session, sender: str | None, recipient: str | None, explain: bool) -> None:
    """Take in one mail on standard input: a bounce, a complaint, a command.

    An MTA's alias calls it: `|digest inbound` (exit status 75: try again), with SENDER and
    RECIPIENT of the envelope if it can.
    """
    octets = sys.stdin.buffer.read(LONGEST)
    if explain:
        click.echo(json.dumps(record(read(octets)), ensure_ascii=False))


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
