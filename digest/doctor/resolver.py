"""Asks DNS (dnspython); each question once a preflight."""

from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import dns.exception
import dns.rdatatype
import dns.resolver

from digest.doctor.records import NOTHING, Answer, Ask, Status, found
from digest.errors import BadSetting

PORT = 53
SILENT = "no answer in time"
GIVE_UP = 3
"""Questions without answer after which no other is asked: somebody waits for us."""


def resolver(nameserver: str, timeout: float) -> Ask:
    """What answers questions; `timeout` is in seconds, for each. Raises BadSetting."""
    asked = dns.resolver.Resolver(configure=not nameserver)
    if nameserver:
        host, port = _server(nameserver)
        asked.nameservers, asked.port = [host], port
    asked.lifetime = timeout
    silences = 0

    @cache
    def ask(name: str, kind: str) -> Answer:
        nonlocal silences
        if silences >= GIVE_UP:
            return Answer(Status.FAILED, problem=SILENT)
        try:
            answer = asked.resolve(f"{name.rstrip('.')}.", kind, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return NOTHING
        except (dns.exception.DNSException, OSError, ValueError) as error:
            why = _why(error)
            silences += why == SILENT
            return Answer(Status.FAILED, problem=why)
        rows = answer.rrset or ()
        texts = sorted(_text(row) for row in rows if row.rdtype == dns.rdatatype.from_text(kind))
        return found(*texts) if texts else NOTHING

    return ask


def _server(written: str) -> tuple[str, int]:
    try:
        parts = urlsplit(
            f"//{written if written.count(':') < 2 or '[' in written else f'[{written}]'}"
        )
        host, port = ip_address(parts.hostname or ""), parts.port or PORT
    except ValueError as error:
        hint = "write 192.0.2.53 or 127.0.0.1:5353"
        raise BadSetting("doctor.nameserver", f"{written!r} is no address", hint) from error
    return str(host), port


def _text(row: object) -> str:
    """A record as text; of TXT the strings joined (RFC 7208 §3.3), in the encoding they have."""
    strings = getattr(row, "strings", None)
    return b"".join(strings).decode("utf-8", "replace") if strings is not None else str(row)


def _why(error: Exception) -> str:
    if isinstance(error, dns.resolver.LifetimeTimeout):
        return SILENT
    if isinstance(error, dns.resolver.NoNameservers):
        return "the name servers refuse to answer"
    return str(error) or type(error).__name__
