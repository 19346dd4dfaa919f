"""Visits our own pages, as a mail provider would."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from digest.doctor.house import Visit

ONE_CLICK = "List-Unsubscribe=One-Click"
"""The body of the POST (RFC 8058 §3.2)."""
MOST = 65_536
"""Octets of a page that are read."""


def visit(url: str, timeout: float, body: str = "") -> Visit:
    """GETs a page, or POSTs a form; `timeout` is in seconds. Whatever happens is a value."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    method = "POST" if body else "GET"
    try:
        with requests.request(
            method, url, data=body or None, headers=headers, timeout=timeout,
            allow_redirects=False, stream=True,
        ) as answer:  # fmt: skip
            read = next(answer.iter_content(MOST), b"")
            told = answer.headers.get("Date", "")
            where = answer.headers.get("Location", "") if answer.is_redirect else ""
            return Visit(answer.status_code, read, moment(told), where)
    except requests.exceptions.SSLError as error:
        return Visit(trouble=f"its certificate cannot be trusted: {_root(error)}")
    except (requests.RequestException, OSError, ValueError) as error:
        return Visit(trouble=_root(error))


def one_click(url: str, timeout: float) -> list[Visit]:
    """Looks at a link, uses it, and uses it again."""
    first = visit(url, timeout)
    return [first] if first.trouble else [first, *(visit(url, timeout, ONE_CLICK) for _ in "ab")]


def moment(written: str) -> datetime | None:
    """What a Date says (RFC 9110 §5.6.7); None for none."""
    try:
        return parsedate_to_datetime(written).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _root(error: BaseException) -> str:
    """The first cause: what requests says of it is long, and holds the link."""
    while cause := error.__cause__ or error.__context__:
        error = cause
    return str(error) or type(error).__name__
