"""Whether mail can be delivered to a domain, as DNS tells."""

import dns.exception
import dns.message
import dns.name
import dns.resolver
import pytest
from dns.rdatatype import RdataType

from digest.transport.mx import takes_mail

ZONE = {
    ("mx.example", "MX"): "10 mail.mx.example.",
    ("null.example", "MX"): "0 .",
    ("host.example", "A"): "192.0.2.1",
    ("six.example", "AAAA"): "2001:db8::1",
    ("nothing.example", "TXT"): '"here"',
}


class Zone:
    """What a resolver would answer."""

    def resolve(self, domain, kind, lifetime, raise_on_no_answer):
        assert not raise_on_no_answer
        if domain == "slow.example":
            raise dns.exception.Timeout
        if domain not in {name for name, _ in ZONE}:
            raise dns.resolver.NXDOMAIN
        name, written = dns.name.from_text(domain), RdataType.to_text(kind)
        question = dns.message.make_query(name, kind)
        answer = dns.message.make_response(question)
        if (domain, written) in ZONE:
            rows = dns.rrset.from_text(name, 60, "IN", written, ZONE[domain, written])
            answer.answer.append(rows)
        heard = dns.message.from_wire(answer.to_wire())
        return dns.resolver.Answer(name, kind, 1, heard)


@pytest.mark.parametrize(
    ("domain", "taken"),
    [
        ("mx.example", True),
        ("host.example", True),
        ("six.example", True),
        ("null.example", False),
        ("nothing.example", False),
        ("no-such.example", False),
        ("slow.example", True),
    ],
)
def test_a_domain_takes_mail_by_its_mx_or_its_address(domain, taken):
    assert takes_mail(domain, Zone()) is taken
