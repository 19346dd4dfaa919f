"""A small server on loopback that replays recorded days at Hugging Face's own paths."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from digest.model import is_weekend
from digest.sources import fields
from digest.sources.reading import parse
from digest.sources.replay_page import page

PER_PAGE, MOST_PER_PAGE = 50, 100
_DAY_PAGE = re.compile(r"/papers/date/(\d{4}-\d\d-\d\d)")
_NOT_FOUND = "Sorry, we can't find the page you are looking for."


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is sent."""

    status: HTTPStatus
    body: bytes
    kind: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Replay:
    """Serves days while it is entered: `with Replay({day: answer}) as replay: replay.url`.

    A day is given as a recorded API answer, from which the day's page is made, too.
    """

    def __init__(self, days: Mapping[date, bytes]) -> None:
        """`days`: the bytes of the API's answer for each day."""
        self._days = {day: _entries(body) for day, body in days.items()}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.answer))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What to set as the source's URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, target: str) -> Reply:
        """What is answered to a GET of `target`, path and query."""
        parts = urlsplit(target)
        if parts.path == "/papers" and self._days:
            newest = f"/papers/date/{max(self._days)}"
            return Reply(HTTPStatus.FOUND, b"", headers={"Location": newest})
        if parts.path == "/api/daily_papers":
            return self._api({name: values[-1] for name, values in parse_qs(parts.query).items()})
        match = _DAY_PAGE.fullmatch(parts.path)
        day = fields.day(match[1]) if match else None
        if day not in self._days or day is None:
            return _error(HTTPStatus.NOT_FOUND, _NOT_FOUND)
        return Reply(HTTPStatus.OK, page(day, self._days[day]), "text/html; charset=utf-8")

    def _api(self, asked: Mapping[str, str]) -> Reply:
        day = fields.day(asked["date"]) if "date" in asked else max(self._days, default=None)
        limit, number = _number(asked, "limit", PER_PAGE), _number(asked, "p", 0)
        if day is None or not 1 <= limit <= MOST_PER_PAGE or number < 0:
            return _error(HTTPStatus.BAD_REQUEST, "Invalid date, p or limit")
        if day not in self._days and not is_weekend(day):
            return _error(HTTPStatus.NOT_FOUND, _NOT_FOUND)
        entries, start = self._days.get(day, []), number * limit
        body = json.dumps(entries[start : start + limit], ensure_ascii=False).encode()
        more = len(entries) > start + limit
        following = urlencode({**asked, "p": number + 1, "limit": limit})
        link = {"Link": f'</api/daily_papers?{following}>; rel="next"'} if more else {}
        return Reply(HTTPStatus.OK, body, headers=link)


def _entries(body: bytes) -> list[dict[str, Any]]:
    value = parse(body)
    if not isinstance(value, list):
        raise TypeError("a recorded day is an API answer, which is a JSON array")
    return value


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    written = asked.get(name, str(default))
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1


def _error(status: HTTPStatus, words: str) -> Reply:
    return Reply(status, json.dumps({"error": words}).encode())


def _handler(answer: Any) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Sends replies; a client that has the body already is told so (RFC 9110 §13.1.2)."""

        def do_GET(self) -> None:
            reply = answer(self.path)
            tag = f'W/"{sha256(reply.body).hexdigest()[:32]}"'
            known = reply.status == HTTPStatus.OK and self.headers.get("If-None-Match") == tag
            self.send_response(HTTPStatus.NOT_MODIFIED if known else reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status == HTTPStatus.OK:
                self.send_header("ETag", tag)
            if not known:
                self.send_header("Content-Type", reply.kind)
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            if not known:
                self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stays silent: the client tells what it got."""

    return Handler
