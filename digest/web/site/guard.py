"""What every exchange goes through: whose name is called, how long a body is, which headers go."""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy: nothing inline, and nothing from anywhere else."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",  # addresses of pages hold tokens
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
ROBOTS = ("/", "/archive", "/topics", "/feed")
"""What search engines may list: all else is somebody's own."""
HSTS = "max-age=31536000"
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^:@/\[\]\\\s]*)(?::\d*)?")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Guard:
    """Refuses other hosts' names (DNS rebinding), and sets the headers that every answer has."""

    def __init__(
        self,
        app: ASGIApp,
        base_url: str,
        host: str,
        counted: Callable[[str, int], None] = lambda *_: None,
    ) -> None:
        """`host`: what the site is bound to; `counted` hears of each answer's status."""
        self._app, self._counted = app, counted
        base = urlsplit(base_url)
        self._name, self._prefix = (base.hostname or "").lower(), base.path.rstrip("/")
        self._secure, self._bound = base.scheme == "https", host.strip("[]").lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._prefix and scope["path"].startswith(f"{self._prefix}/"):
            scope = {**scope, "path": scope["path"].removeprefix(self._prefix)}

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._head(scope, message)
            await send(message)

        if not self._is_ours(_hostname(Headers(scope=scope).get("host", ""))):
            refusal = PlainTextResponse("there is no site of that name here\n", 421)
            await refusal(scope, receive, headed)
            return
        await self._app(scope, receive, headed)

    def _head(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._secure:
            headers.setdefault("strict-transport-security", HSTS)
        path = scope["path"]
        if path != "/" and not path.startswith(ROBOTS[1:]):
            headers.setdefault("x-robots-tag", "noindex, nofollow")
        self._counted(path, message["status"])

    def _is_ours(self, name: str) -> bool:
        """The name of `web.base_url`, or of the site's own bind."""
        if name in {self._name, self._bound}:
            return True
        if self._bound in LOOPBACK and name in LOOPBACK:
            return True
        return self._bound in {"0.0.0.0", "::"} and _is_address(name)  # noqa: S104 - only compared


def network(address: str) -> str:
    """What limits count by: the /24 of an IPv4 address, the /48 of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network((found, bits), strict=False))


def _hostname(host: str) -> str:
    """A Host field without its port (RFC 9110 §7.2)."""
    if not _HOST.fullmatch(host):  # `ours:80@elsewhere` would end up in redirects
        return "?"
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost"
    return True
