"""`digest dkim`: keys for signing mails here, instead of at the relay."""

from pathlib import Path

import click

from digest.cli.session import Session, pass_session
from digest.config.dkim_keys import dkim_keys, make_key


@click.group()
def dkim() -> None:
    """Sign mails here (RFC 6376); without `[dkim]` in digest.toml the relay does it."""


@dkim.command()
@click.option("--selector", required=True, metavar="S", help="The key's name in DNS, as in s2026.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["rsa", "ed25519"]),
    default="rsa",
    help="rsa (2048 bits; everybody verifies it) or ed25519 (beside it, not instead).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The private key's file; default dkim/S.pem under home.",
)
@pass_session
def keygen(session: Session, selector: str, kind: str, out: Path | None) -> None:
    """Make a key; print the DNS record to publish and what digest.toml needs."""
    settings = session.settings
    path = out or settings.home / "dkim" / f"{selector}.pem"
    key = make_key(settings, selector, path, rsa=kind == "rsa")
    click.echo(f"# wrote {path} (0600). Publish, and when DNS answers it, add to digest.toml:")
    click.echo(f'#   [dkim]\n#   selector = ["{selector}"]\n#   key = ["{path}"]')
    click.echo(key.zone_line)


@dkim.command()
@pass_session
def records(session: Session) -> None:
    """Print the DNS records of the keys in digest.toml, as a zone file has them."""
    for key in dkim_keys(session.settings):
        click.echo(key.zone_line)
