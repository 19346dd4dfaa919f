"""`digest doctor`: whether mail of this installation can arrive."""

from collections.abc import Iterable
from dataclasses import asdict

import click

from digest.app.gate import remember
from digest.app.preflight import Preflight
from digest.cli.options import as_json
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.doctor.check import Check, Verdict, failed, green
from digest.errors import WrongSchema
from digest.mail.characters import one_line

COLOURS = {Verdict.PASS: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command()
@as_json
@pass_session
def doctor(session: Session, as_json: bool) -> None:
    """Check what mail needs to arrive, and print the DNS lines to add.

    SPF, DKIM, DMARC and their alignment, names of hosts, MX, the relay and its certificate,
    one-click unsubscription, sources, clock, disk, schema, templates and the queue. Sends nothing,
    unsubscribes nobody. Exit status 1 when a check fails.

    The first sending to more than 100 readers through a relay that is not on this machine waits
    until this has passed once for the sender's domain and that relay.
    """
    try:
        with session.app() as app:
            checks = list(Preflight(app, app.sources(())).checks())
            remember(app, checks)
            app.report_preflight(checks)
    except WrongSchema as error:
        checks = [failed("schema", str(error), "`digest db migrate`")]
    if as_json:
        show(map(_record, checks), as_json)
    else:
        _print(checks)
    click.echo(closing(checks), err=True)
    if not green(checks):
        click.get_current_context().exit(1)


def closing(checks: Iterable[Check]) -> str:
    """The last line: how many checks ended how."""
    ended = [check.verdict for check in checks]
    counts = ", ".join(f"{ended.count(each)} {each}" for each in Verdict if each in ended)
    return f"digest doctor: {counts}"


def _record(check: Check) -> dict[str, object]:
    record = asdict(check)
    return {"check": record.pop("name"), **record}


def _print(checks: Iterable[Check]) -> None:
    lines: list[str] = []
    for check in checks:
        word = click.style(f"{check.verdict:4}", fg=COLOURS.get(check.verdict))
        click.echo(f"{word}  {check.name}: {one_line(check.found)}")
        if check.wanted:
            click.echo(f"      wanted: {one_line(check.wanted)}")
        lines += check.add
    if lines:
        click.echo("\nDNS lines to add, or to put in place of what is there:\n")
        for line in dict.fromkeys(lines):
            click.echo(one_line(line))
