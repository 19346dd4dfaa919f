"""`digest web`: the site, served until it is stopped."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket

import click
import uvicorn
from starlette.applications import Starlette

from digest.app.site import PASSWORD, open_site
from digest.cli.lab import LOOPBACK, listen, where
from digest.cli.session import Session, pass_session
from digest.config import Settings
from digest.errors import DigestError, Misuse
from digest.mail import password

MOST_AT_ONCE = 400
"""Exchanges at once; whoever comes then is told to come again (503)."""


@click.group(invoke_without_command=True)
@click.option("--bind", metavar="HOST:PORT", help="Where to listen; default `web.bind`.")
@click.pass_context
def web(ctx: click.Context, bind: str | None) -> None:
    """Serve the site: subscribe, confirm, one's own page, unsubscribe, and the operator's pages.

    It answers to the name of `web.base_url` and to that of its own bind. Letters and first digests
    are sent meanwhile; everything else is sent by `digest run`.
    """
    if ctx.invoked_subcommand is None:
        serve(ctx.find_object(Session) or Session(None, None), bind)


@web.command("set-password")
@pass_session
def set_password(session: Session) -> None:
    """Set the operator's password, read from the terminal or from standard input.

    Without one nobody can log in. It is kept as a hash; a new one counts at once.
    """
    given = _given()
    if len(given) < password.SHORTEST:
        raise Misuse(f"a password has {password.SHORTEST} characters or more")
    path = session.settings.home / PASSWORD
    _write(path, password.kept(given, secrets.token_bytes(password.SALT)))
    click.echo(f"kept, hashed, in {path}")


def _given() -> str:
    """Typed unseen; or the first line of what is piped in."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\n")


def _write(path: Path, line: str) -> None:
    """For its owner alone, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(line + "\n")
        draft.replace(path)
    except OSError as error:
        raise DigestError(f"{path} cannot be written: {error.strerror or error}") from error


def serve(session: Session, bind: str | None) -> None:
    """Serves until SIGINT or SIGTERM. Raises Misuse when it cannot listen there."""
    settings = session.settings
    host, port = where(bind or settings.web.bind)
    site = listen(host, port)
    with open_site(settings, session.clock, host) as opened:
        servers = [(_server(opened.apps.site, settings), site)]
        if settings.web.metrics_bind:
            figures = listen(*where(settings.web.metrics_bind))
            servers.append((_server(opened.apps.metrics, settings), figures))
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"The site: http://{shown}:{site.getsockname()[1]}/  (Ctrl-C ends it)")
        for _, figures in servers[1:]:
            click.echo("Figures: http://{}:{}/metrics".format(*figures.getsockname()[:2]))
        if host not in LOOPBACK and settings.web.base_url.startswith("http:"):
            click.echo("digest: whoever is on the way can read links: put TLS in front", err=True)
        asyncio.run(_all(servers))  # noqa: TID251 - this is the edge


async def _all(servers: Sequence[tuple[uvicorn.Server, socket]]) -> None:
    """Until SIGINT or SIGTERM: then what is under way is finished, and the status is 0."""

    def stop() -> None:
        for server, _ in servers:
            server.should_exit = True

    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop)
    tasks = [server.serve(sockets=[listening]) for server, listening in servers]
    await asyncio.gather(*tasks)


class _Server(uvicorn.Server):
    """A server that leaves signals to us: its own way ends the process in mid-letter."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


def _server(app: Starlette, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,  # addresses of pages hold tokens
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=",".join(settings.web.proxies),
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )
    return _Server(config)
