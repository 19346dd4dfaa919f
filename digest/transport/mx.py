"""The MX records of a domain (RFC 5321 §5.1): who operates its mailboxes, or that it has none."""

import dns.asyncresolver
import dns.exception
import dns.resolver

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
