"""Who operates a mailbox: by its domain, and by its MX where DNS is asked (of a server of ours)."""

import asyncio
import socket
import threading
import time

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from sending import message, messages, send
from smtp_server import ScriptedServer

from digest.mail.operators import OPERATORS, canonical, of_domain, of_exchange
from digest.transport.mx import MxLookUp
from digest.transport.providers import GIVE_UP, Providers

ZONE = {
    "lab.example": ["10 aspmx.l.google.com.", "20 alt1.aspmx.l.google.com."],
    "firm.example": ["0 firm-example.mail.protection.outlook.com."],
    "own.example": ["10 mx.own.example."],
    "none.example": ["0 ."],
}


class DnsServer:
    """A DNS server on loopback that knows a zone of MX records, or keeps silent."""

    def __init__(self, zone, silent=False):
        self.zone, self.silent, self.asked = zone, silent, []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self):
        while True:
            wire, client = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            name = query.question[0].name
            domain = name.to_text(omit_final_dot=True)
            self.asked.append(domain)
            if self.silent:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if domain in self.zone:
                answer.answer.append(dns.rrset.from_text(name, 600, "IN", "MX", *self.zone[domain]))
            else:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self._socket.sendto(answer.to_wire(), client)

    def look_up(self):
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.port
        return MxLookUp(resolver)


@pytest.mark.parametrize(
    ("host", "operator"),
    [
        ("aspmx.l.google.com.", "google"),
        ("GMAIL-SMTP-IN.L.GOOGLE.COM", "google"),
        ("firm.mail.protection.outlook.com", "outlook"),
        ("mta7.am0.yahoodns.net", "yahoo"),
        ("mx01.mail.icloud.com", "icloud"),
        ("mx.notgoogle.com", None),
        ("google.com.evil.example", None),
        ("", None),
    ],
)
def test_operators_by_their_mx_hosts(host, operator):
    assert of_exchange(host) == operator


def test_operators_by_their_own_domains():
    assert of_domain("gmail.com") == of_domain("googlemail.com") == "google"
    assert of_domain("x.example") is None
    assert canonical("Gmail.com") == "google"
    assert canonical("google") == "google"
    assert canonical("X.example.") == "x.example"


def test_no_domain_or_end_of_a_name_has_two_operators():
    for column in range(2):
        names = [name for operator in OPERATORS.values() for name in operator[column]]
        assert len(names) == len(set(names))
        assert all(name == name.lower() for name in names)


def ask(server, *domains):
    async def all_of_them():
        look_up = server.look_up()
        return [await look_up(domain) for domain in domains]

    return asyncio.run(all_of_them())  # noqa: TID251 - a test's own


def test_dns_tells_the_operator_and_that_there_is_none():
    with DnsServer(ZONE) as server:
        found = ask(server, *ZONE, "absent.example")
    providers = [exchanger.provider for exchanger in found]
    assert providers == ["google", "outlook", "own.example", None, "absent.example"]
    assert found[0].ttl == 600


def test_dns_that_keeps_silent_is_no_answer(monkeypatch):
    monkeypatch.setattr("digest.transport.mx.TIMEOUT", 0.2)
    with DnsServer(ZONE, silent=True) as server:
        assert ask(server, "lab.example") == [None]


def test_what_one_operator_says_holds_for_all_its_domains():
    readers = [message(a) for a in ("a@gmail.com", "b@lab.example", "c@own.example")]
    with DnsServer(ZONE) as names, ScriptedServer() as server:
        server.on_rcpt("a@gmail.com", "421 4.7.28 unusual rate")
        sent = send(server, readers, steering={"providers": Providers(names.look_up())})
    assert sent.of("b@lab.example").state == "deferred"
    assert sent.of("b@lab.example").reply.startswith("held back, google answered: 421")
    assert sent.of("b@lab.example").held
    assert sent.of("c@own.example").state == "accepted"


def test_a_null_mx_is_skipped_with_the_reason_and_never_offered():
    with DnsServer(ZONE) as names, ScriptedServer() as server:
        steering = {"providers": Providers(names.look_up())}
        sent = send(
            server,
            [message("a@none.example"), message("b@own.example")],
            2,
            steering=steering,
        )
    assert sent.of("a@none.example").state == "skipped"
    assert sent.of("a@none.example").reply == (
        "not sent: none.example takes no mail, says its null MX (RFC 7505)"
    )
    assert list(server.accepted) == ["b@own.example"]


def test_each_domain_is_asked_about_once_and_everyone_gets_their_mail():
    readers = [message(f"r{n}@d{n % 7}.example") for n in range(400)]
    with DnsServer({}) as names, ScriptedServer() as server:
        sent = send(server, readers, 4, steering={"providers": Providers(names.look_up())})
    assert sorted(names.asked) == [f"d{n}.example" for n in range(7)]
    assert len(sent.outcomes) == server.count == 400


def test_dns_out_of_reach_never_keeps_a_run_waiting_for_long(monkeypatch):
    monkeypatch.setattr("digest.transport.mx.TIMEOUT", 0.2)
    readers = [message(f"r{n}@d{n}.example") for n in range(100)]
    with DnsServer({}, silent=True) as names, ScriptedServer() as server:
        providers = Providers(names.look_up())
        start = time.monotonic()
        send(server, readers, 4, steering={"providers": providers})
        assert time.monotonic() - start < 3
    assert server.count == 100
    assert providers.idle  # after GIVE_UP questions it is asked no more
    assert len(set(names.asked)) < 100
    assert GIVE_UP < 100


def test_without_dns_a_domain_is_its_own_provider():
    with ScriptedServer() as server:
        send(server, messages("ab"))
    assert Providers().of("X.Example", 0.0) == "x.example"
    assert server.count == 2
