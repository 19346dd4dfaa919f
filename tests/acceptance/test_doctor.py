"""`digest doctor`, `status` and `why-no-mail` as an operator calls them."""

import json

import pytest
from certificates import ca_file, server_context
from commands import Installation
from dns_server import DnsServer
from smtp_server import ScriptedServer
from web_server import Site

from digest.clock import SystemClock
from digest.model.due import newest_day
from digest.sources.replay import Replay
from digest.sources.sample import sample

ADDRESS = "192.0.2.25"
ZONE = {
    ("example.org", "TXT"): [f"v=spf1 ip4:{ADDRESS} -all"],
    ("example.org", "MX"): ["10 mail.example.org."],
    ("mail.example.org", "A"): [ADDRESS],
    ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none; rua=mailto:dmarc@example.org"],
    ("25.2.0.192.in-addr.arpa", "PTR"): ["mail.example.org."],
}


@pytest.fixture
def dns():
    with DnsServer(ZONE) as server:
        yield server


@pytest.fixture
def lab(tmp_path, dns):
    day = newest_day(SystemClock().now(), fresh=False)
    with (
        ScriptedServer(tls=server_context(days=90)) as relay,
        Site(server_context()) as site,
        Replay({day: sample().replace(b"2026-06-30", str(day).encode())}) as hub,
    ):
        yield Installation(
            tmp_path,
            {
                "DIGEST__OUTBOX": "smtp",
                "DIGEST__SMTP__HOST": "localhost",
                "DIGEST__SMTP__PORT": str(relay.port),
                "DIGEST__SMTP__CA_FILE": ca_file(tmp_path),
                "DIGEST__MAIL__FROM": "Papers <papers@example.org>",
                "DIGEST__WEB__BASE_URL": site.url,
                "DIGEST__DOCTOR__NAMESERVER": dns.nameserver,
                "DIGEST__DOCTOR__ADDRESSES": ADDRESS,
                "DIGEST__SOURCES__HUGGINGFACE__URL": hub.url,
                "REQUESTS_CA_BUNDLE": ca_file(tmp_path),
            },
        )


def test_a_world_in_order_exits_with_0(lab):
    said = lab("doctor", "--json")
    assert all(set(row) == {"check", "verdict", "found", "wanted", "add"} for row in said.records)
    verdicts = {row["check"].partition(":")[0]: row["verdict"] for row in said.records}
    assert verdicts["spf"] == verdicts["dmarc"] == verdicts["one-click"] == "pass"
    assert verdicts["dkim"] == "warn"
    assert said.status == 0, [row for row in said.records if row["verdict"] == "fail"]
    assert "1 warn" in said.last


def test_what_is_wrong_is_said_with_the_line_that_mends_it(lab, dns):
    dns.zone["example.org", "TXT"] = []
    said = lab("doctor")
    assert said.status == 1
    assert "fail  spf: example.org has no SPF record" in said.out
    assert f'\nexample.org. 3600 IN TXT "v=spf1 ip4:{ADDRESS} -all"\n' in said.out
    assert "pass, 1 warn, 2 fail" in said.last


def test_an_outbox_on_this_machine_needs_no_dns(lab, dns):
    said = lab("doctor", "--json", DIGEST__OUTBOX="maildir:{home}/outbox")
    assert said.status == 0, said.out
    assert [row["verdict"] for row in said.records if row["check"] == "relay"] == ["skip"]
    assert dns.asked == []


def test_a_name_server_or_address_that_is_none_is_misuse(lab):
    for name, value in (("nameserver", "resolver.example"), ("addresses", "mail.example.org")):
        said = lab("doctor", **{f"DIGEST__DOCTOR__{name.upper()}": value})
        assert said.status == 2
        assert f"doctor.{name}" in said.last


def test_an_old_schema_is_a_check_that_fails(lab):
    assert lab("status").status == 0
    import sqlite3

    with sqlite3.connect(lab.directory / "var/digest.db") as store:
        store.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '0007%'")
    store.close()
    said = lab("doctor", "--json")
    assert said.status == 1
    [row] = said.records
    assert row["check"] == "schema"
    assert "digest db migrate" in row["wanted"]


def test_status_and_why_no_mail(lab):
    assert lab("subscribers", "add", "ann@inbox.example", "--topic", "agents").status == 0
    told = lab("why-no-mail", "ann@inbox.example", "--json").records
    assert told[0]["reason"] == "no-papers"
    assert lab("run").status == 0
    told = lab("why-no-mail", "ANN@inbox.example")
    assert told.status == 0
    assert "accepted it at" in " ".join(told.out.split())
    assert max(map(len, told.out.splitlines())) <= 80
    records = lab("status", "--json").records
    [outline] = [row for row in records if "selected" in row]
    assert (outline["selected"], outline["last_run_status"]) == (1, 0)
    [source] = [row for row in records if row.get("source") == "huggingface"]
    assert source["verdict"] == "complete"
    assert {"state": "accepted", "deliveries": 1}.items() <= json.loads(
        next(line for line in lab("status", "--json").out.splitlines() if '"accepted"' in line)
    ).items()
    table = lab("status").out
    assert "1 readers have a choice" in table
    assert "with status 0" in table


def test_nobody_of_that_name_is_an_answer(lab):
    said = lab("why-no-mail", "zoe@inbox.example")
    assert said.status == 0
    assert "does not subscribe" in said.out
    assert lab("why-no-mail", "no address").status == 2
