"""Whether our hosts have the names that they say they have, and take the mail that comes back."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from digest.doctor.check import Check, failed, passed, skipped, warned
from digest.doctor.records import Ask, addresses, line


def check_ptr(ask: Ask, sending: Sequence[str]) -> Iterator[Check]:
    """Whether each address has a name that leads back to it (RFC 8499 §2: FCrDNS)."""
    public = [each for each in sending if not ip_address(each).is_loopback]
    if not public:
        yield skipped("ptr", "nobody knows where our mail leaves from: say it in doctor.addresses")
    for address in public:
        yield _named(ask, address)


def _named(ask: Ask, address: str) -> Check:
    name, pointer = f"ptr:{address}", ip_address(address).reverse_pointer
    answer = ask(pointer, "PTR")
    wanted = "a name of ours, set by whoever the address is rented from"
    example = line(pointer, "PTR", "mail.example.org.")
    if answer.failed:
        return failed(name, f"no answer about {pointer}: {answer.problem}", "a DNS that answers")
    if not answer.records:
        return failed(name, f"{address} has no name", wanted, example)
    hosts = [record.rstrip(".") for record in answer.records]
    back = [host for host in hosts if address in addresses(ask, host)]
    if not back:
        kind = "AAAA" if ":" in address else "A"
        found = f"{address} is called {', '.join(hosts)}, which leads elsewhere"
        return failed(name, found, "a name that leads back", line(hosts[0], kind, address))
    if _generic(back[0], address):
        return warned(name, f"{address} is called {back[0]}", f"{wanted}; this looks like a home's")
    return passed(name, f"{address} is {back[0]}, and {back[0]} is {address}")


def _generic(host: str, address: str) -> bool:
    """Whether a name only spells the address, as those of dial-up lines do."""
    if ":" in address:
        return False
    numbers = re.findall(r"\d+", host)
    return sum(part in numbers for part in address.split(".")) >= 3


def check_mx(ask: Ask, domain: str, what: str) -> Check:
    """Whether mail to a domain of ours is taken by somebody (RFC 5321 §5.1)."""
    name, answer = f"mx:{what}", ask(domain, "MX")
    wanted = f"a host that takes the mail of {domain}"
    example = line(domain, "MX", f"10 mail.{domain}.")
    if answer.failed:
        return failed(name, f"no answer about {domain}: {answer.problem}", "a DNS that answers")
    hosts = [record.split()[-1].rstrip(".") for record in answer.records]
    if hosts == [""]:
        return failed(name, f"{domain} says that it takes no mail (RFC 7505)", wanted, example)
    if not hosts:
        if addresses(ask, domain):
            found = f"{domain} has no MX record; its own address is tried (RFC 5321 §5.1)"
            return warned(name, found, "an MX record: some senders want one", example)
        return failed(
            name, f"{domain} has neither MX nor address: answers are lost", wanted, example
        )
    return _exchanges(ask, name, domain, hosts)


def _exchanges(ask: Ask, name: str, domain: str, hosts: Sequence[str]) -> Check:
    literal = [host for host in hosts if re.fullmatch(r"[\d.]+|.*:.*", host)]
    if literal:
        found = f"the MX of {domain} is {literal[0]}, an address"
        return failed(name, found, "the name of a host (RFC 1035 §3.3.9)")
    dead = [host for host in hosts if not addresses(ask, host)]
    if len(dead) == len(hosts):
        found = f"{', '.join(dead)}, the MX of {domain}, has no address"
        return failed(name, found, "an address", line(dead[0], "A", "192.0.2.1"))
    if aliases := [host for host in hosts if ask(host, "CNAME").records]:
        found = f"{aliases[0]}, the MX of {domain}, is an alias"
        return warned(name, found, "a name with an address of its own (RFC 2181 §10.3)")
    if dead:
        return warned(name, f"{', '.join(dead)} has no address", "an address, or no MX record")
    return passed(name, f"{domain}: {', '.join(hosts)}")
