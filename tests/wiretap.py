"""A wire that is listened to: forwards a port of loopback to another, keeps every byte."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self


class Wiretap:
    """Listens on `host`, `port`; `said` and `heard` are what client and server sent, raw.

    `alter` may change what the server sends, as a man in the middle would.
    """

    def __init__(self, port: int, alter: Callable[[bytes], bytes] = lambda data: data) -> None:
        self.host, self._target, self._alter = "127.0.0.1", port, alter
        self.said, self.heard = bytearray(), bytearray()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((self.host, self._target))
                self._sockets += [client, server]
                self._pump(client, server, self.said, lambda data: data)
                self._pump(server, client, self.heard, self._alter)

    def _pump(
        self,
        source: socket.socket,
        target: socket.socket,
        kept: bytearray,
        alter: Callable[[bytes], bytes],
    ) -> None:
        def run() -> None:
            with contextlib.suppress(OSError):
                while data := source.recv(65_536):
                    data = alter(data)
                    kept.extend(data)
                    target.sendall(data)
            with contextlib.suppress(OSError):
                target.shutdown(socket.SHUT_WR)

        threading.Thread(target=run, daemon=True).start()
