"""Where an answer may send us: pure."""

from urllib.parse import SplitResult, urljoin, urlsplit


def allowed(url: str, location: str) -> str:
    """The URL that `url` redirects to, or "" if it must not be followed.

    Followed is only what stays on the host and port, and what moves from http to https there; a
    source is asked for nothing that its operator did not name, and never in clear after https.
    """
    try:
        there = urljoin(url, location)
        stays = location and _stays(urlsplit(url), urlsplit(there))
    except ValueError:
        return ""
    return there if stays else ""


def _stays(here: SplitResult, there: SplitResult) -> bool:
    if here.hostname != there.hostname:
        return False
    if (here.scheme, there.scheme) == ("http", "https"):
        return (here.port or 80, there.port or 443) == (80, 443)
    return (here.scheme, here.port) == (there.scheme, there.port)
