"""URLs that are told: a webhook, and a dead man's switch. They are secrets: no error names them."""

from urllib.parse import urlsplit, urlunsplit

import requests

from digest.model import Secret
from digest.observe.alerts import Alert


class Refused(Exception):
    """The other side did not take it."""


class Webhook:
    """POSTs what happened, as JSON."""

    def __init__(self, url: Secret, timeout: float) -> None:
        """`timeout` is in seconds."""
        self._url, self._timeout = url, timeout

    def __call__(self, alert: Alert) -> None:
        """Raises Refused, or whatever requests does."""
        _post(self._url.reveal(), self._timeout, json=alert.record)


class Switch:
    """A dead man's switch as healthchecks.io has it: URL/start, URL, URL/fail."""

    def __init__(self, url: Secret, timeout: float) -> None:
        """`timeout` is in seconds."""
        self._url, self._timeout = url, timeout

    def __call__(self, what: str) -> None:
        """Calls it; `what` is `start`, `fail`, or "" for success."""
        parts = urlsplit(self._url.reveal())
        path = parts.path.rstrip("/") + (f"/{what}" if what else "")
        _post(urlunsplit(parts._replace(path=path)), self._timeout)


def _post(url: str, timeout: float, json: object = None) -> None:
    with requests.post(url, json=json, timeout=timeout, allow_redirects=False, stream=True) as got:
        if not 200 <= got.status_code < 300:
            raise Refused(str(got.status_code))
