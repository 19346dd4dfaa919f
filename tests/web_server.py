"""An https site on loopback that answers GET and each POST as a test says, and remembers them."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self


@dataclass
class Site:
    """Answers with these; the last status goes on for ever."""

    tls: ssl.SSLContext | None = None
    gets: Sequence[int] = (200,)
    posts: Sequence[int] = (200,)
    date: str = ""
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:
                self._answer("GET", site.gets)

            def do_POST(self) -> None:
                self._answer("POST", site.posts)

            def _answer(self, method: str, statuses: Sequence[int]) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                before = sum(1 for heard in site.heard if heard[0] == method)
                site.heard.append((method, self.path, body))
                status = statuses[min(before, len(statuses) - 1)]
                self.send_response_only(status)
                self.send_header("Date", site.date or self.date_time_string())
                if status in {301, 302, 307}:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(b"<p>a page</p>")

            def log_message(self, *_: object) -> None:
                """Stays silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None  # a client that hangs up is part of a test
        scheme = "https" if self.tls is not None else "http"
        self.url = f"{scheme}://localhost:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
