"""The LMTP door (RFC 2033), which SMTP goes through as well: each mail is taken in before its 250.

What cannot be taken in now is answered 451, so it stays in the queue of whoever brings it.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, Envelope, Session

from digest.errors import TransportError
from digest.inbound.taking import Fate, Taking

LARGEST = 32 * 1024 * 1024
"""Octets of a mail; a bounce may hold a whole one."""
LONGEST_LINE = 65_536
"""Octets of a line: RFC 5321 §4.5.3.1.6 allows 1,000, which bounces that quote others overstep."""
PATIENCE = 0.2
"""Seconds after which whether to stop is asked again."""


class Door:
    """What aiosmtpd asks: who may be written to, and what becomes of a mail."""

    def __init__(self, taking: Taking, takes: Callable[[str], bool]) -> None:
        """`takes`: whether a domain is ours. One thread takes mails in, one after the other."""
        self._taking, self._takes = taking, takes
        self._thread = ThreadPoolExecutor(1, "desk")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        """RCPT: only for domains of ours, or this were an open relay."""
        bare = address.lower() == "postmaster"  # RFC 5321 §4.5.1
        if not (bare or self._takes(address.rpartition("@")[2].lower())):
            return "550 5.7.1 not a domain of ours"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name for it
        self, server: "Server", _session: Session, envelope: Envelope
    ) -> str:
        """The mail: LMTP wants an answer for each recipient (RFC 2033 §4.2)."""
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._thread, self._take, envelope)
        count = len(envelope.rcpt_tos) if server.is_lmtp else 1
        return "\r\n".join([answer] * count)

    def _take(self, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        sender, recipients = envelope.mail_from or "", list(envelope.rcpt_tos)
        if self._taking.take(content, sender, recipients) is Fate.AGAIN:
            return "451 4.3.0 not now, try again later"
        self._taking.post()
        return "250 2.0.0 taken in"

    def close(self) -> None:
        """Waits for the mail under way."""
        self._thread.shutdown()


class Server(SMTP):
    """SMTP that knows LHLO as well."""

    is_lmtp = False
    line_length_limit = LONGEST_LINE

    async def smtp_LHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd's way of naming
        """LHLO (RFC 2033 §4.1)."""
        self.is_lmtp = True
        await self.smtp_EHLO(hostname)


def serve(
    host: str,
    port: int,
    door: Door,
    stop: Callable[[], bool],
    ready: Callable[[int], None] = lambda _: None,
) -> None:
    """Serves until it is to stop. Raises TransportError when it cannot listen.

    `ready` is told the port.
    """
    try:
        listener = socket.create_server((host, port), backlog=64)
    except OSError as error:
        problem = f"cannot listen on {host}:{port}: {error.strerror or error}"
        raise TransportError(problem) from error
    try:
        asyncio.run(_serve(listener, door, stop, ready))  # noqa: TID251 - this door's one loop
    finally:
        door.close()


async def _serve(
    listener: socket.socket, door: Door, stop: Callable[[], bool], ready: Callable[[int], None]
) -> None:
    def session() -> Server:
        return Server(door, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="digest")

    server = await asyncio.get_running_loop().create_server(session, sock=listener)
    async with server:
        ready(listener.getsockname()[1])
        while not stop():  # noqa: ASYNC110 - a signal sets it, in no loop
            await asyncio.sleep(PATIENCE)
