"""Who operates mailboxes: the few that most readers use, known by their domains and MX hosts.

What one operator says of us (too fast, not authenticated) holds for every domain that it serves.
The names are those that `[[smtp.provider]]` speaks of; who is not here goes by the domain's name.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Operator(NamedTuple):
    """How an operator is recognised."""

    domains: tuple[str, ...]
    """Of its own free mailboxes."""
    exchanges: tuple[str, ...]
    """Ends of the names of its MX hosts."""


OPERATORS: Mapping[str, Operator] = {
    "google": Operator(("gmail.com", "googlemail.com"), ("google.com", "googlemail.com")),
    "outlook": Operator(
        ("outlook.com", "hotmail.com", "hotmail.co.uk", "hotmail.fr", "live.com", "msn.com"),
        ("outlook.com", "hotmail.com", "mx.microsoft"),
    ),
    "yahoo": Operator(
        (
            *("yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "ymail.com", "rocketmail.com"),
            *("aol.com", "aim.com"),
        ),
        ("yahoodns.net",),
    ),
    "icloud": Operator(("icloud.com", "me.com", "mac.com"), ("icloud.com",)),
    "proton": Operator(("proton.me", "protonmail.com", "pm.me"), ("protonmail.ch",)),
    "fastmail": Operator(("fastmail.com", "fastmail.fm"), ("messagingengine.com",)),
    "gmx": Operator(
        ("gmx.net", "gmx.de", "gmx.com", "gmx.at", "gmx.ch", "web.de", "mail.com"),
        ("gmx.net", "web.de", "mail.com", "kundenserver.de"),
    ),
    "qq": Operator(("qq.com", "foxmail.com"), ("qq.com",)),
    "netease": Operator(("163.com", "126.com", "yeah.net"), ("netease.com",)),
    "zoho": Operator(("zoho.com", "zohomail.com"), ("zoho.com", "zoho.eu", "zoho.in")),
    "yandex": Operator(("yandex.ru", "yandex.com", "ya.ru"), ("yandex.ru", "yandex.net")),
    "mailru": Operator(("mail.ru", "bk.ru", "inbox.ru", "list.ru"), ("mail.ru",)),
    "proofpoint": Operator((), ("pphosted.com", "ppe-hosted.com")),
    "mimecast": Operator((), ("mimecast.com", "mimecast.co.za")),
}
"""Name → how to recognise it."""

_BY_DOMAIN = {domain: name for name, operator in OPERATORS.items() for domain in operator.domains}
_BY_EXCHANGE = {end: name for name, operator in OPERATORS.items() for end in operator.exchanges}


def of_domain(domain: str) -> str | None:
    """The operator of a domain that is known without asking DNS; `domain` in lower case."""
    return _BY_DOMAIN.get(domain)


def of_exchange(host: str) -> str | None:
    """The operator of an MX host, as in `aspmx.l.google.com`."""
    labels = host.lower().rstrip(".").split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels)))
    return next((_BY_EXCHANGE[end] for end in ends if end in _BY_EXCHANGE), None)


def canonical(name: str) -> str:
    """What an operator or domain is called in limits and reports: `gmail.com` is `google`."""
    lower = name.lower().rstrip(".")
    return _BY_DOMAIN.get(lower, lower)
