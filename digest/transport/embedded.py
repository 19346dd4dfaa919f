"""The demo's SMTP server: on loopback, keeps what it gets as Maildirs, one for each recipient."""

import mailbox
import socket
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.errors import TransportError


class EmbeddedServer:
    """A context manager: inside, `host` and `port` take mail, which lands under `directory`."""

    def __init__(self, directory: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        """`port` 0 takes a free one."""
        self.directory, self.host, self.port = directory, host, port
        self._controller: _Controller | None = None

    def __enter__(self) -> Self:
        """Listens. Raises TransportError when it cannot."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            listener = socket.create_server((self.host, self.port))
        except OSError as error:
            raise TransportError(
                f"the embedded server cannot listen on {self.host}:{self.port}"
                f" or write to {self.directory}: {error.strerror or error}"
            ) from error
        self.port = listener.getsockname()[1]
        self._controller = _Controller(listener, _Keeper(self.directory), self.host, self.port)
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._controller is not None:
            self._controller.stop()

    def maildir(self, recipient: str) -> Path:
        """Where the mail of a recipient lies, or will lie."""
        return self.directory / _directory_name(recipient)


class _Controller(Controller):
    """Serves a socket that is bound already, so that the port is known and cannot be taken."""

    def __init__(self, listener: socket.socket, handler: "_Keeper", host: str, port: int) -> None:
        super().__init__(handler, hostname=host, port=port, server_hostname="localhost")
        self._listener = listener

    def _create_server(self) -> Any:
        return self.loop.create_server(partial(self._factory_invoker), sock=self._listener)


class _Keeper:
    """What aiosmtpd calls for each mail."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name and arguments
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        content = envelope.original_content or b""
        try:
            for recipient in envelope.rcpt_tos:
                self._keep(recipient, content)
        except OSError as error:
            return f"452 4.3.1 cannot keep it: {error.strerror or error}"
        return "250 2.0.0 kept"

    def _keep(self, recipient: str, content: bytes) -> None:
        mailbox.Maildir(self._directory / _directory_name(recipient)).add(content)


def _directory_name(recipient: str) -> str:
    """A recipient as a directory: nothing in an address may climb out of the demo's own."""
    kept = "".join(c if c.isalnum() or c in "@+-_." else "_" for c in recipient.lower())
    return kept.lstrip(".") or "_"
