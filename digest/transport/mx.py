"""The MX records of a domain (RFC 5321 §5.1): who operates its mailboxes, or that it has none."""

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdatatype import AAAA, MX, A

from digest.mail.operators import of_exchange
from digest.transport.providers import Exchanger

TIMEOUT = 2.0
"""Seconds for one domain: a mail must not wait for long for what is only good to know."""
SHORTEST, LONGEST = 300, 86_400
"""Seconds that an answer is believed, whatever its TTL says."""


class MxLookUp:
    """Asks DNS, with one resolver for all questions."""

    def __init__(self, resolver: dns.asyncresolver.Resolver | None = None) -> None:
        self._resolver = resolver

    async def __call__(self, domain: str) -> Exchanger | None:
        """Who takes the mail of a domain; None when DNS does not answer."""
        try:
            if self._resolver is None:
                self._resolver = dns.asyncresolver.Resolver()
            answer = await self._resolver.resolve(domain, "MX", lifetime=TIMEOUT)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return Exchanger(domain, SHORTEST)  # RFC 5321 §5.1: the address is the MX; or the
            # relay will say what is wrong with the domain
        except (dns.exception.DNSException, OSError):
            return None
        records = sorted((record.preference, str(record.exchange)) for record in answer)
        hosts = [host for _, host in records]
        ttl = min(max(answer.rrset.ttl if answer.rrset else 0, SHORTEST), LONGEST)
        if hosts == ["."]:
            return Exchanger(None, ttl)
        return Exchanger(next(filter(None, map(of_exchange, hosts)), domain), ttl)


def takes_mail(domain: str, resolver: dns.resolver.Resolver | None = None) -> bool:
    """Whether mail can be delivered to a domain, as far as DNS tells.

    An MX that is not null (RFC 7505), else an address (RFC 5321 §5.1). What DNS does not answer is
    not held against it.
    """
    try:
        asked = resolver or dns.resolver.Resolver()
        for kind in (MX, A, AAAA):
            answer = asked.resolve(domain, kind, lifetime=TIMEOUT, raise_on_no_answer=False)
            if answer.rrset is not None:
                return [str(getattr(record, "exchange", "")) for record in answer] != ["."]
    except dns.resolver.NXDOMAIN:
        return False
    except (dns.exception.DNSException, OSError):
        return True
    return False
