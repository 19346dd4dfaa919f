"""A cheap SMTP sink: says 250 to everything, keeps nothing, so that a client can be measured.

`python -m benchmarks.sink [--tls CERT]` prints its port, then serves until its input closes.
"""

import argparse
import asyncio
import socket
import ssl
import sys

EHLO = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n"
ANSWERS = {
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"DATA": b"354 go on\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"QUIT": b"221 2.0.0 bye\r\n",
    b"HELO": b"250 sink.example\r\n",
    b"EHLO": EHLO,
}
END = b"\r\n.\r\n"


class Sink(asyncio.BufferedProtocol):
    """One connection: commands are looked up by four letters, content is only searched its end."""

    def __init__(self) -> None:
        self.buffer = bytearray(262_144)
        self.view = memoryview(self.buffer)
        self.pending = b""
        self.content = False
        self.tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        self.transport = transport
        transport.write(b"220 sink.example ESMTP\r\n")

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        """Where arriving bytes go."""
        return self.view

    def buffer_updated(self, nbytes: int) -> None:
        """Looks at the last octets of content, or answers commands."""
        if not self.content:
            self.commands(self.pending + bytes(self.view[:nbytes]))
            return
        tail = (self.tail + bytes(self.view[max(0, nbytes - 5) : nbytes]))[-5:]
        if tail == END:
            self.content = False
            self.tail = b""
            self.transport.write(b"250 2.0.0 Ok: queued as 4F1C2A0B3D\r\n")
        else:
            self.tail = tail

    def commands(self, data: bytes) -> None:
        """Answers each whole line."""
        *lines, self.pending = data.split(b"\r\n")
        answers = []
        for line in lines:
            verb = line[:4].upper()
            answers.append(ANSWERS.get(verb, b"500 5.5.1 what?\r\n"))
            if verb == b"DATA":
                self.content, self.tail, self.pending = True, b"\r\n", b""
        self.transport.write(b"".join(answers))
        if answers and answers[-1].startswith(b"221"):
            self.transport.close()


async def serve(listener: socket.socket, context: ssl.SSLContext | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, sock=listener, ssl=context)
    async with server:
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tls", help="PEM file of certificate and key")
    options = parser.parse_args()
    context = None
    if options.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.tls)
    listener = socket.create_server(("127.0.0.1", 0), backlog=512)
    print(listener.getsockname()[1], flush=True)
    asyncio.run(serve(listener, context))  # noqa: TID251 - a program of its own


if __name__ == "__main__":
    main()
