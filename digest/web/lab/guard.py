"""Who may talk to the lab: this machine, by its own name, from the lab's own pages."""

import ipaddress
import secrets
from collections.abc import Mapping
from hmac import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.mail.domain import is_loopback

PAGE = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Content-Security-Policy of the lab's own pages: nothing comes from anywhere else."""
PANE = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
"""Of a mail in a pane: it is a stranger's, so it neither acts nor fetches."""
_ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Refuses other hosts' names (DNS rebinding), and sets the headers that every answer has."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        """`host`: where the lab is bound to."""
        self._app, self._host = app, host.strip("[]")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("host", "")
        if not self._is_ours(_name(asked)):
            refusal = PlainTextResponse(f"the lab does not answer for {asked[:80]!r}\n", 421)
            await refusal(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {"content-security-policy": PAGE, **_ALWAYS}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, headed)

    def _is_ours(self, name: str) -> bool:
        """The name it is bound to or localhost; for an open bind any address, but no other name."""
        if name in {self._host, "localhost"} or is_loopback(name):
            return True
        return self._host in {"0.0.0.0", "::"} and _address(name)  # noqa: S104 - only compared


class Tickets:
    """Proof that a form was on a page of ours: known to this process and its pages alone."""

    def __init__(self) -> None:
        self.ticket = secrets.token_urlsafe(24)

    def holds(self, form: Mapping[str, object], headers: Mapping[str, str]) -> bool:
        """Whether a posted form may act."""
        shown = form.get("ticket")
        same = headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
        return (
            same and isinstance(shown, str) and compare_digest(shown.encode(), self.ticket.encode())
        )


def _name(host: str) -> str:
    """A Host field without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
