"""Strangers' text and links, made fit to print. Templates escape; this takes out the rest."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

import idna

from digest.mail.characters import one_line
from digest.mail.domain import deceit

LINK_LONGEST = 500
"""Characters of a link; a longer one is noise, and costs the mail's budget."""

_RESERVED = frozenset({"invalid", "localhost", "local", "test", "onion", "arpa", "internal"})
"""Top labels that lead nowhere outside (RFC 6761)."""
_TAG = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|su[bp]|span|div|a|table|t[rdh]|[uo]l|li|h[1-6]|font|jats:[\w-]+)"
    r"(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
"""Mark-up that sources leave in abstracts; anything else (`<EOS>`, `<think>`) is meant as text."""
_KEPT = "/:@!$&()*+,;=-._~%?"


def plain(text: str) -> str:
    """One line of plain text without mark-up, controls, bidi overrides or invisible things."""
    return one_line(_TAG.sub(" ", text) if "<" in text else text)


def link(url: str) -> str:
    """The link as https, percent-encoded; "" when it is not one that may leave.

    What may: http(s), a public host name, no user information, no look-alike host, no odd port
    syntax. http becomes https: a link in clear can be changed under way, and these hosts have it.
    """
    try:
        parts = urlsplit(one_line(url))
        host = _host(parts.hostname or "")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or "\\" in url:
        return ""
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    safe = urlunsplit(
        (
            "https",
            place,
            quote(parts.path, _KEPT),
            quote(parts.query, _KEPT),
            quote(parts.fragment, _KEPT),
        )
    )
    return safe if len(safe) <= LINK_LONGEST else ""


def _host(name: str) -> str:
    """A public host name in A-labels, or ""; raises ValueError (IDNAError is one)."""
    host = idna.encode(name.rstrip("."), uts46=True).decode() if name else ""
    top = host.rpartition(".")[2]
    public = "." in host and not top.isdigit() and top not in _RESERVED
    return host if public and not deceit(host) else ""
