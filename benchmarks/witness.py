"""An SMTP server that takes its time and writes down the truth: a line for each final dot it saw.

`python -m benchmarks.witness FILE PORT [--delay S] [--drop P]` serves until its input closes, or
it is killed: the lines survive. Some connections it closes by itself: before the final dot, or
after it and without a word, and then the line ends with an exclamation mark.
"""

import argparse
import asyncio
import os
import random
import socket
import sys
from pathlib import Path

from benchmarks.sink import ANSWERS, END


class Witness(asyncio.Protocol):
    """One connection."""

    file: int
    delay = 0.0
    drop = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greets."""
        self.transport = transport
        # asyncio leaves Nagle's algorithm on where the listener names no protocol.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pending, self.recipient, self.content = b"", b"", False
        transport.write(b"220 witness.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Takes commands and content."""
        self.pending += data
        while not self.transport.is_closing() and self.step():
            pass

    def step(self) -> bool:
        """Takes one line, or one content; False: there is not all of it yet."""
        end = END if self.content else b"\r\n"
        taken, found, rest = self.pending.partition(end)
        if not found:
            if self.content and random.random() < self.drop / 10:  # noqa: S311
                self.transport.abort()
            return False
        self.pending = rest
        self.finish() if self.content else self.command(taken)
        return True

    def command(self, line: bytes) -> None:
        """Answers at once."""
        verb = line[:4].upper()
        if verb == b"RCPT":
            self.recipient = line.partition(b"<")[2].partition(b">")[0]
        if verb == b"DATA":
            self.content = True
            self.pending = b"\r\n" + self.pending
        self.transport.write(ANSWERS.get(verb, b"500 5.5.1 what?\r\n"))
        if verb == b"QUIT":
            self.transport.close()

    def finish(self) -> None:
        """The final dot is here: the mail is taken, and that is written down; then it answers."""
        self.content = False
        dropped = random.random() < self.drop  # noqa: S311
        os.write(self.file, self.recipient + (b"!\n" if dropped else b"\n"))
        if dropped:
            self.transport.abort()
            return
        pause = random.uniform(0, 2 * self.delay)  # noqa: S311
        asyncio.get_running_loop().call_later(pause, self.transport.write, b"250 2.0.0 Ok\r\n")


async def serve(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    async with await loop.create_server(Witness, sock=listener):
        print(listener.getsockname()[1], flush=True)
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.0)
    options = parser.parse_args()
    Witness.file = os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    Witness.delay, Witness.drop = options.delay, options.drop
    listener = socket.create_server(("127.0.0.1", options.port), backlog=512)
    asyncio.run(serve(listener))  # noqa: TID251 - a program of its own


if __name__ == "__main__":
    main()
