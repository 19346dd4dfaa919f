"""The client's end of an SMTP connection: bytes out, whole replies in, each wait with its limit.

aiosmtplib connects, encrypts and authenticates; then this protocol takes over its transport,
because the sender must write the final dot itself (RFC 5321 §4.1.1.4) and aiosmtplib's own
`sendmail` costs forty times the CPU: three regular expressions over every message.
"""

import asyncio
from collections import deque
from typing import cast

from digest.errors import TransportError

LONGEST_REPLY = 65_536
"""Bytes of one answer, all lines; RFC 5321 §4.5.3.1.5 promises 512 a line."""
CHUNK = 131_072
"""Bytes that are written at once; each chunk has its own time limit (RFC 5321 §4.5.3.2.5)."""


class Wire(asyncio.BufferedProtocol):
    """Speaks lines on a transport that is already connected."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self._loop = loop
        self._transport = transport
        self._buffer = memoryview(bytearray(4096))  # TLS reads into slices: a view, no copy
        self._partial = bytearray()
        self._scanned = 0
        self._replies: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False
        self._lost = ""
        self._deadline = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._closed = loop.create_future()
        # Full when it holds two bytes: `send` returns once the kernel has taken the content.
        # (Not zero: asyncio's TLS calls an empty buffer full then, and nothing empties it.)
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Whether a command can be written: connected, and no answer lies about unasked."""
        return not self._lost and not self._replies and not self._transport.is_closing()

    @property
    def answered(self) -> bool:
        """Whether an answer lies here that nobody waits for yet."""
        return bool(self._replies)

    def check(self) -> None:
        """Raises TransportError when the connection is lost."""
        if self._lost:
            raise TransportError(self._lost)

    def write(self, data: bytes) -> bool:
        """Writes; False when the connection is known to be gone and nothing was written.

        A plain connection learns of a reset from the very `send`; one over TLS learns it later.
        """
        self._transport.write(data)
        return not self._transport.is_closing()

    async def send(self, content: bytes, limit: float) -> None:
        """Writes all of `content` and waits until the kernel has taken it.

        `limit` is in seconds, for each chunk. Raises TransportError.
        """
        if len(content) <= CHUNK:
            await self._send(content, limit)
            return
        view = memoryview(content)
        for start in range(0, len(view), CHUNK):
            await self._send(view[start : start + CHUNK], limit)

    async def _send(self, chunk: bytes | memoryview, limit: float) -> None:
        self.check()
        self._transport.write(chunk)
        while self._paused and not self._replies:
            await self._wait(limit)
        self.check()

    async def reply(self, limit: float) -> bytes:
        """The next whole reply, all its lines. `limit` is in seconds. Raises TransportError."""
        while not self._replies:
            self.check()
            await self._wait(limit)
        return self._replies.popleft()

    async def _wait(self, limit: float) -> None:
        self._deadline = self._loop.time() + limit
        if self._watch is None or self._watch.when() > self._deadline:
            self._arm()
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _arm(self) -> None:
        """Sets the one timer; moving it at every wait would cost more than the wait."""
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self._loop.call_at(self._deadline, self._expired)

    def _expired(self) -> None:
        self._watch = None
        if self._waiter is None:
            return
        if self._loop.time() < self._deadline:
            self._arm()
            return
        self.abort("no answer in time (RFC 5321 §4.5.3.2)")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _lose(self, why: str) -> None:
        self._lost = self._lost or why
        self._wake()

    def abort(self, why: str = "closed by us") -> None:
        """Ends the connection at once."""
        self._lose(why)
        self._transport.abort()

    async def close(self, limit: float = 1.0) -> None:
        """Closes in order, and waits for it at most `limit` seconds."""
        self._lose("closed by us")
        self._transport.close()
        await asyncio.wait([self._closed], timeout=limit)
        if not self._closed.done():
            self._transport.abort()
            await asyncio.wait([self._closed], timeout=limit)

    # What the event loop calls

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the protocol's signature
        """Where arriving bytes go."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Cuts what arrived into whole replies (RFC 5321 §4.2.1: the last line has no hyphen)."""
        self._partial += self._buffer[:nbytes]
        start = 0
        while (end := self._partial.find(b"\n", self._scanned)) >= 0:
            last = self._partial[self._scanned + 3 : self._scanned + 4] != b"-"
            self._scanned = end + 1
            if last:
                self._replies.append(bytes(self._partial[start : end + 1]))
                start = end + 1
        if start:
            del self._partial[:start]
            self._scanned -= start
            self._wake()
        if len(self._partial) > LONGEST_REPLY:
            self.abort(f"the server's answer is longer than {LONGEST_REPLY} bytes")

    def eof_received(self) -> bool:
        """The server has closed."""
        self._lose("the server closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        reason = getattr(exc, "strerror", None) or exc
        self._lose(f"connection lost: {reason}" if exc else "the server closed the connection")
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if not self._closed.done():
            self._closed.set_result(None)

    def pause_writing(self) -> None:
        """The kernel has not taken all."""
        self._paused = True

    def resume_writing(self) -> None:
        """The kernel has taken all."""
        self._paused = False
        self._wake()


def take_over(loop: asyncio.AbstractEventLoop, transport: asyncio.BaseTransport | None) -> Wire:
    """A wire on the transport of a connection that aiosmtplib has opened."""
    return Wire(loop, cast("asyncio.Transport", transport))
