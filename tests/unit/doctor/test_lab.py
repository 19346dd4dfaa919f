"""The preflight against a DNS server, an SMTP server and a web site on loopback."""

import base64
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from certificates import ca_file, server_context
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dns_server import SILENCE, DnsServer
from smtp_server import ScriptedServer
from web_server import Site

from digest.app import open_app
from digest.app.preflight import Preflight
from digest.clock import FixedClock, SystemClock
from digest.config import Outbox, OutboxKind, Settings
from digest.config.sections import SourcesSettings, WebSettings
from digest.doctor import Verdict
from digest.doctor.settings import DoctorSettings
from digest.mail.dkim import DkimKey, made_key, private_key
from digest.mail.identity import MailSettings
from digest.model.due import newest_day
from digest.observe import fan_out
from digest.sources.fetch import FetchSettings
from digest.sources.huggingface import HuggingFaceSettings
from digest.sources.replay import Replay
from digest.sources.sample import sample
from digest.transport.settings import SmtpSettings

PASS, WARN, FAIL, SKIP = Verdict
ADDRESS = "192.0.2.25"
POINTER = ("25.2.0.192.in-addr.arpa", "PTR")


@cache
def key(bits=2048):
    """The public key that a record of so many bits publishes."""
    public = generate_private_key(65537, bits).public_key()
    octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(octets).decode()


def good_zone():
    return {
        ("news.example.org", "TXT"): [f"v=spf1 ip4:{ADDRESS} -all", "site-verification=x"],
        ("news.example.org", "MX"): ["10 mail.example.org."],
        ("mail.example.org", "A"): [ADDRESS],
        ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none; rua=mailto:dmarc@example.org"],
        ("r1._domainkey.news.example.org", "TXT"): [f"v=DKIM1; k=rsa; p={key()}"],
        POINTER: ["mail.example.org."],
    }


@dataclass
class Lab:
    """A world in order, to be put out of it before it is examined."""

    app: object
    directory: object
    zone: dict
    doctor: dict
    mail: dict
    smtp: dict
    relay: dict
    site: dict
    clock: datetime
    keys: tuple = ()
    web: str = ""
    source: str = ""

    def examine(self, *, mail=False):
        """The checks, by name; `mail`: only those of mail."""
        with ExitStack() as stack:
            enter = stack.enter_context
            dns = enter(DnsServer(self.zone))
            relay = enter(ScriptedServer(**self.relay))
            site = Site(**self.site) if mail else enter(Site(**self.site))
            newest = newest_day(self.clock, fresh=False)
            hub = self.source if mail else enter(Replay({newest: sample()})).url
            base = self.web or getattr(site, "url", "https://localhost")
            settings = self.settings(dns.nameserver, relay.port, base, hub)
            app = replace(self.app, settings=settings, clock=FixedClock(self.clock))
            app.dkim_keys = self.keys
            preflight = Preflight(app, app.sources(["huggingface"]))
            checks = list(preflight.mail() if mail else preflight.checks())
            self.heard = site.heard
            self.lines = list(relay.lines)
        first = {check.name.partition(":")[0]: check for check in reversed(checks)}
        return first | {check.name: check for check in checks}

    def settings(self, nameserver, port, base_url, hub):
        smtp = {"host": "localhost", "port": port, "ca_file": ca_file(self.directory)}
        doctor = {"nameserver": nameserver, "addresses": (ADDRESS,), "selector": "r1", "timeout": 2}
        fetch = FetchSettings(attempts=1)
        source = HuggingFaceSettings(self.source or hub)
        return replace(
            self.app.settings,
            outbox=Outbox(OutboxKind.SMTP),
            smtp=SmtpSettings(**(smtp | self.smtp)),
            mail=MailSettings(**({"from_": "Papers <papers@news.example.org>"} | self.mail)),
            web=WebSettings(base_url=base_url),
            doctor=DoctorSettings(**(doctor | self.doctor)),
            sources=SourcesSettings(fetch=fetch, huggingface=source),
        )


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    with open_app(settings, SystemClock(), fan_out(())) as opened:
        yield opened


@pytest.fixture
def lab(app, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file(tmp_path))
    now = SystemClock().now()
    relay = {"tls": server_context(days=90)}
    site = {"tls": server_context()}
    return Lab(app, tmp_path, good_zone(), {}, {}, {}, relay, site, now)


def test_a_world_in_order_is_green(lab):
    found = lab.examine()
    ended = {name: check.verdict for name, check in found.items() if ":" not in name}
    del ended["templates"]  # `digest lint` has tests of its own
    assert set(ended.values()) == {PASS}, [c for c in found.values() if c.verdict is not PASS]
    assert set(ended) == {
        *("relay", "spf", "dkim", "dmarc", "alignment", "ptr", "mx", "one-click"),
        *("clock", "disk", "schema", "queue"),
        "sources",
    }
    assert not any(check.add for check in found.values())


def test_nothing_is_sent_and_nobody_is_unsubscribed(lab):
    lab.examine()
    assert not any(line.startswith(("MAIL", "RCPT", "DATA")) for line in lab.lines)
    [get, first, second] = lab.heard
    assert (get[0], first[0], second[0]) == ("GET", "POST", "POST")
    assert first == second
    assert first[2] == b"List-Unsubscribe=One-Click"
    assert first[1].startswith("/unsubscribe/")


def zone(**records):
    """Changes to the zone: `spf="…"`, `mx=[…]`; None takes a record away."""
    names = {
        "spf": ("news.example.org", "TXT"),
        "mx": ("news.example.org", "MX"),
        "host": ("mail.example.org", "A"),
        "dmarc": ("_dmarc.example.org", "TXT"),
        "own_dmarc": ("_dmarc.news.example.org", "TXT"),
        "dkim": ("r1._domainkey.news.example.org", "TXT"),
        "ptr": POINTER,
    }
    changed = {names[name]: value for name, value in records.items()}
    return lambda lab: lab.zone.update(changed)


def changes(part, **values):
    return lambda lab: getattr(lab, part).update(values)


def of(name, value):
    return lambda lab: setattr(lab, name, value)


def many(*steps):
    return lambda lab: [step(lab) for step in steps]


def later(make):
    """A change that is made when it is needed: keys and certificates cost time."""

    def change(lab):
        make()(lab)

    return change


def chain(number):
    """An SPF record that includes so many others, one below the other."""
    records = {("news.example.org", "TXT"): [f"v=spf1 include:i0.example.org ip4:{ADDRESS} -all"]}
    for n in range(number):
        more = f" include:i{n + 1}.example.org" if n + 1 < number else ""
        records[f"i{n}.example.org", "TXT"] = [f"v=spf1{more} ip4:198.51.100.{n} -all"]
    return lambda lab: lab.zone.update(records)


HOUSE = {"one-click", "clock", "sources"}
CASES = {
    "no SPF record": (zone(spf=["x"]), "spf", FAIL, "no SPF record"),
    "two SPF records": (zone(spf=["v=spf1 -all", "v=spf1 mx -all"]), "spf", FAIL, "2 SPF records"),
    "SPF without our address": (zone(spf=["v=spf1 ip4:198.51.100.9 -all"]), "spf", FAIL, "fail"),
    "SPF that cannot be read": (zone(spf=["v=spf1 ipv4:1.2.3.4 -all"]),
        "spf", FAIL, "no mechanism"),
    "SPF for everybody": (zone(spf=["v=spf1 +all"]), "spf", FAIL, "anybody may send"),
    "SPF with eleven look-ups": (chain(11), "spf", FAIL, "11 DNS look-ups"),
    "SPF through a dead include": (
        zone(spf=["v=spf1 include:gone.example.org -all"]), "spf", FAIL, "leads to no SPF record"),
    "no DKIM key": (zone(dkim=[]), "dkim", FAIL, "no key record"),
    "a revoked DKIM key": (zone(dkim=["v=DKIM1; k=rsa; p="]), "dkim", FAIL, "revoked"),
    "a broken DKIM key": (zone(dkim=["v=DKIM1; k=rsa; p=AAAA"]), "dkim", FAIL, "is no rsa key"),
    "a DKIM key of 1024 bits": (
        later(lambda: zone(dkim=[f"v=DKIM1; p={key(1024)}"])), "dkim", WARN, "1024 bits"),
    "a DKIM key on trial": (
        later(lambda: zone(dkim=[f"v=DKIM1; t=y; p={key()}"])), "dkim", WARN, "t=y"),
    "nobody signs": (changes("doctor", selector=""), "dkim", WARN, "we sign nothing"),
    "no DMARC record": (zone(dmarc=[]), "dmarc", FAIL, "no DMARC record"),
    "two DMARC records": (
        zone(own_dmarc=["v=DMARC1; p=none", "v=DMARC1; p=reject"]), "dmarc", FAIL, "several"),
    "DMARC without policy": (zone(dmarc=["v=DMARC1; p=all"]), "dmarc", FAIL, "p=all"),
    "DMARC with pct": (
        zone(dmarc=["v=DMARC1; p=none; pct=50; rua=mailto:a@example.org"]), "dmarc", WARN, "pct"),
    "DMARC without reports": (zone(dmarc=["v=DMARC1; p=none"]), "dmarc", WARN, "rua"),
    "reports to strangers": (
        zone(dmarc=["v=DMARC1; p=none; rua=mailto:a@reports.example.net"]), "dmarc", WARN,
        "has to say that it takes reports"),
    "bounces elsewhere": (
        many(changes("mail", bounce_domain="bounces.example.net"), changes("doctor", selector="")),
        "alignment", FAIL, "neither SPF"),
    "strict alignment of another domain": (
        many(changes("mail", bounce_domain="bounces.example.org"),
             changes("doctor", selector=""),
             zone(dmarc=["v=DMARC1; p=none; aspf=s; rua=mailto:a@example.org"]),
             lambda lab: lab.zone.update(
                 {("bounces.example.org", "TXT"): [f"v=spf1 ip4:{ADDRESS} -all"]})),
        "alignment", FAIL, "aspf = s"),
    "no name for the address": (zone(ptr=[]), "ptr", FAIL, "has no name"),
    "a name that leads elsewhere": (zone(ptr=["other.example.org."]), "ptr", FAIL, "elsewhere"),
    "a name like a home's": (
        many(zone(ptr=["192-0-2-25.dsl.example.org."]),
             lambda lab: lab.zone.update({("192-0-2-25.dsl.example.org", "A"): [ADDRESS]})),
        "ptr", WARN, "dsl"),
    "no MX and no address": (zone(mx=[]), "mx:reply", FAIL, "neither MX nor address"),
    "a null MX": (zone(mx=["0 ."]), "mx:reply", FAIL, "takes no mail"),
    "an MX without address": (zone(mx=["10 gone.example.org."]), "mx:reply", FAIL, "no address"),
    "an MX that is an alias": (
        many(zone(mx=["10 alias.example.org."]),
             lambda lab: lab.zone.update({("alias.example.org", "CNAME"): ["mail.example.org."]})),
        "mx:reply", WARN, "alias"),
    "bounces to nowhere": (
        changes("mail", bounce_domain="b.news.example.org"), "mx:bounce", FAIL, "neither MX"),
    "DNS that does not answer": (
        zone(spf=SILENCE, dmarc=None), "spf", FAIL, "no answer in time"),
    "DNS that fails": (zone(own_dmarc=None), "dmarc", FAIL, "refuse"),
    "no relay": (changes("smtp", port=9), "relay", FAIL, "no connection"),
    "a relay without STARTTLS": (changes("relay", starttls=False), "relay", FAIL, "no STARTTLS"),
    "a certificate of another host": (
        later(lambda: changes("relay", tls=server_context(host="other.example"))),
        "relay", FAIL, "cannot be trusted"),
    "a certificate that has ended": (
        later(lambda: changes("relay", tls=server_context(expired=True))),
        "relay", FAIL, "expired"),
    "a certificate that ends tomorrow": (
        later(lambda: changes("relay", tls=server_context(days=1.5))),
        "relay", FAIL, "1 more days"),
    "a certificate that ends in two weeks": (
        later(lambda: changes("relay", tls=server_context(days=14.5))),
        "relay", WARN, "14 more days"),
    "a wrong password": (
        many(changes("relay", auth={"ann": "right"}),
             changes("smtp", username="ann", password="wrong")),
        "relay", FAIL, "does not accept"),
    "web pages over http": (of("web", "http://news.example.org"), "one-click", FAIL, "not https"),
    "no web pages": (of("web", "https://localhost:9"), "one-click", FAIL, "GET"),
    "web pages of a strange certificate": (
        later(lambda: changes("site", tls=server_context(ca="stranger"))),
        "one-click", FAIL, "cannot be trusted"),
    "one-click that wants a login": (changes("site", posts=(302,)), "one-click", FAIL, "sent on"),
    "one-click that works once": (
        changes("site", posts=(200, 404)), "one-click", FAIL, "POST again: answered 404"),
    "a clock that is wrong": (
        lambda lab: setattr(lab, "clock", lab.clock + timedelta(minutes=20)),
        "clock", FAIL, "ahead of"),
    "a source that is down": (
        of("source", "http://127.0.0.1:9"), "sources", FAIL, "huggingface"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_misconfiguration_gets_the_right_verdict(lab, case):
    change, name, verdict, words = CASES[case]
    change(lab)
    found = lab.examine(mail=name not in HOUSE)[name]
    assert found.verdict is verdict, found
    assert words in f"{found.found} {found.wanted}", found
    assert found.wanted


@pytest.mark.parametrize("rsa", [True, False])
def test_a_probe_is_signed_and_verified_against_what_is_published(lab, rsa):
    ours = DkimKey("own", "news.example.org", private_key(made_key(rsa=rsa)))
    where = ("own._domainkey.news.example.org", "TXT")
    lab.keys, lab.zone[where] = (ours,), [ours.record]
    lab.doctor["selector"] = ""
    found = lab.examine(mail=True)
    assert found["dkim:own"].verdict is PASS
    assert "DKIM (own)" in found["alignment"].found
    other = DkimKey("own", "news.example.org", private_key(made_key(rsa=rsa)))
    lab.zone[where] = [other.record]
    found = lab.examine(mail=True)["dkim:own"]
    assert found.verdict is FAIL
    assert "not the one that signed" in found.found
    assert found.add == (ours.zone_line,)


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("no SPF record", f'news.example.org. 3600 IN TXT "v=spf1 ip4:{ADDRESS} -all"'),
        (
            "SPF without our address",
            f'news.example.org. 3600 IN TXT "v=spf1 ip4:{ADDRESS} ip4:198.51.100.9 -all"',
        ),
        (
            "no DMARC record",
            '_dmarc.news.example.org. 3600 IN TXT "v=DMARC1; p=none; '
            'rua=mailto:papers@news.example.org"',
        ),
        (
            "DMARC with pct",
            '_dmarc.example.org. 3600 IN TXT "v=DMARC1; p=none; rua=mailto:a@example.org"',
        ),
        ("no name for the address", "25.2.0.192.in-addr.arpa. 3600 IN PTR mail.example.org."),
        ("no MX and no address", "news.example.org. 3600 IN MX 10 mail.news.example.org."),
    ],
)
def test_the_line_to_add_mends_it(lab, case, line):
    change, name, _, _ = CASES[case]
    change(lab)
    assert line in lab.examine(mail=True)[name].add
