"""Keys made by the command sign what a run sends; the log tells of it, one line an event."""

import json
import re
import stat

import dkim
import pytest

from digest.sources.sample import DAY

READERS = ["one@inbox.example", "two@inbox.example"]


@pytest.fixture
def signing(installation):
    """With a key of each kind, made by the command, and what DNS would say."""
    lines = []
    for selector, kind in (("r1", "rsa"), ("e1", "ed25519")):
        made = installation("dkim", "keygen", "--selector", selector, "--type", kind)
        assert made.status == 0, made.err
        lines.append(made.out.splitlines()[-1])
    for address in READERS:
        assert installation("subscribers", "add", address, "--topic", "diffusion").status == 0
    installation.environment["DIGEST__DKIM__SELECTOR"] = "r1; e1"
    installation.environment["DIGEST__DKIM__KEY"] = "var/dkim/r1.pem; var/dkim/e1.pem"
    return installation, lines


def published(lines):
    zone = {}
    for line in lines:
        name, _, rest = line.partition(". 3600 IN TXT (")
        zone[f"{name}.".encode()] = "".join(re.findall(r'"([^"]*)"', rest)).encode()
    return lambda name, timeout=5: zone.get(name)


def test_what_is_sent_is_signed_by_each_key(signing, relay):
    installation, lines = signing
    for file in (installation.directory / "var/dkim").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = installation("--log-format", "json", "run", "--day", str(DAY))
    assert said.status == 0, said.err
    contents = [content for mails in relay.accepted.values() for content in mails]
    assert len(contents) == len(READERS)
    for content in contents:
        mail = dkim.DKIM(content)
        assert content.count(b"DKIM-Signature:") == 2
        assert all(mail.verify(idx=place, dnsfunc=published(lines)) for place in range(2))
    events = [json.loads(line) for line in said.err.splitlines() if line.startswith("{")]
    ended = [e for e in events if (e["event"], e.get("stage")) == ("finished", "send")]
    assert [event["accepted"] for event in ended] == [2]
    assert not [line for line in said.err.splitlines()[:-1] if "@inbox.example" in line]


def test_a_key_is_never_replaced_and_must_be_private(signing):
    installation, lines = signing
    again = installation("dkim", "keygen", "--selector", "r1")
    assert (again.status, "never replaced" in again.last) == (2, True)
    assert installation("dkim", "records").out.splitlines() == lines
    (installation.directory / "var/dkim/r1.pem").chmod(0o644)
    said = installation("run", "--day", str(DAY))
    assert said.status == 2
    assert "chmod 600" in said.last
    installation.environment["DIGEST__DKIM__SELECTOR"] = "r1"
    said = installation("dkim", "records")
    assert (said.status, "2 for 1 selectors" in said.last) == (2, True)
