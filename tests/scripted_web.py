"""A web server on loopback that answers from a script, byte by byte, and remembers requests."""

import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Self

Step = bytes | Callable[[socket.socket, Event], None]
"""What is done for one connection: bytes to send, or anything else."""


def answer(status: str, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; header names are written with `_` for `-`."""
    told = {"Content-Length": str(len(body)), "Connection": "close"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def reset(connection: socket.socket, closing: Event) -> None:
    """Closes with RST instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def drip(start: bytes, what: bytes = b"x") -> Callable[[socket.socket, Event], None]:
    """Sends a start, then a little every 20 ms for ever."""

    def step(connection: socket.socket, closing: Event) -> None:
        connection.sendall(start)
        while not closing.wait(0.02):
            connection.sendall(what)

    return step


@dataclass
class ScriptedWeb:
    """Answers the n-th connection with the n-th step; the last one goes on for ever."""

    steps: Sequence[Step]
    requests: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._closing = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def header(self, request: int, name: str) -> str | None:
        """The value that a request gave to a header."""
        lines = self.requests[request].decode("latin-1").split("\r\n")[1:]
        told = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        return told.get(name.lower())

    def _serve(self) -> None:
        handlers = []
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            handlers.append(Thread(target=self._handle, args=(connection,)))
            handlers[-1].start()
        for handler in handlers:
            handler.join()

    def _handle(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = b""
                while b"\r\n\r\n" not in request and (more := connection.recv(65_536)):
                    request += more
                self.requests.append(request)
                step = self.steps[min(len(self.requests), len(self.steps)) - 1]
                if isinstance(step, bytes):
                    connection.sendall(step)
                else:
                    step(connection, self._closing)
            except OSError:
                return  # the client had enough
