"""The operator's login: one password, one cookie, few tries."""

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import blake2b
from secrets import token_urlsafe

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "operator"
LIFE = timedelta(hours=12)
HELD = 32
"""Sessions at once; the oldest ends when there is one more."""


class Sessions:
    """Who is logged in; in memory alone, so a restart logs everybody out."""

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, datetime] = OrderedDict()

    def begin(self, response: Response, now: datetime, *, secure: bool) -> None:
        """Gives the answer's reader a cookie that no script and no other site can use."""
        name = token_urlsafe(32)
        self._open[_hash(name)] = now + LIFE
        while len(self._open) > HELD:
            self._open.popitem(last=False)
        response.set_cookie(
            COOKIE,
            name,
            max_age=int(LIFE.total_seconds()),
            path="/operator",
            secure=secure,
            httponly=True,
            samesite="strict",
        )

    def holds(self, request: Request, now: datetime) -> str:
        """The session of a request, as tickets name it; "" when there is none."""
        name = request.cookies.get(COOKIE, "")
        until = self._open.get(_hash(name))
        return "" if until is None or until <= now else _hash(name).hex()

    def end(self, request: Request, response: Response) -> None:
        """Logs out."""
        self._open.pop(_hash(request.cookies.get(COOKIE, "")), None)
        response.delete_cookie(COOKIE, path="/operator", httponly=True, samesite="strict")


def _hash(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "replace"), digest_size=16).digest()
