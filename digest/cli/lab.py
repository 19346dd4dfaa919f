"""What `digest preview --serve` puts together: the lab over an installation."""

import socket
from itertools import islice
from pathlib import Path

import click
import uvicorn

from digest.app import App, Specimens
from digest.cli.editions import chosen
from digest.cli.lint import overriding
from digest.cli.readers import reader
from digest.errors import DigestError, Misuse, Unknown
from digest.mail.mailbox import normalise
from digest.model import DeliveryState, Message, Selection, Subscriber
from digest.render.examples import names
from digest.render.templates import folders
from digest.stages.press import Press
from digest.web.lab import Services, Wanted, create_app
from digest.web.lab.watch import fingerprint

READERS = 300
"""Addresses to choose from; more than that nobody scrolls through."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Laboratory:
    """Prints what the lab asks for, with the templates as they are at that moment."""

    def __init__(self, app: App, folder: Path | None) -> None:
        self._app, self._loader = app, overriding(app, folder)
        own = [where for where in (folder, app.settings.mail.theme) if where]
        self._folders = [*folders(), *own]
        self._seen = ""

    @property
    def services(self) -> Services:
        """For `create_app`."""
        return Services(
            examples=names(self._loader),
            days=lambda: self._app.papers.days(self._app.clock.now().date()),
            readers=lambda: [r.address for r in islice(self._app.subscribers.all(), READERS)],
            message=self.message,
            test_copy=self.test_copy,
            hand_over=lambda message: handed_over(self._app, message),
            folders=self._folders,
        )

    def message(self, wanted: Wanted) -> Message:
        """A digest's mail. Raises DigestError."""
        specimens, press = self._printers()
        if wanted.example:
            return specimens.message(wanted.example, wanted.spoken)
        return press.proof(*self._edition(wanted))[1]

    def test_copy(self, wanted: Wanted, address: str) -> Message:
        """The same for another mailbox. Raises DigestError."""
        specimens, press = self._printers()
        mailbox, now = normalise(address), self._app.clock.now()
        if wanted.example:
            return specimens.test_copy(wanted.example, mailbox, now, wanted.spoken)
        return press.test_copy(*self._edition(wanted), mailbox, now)

    def _edition(self, wanted: Wanted) -> tuple[Subscriber, Selection]:
        if wanted.day is None:
            raise Unknown("no day is collected yet: run `digest collect` first")
        who = reader(self._app, wanted.address or None, wanted.topics, None)
        return wanted.spoken(who), chosen(self._app, who, wanted.day)

    def _printers(self) -> tuple[Specimens, Press]:
        """Of the templates as they are; compiled again only when one has changed."""
        now = fingerprint(self._folders)
        if now != self._seen:
            self._specimens = Specimens(self._app.settings, self._loader)
            self._press = self._app.press_with(self._loader)
            self._seen = now
        return self._specimens, self._press


def handed_over(app: App, message: Message) -> str:
    """The relay's words for a test copy, outside the ledger. Raises DigestError."""
    outcomes = app.hand_over([message])
    said = outcomes[0].reply if outcomes else "no answer"
    if not outcomes or outcomes[0].state is not DeliveryState.ACCEPTED:
        raise DigestError(f"the test copy for {message.address} was not taken: {said}")
    return str(said)


def serve(app: App, bind: str, folder: Path | None) -> None:
    """Serves the lab until it is stopped. Raises Misuse when it cannot listen there."""
    host, port = where(bind)
    listening = listen(host, port)
    laboratory = create_app(Laboratory(app, folder).services, host)
    shown = f"[{host}]" if ":" in host else host
    click.echo(f"The lab: http://{shown}:{listening.getsockname()[1]}/  (Ctrl-C ends it)")
    if host not in LOOPBACK:
        click.echo("digest: whoever reaches this address sees your readers' digests", err=True)
    config = uvicorn.Config(
        laboratory,
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])


def where(bind: str) -> tuple[str, int]:
    """`HOST:PORT`; raises Misuse."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise Misuse(f"--bind {bind}: write HOST:PORT, as in 127.0.0.1:8026")
    return host.strip("[]"), int(port)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any that is free. Raises Misuse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        problem = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise Misuse(f"{problem} (--bind chooses another place)") from error
    # Header and body are two writes: with Nagle's patience the second waits 40 ms for a client's
    # acknowledgement. asyncio sees to that only for sockets that name their protocol; what is set
    # here, accepted sockets inherit.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
