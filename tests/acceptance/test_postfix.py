"""A real Postfix on loopback: greylisting, 421, refusals before and after DATA, a server without
any extension, DSNs. Nobody is lost and nobody gets two. Needs root, postfix and ../shared."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cached_property
from pathlib import Path

import pytest
from decided import decided
from sending import message, send
from shared import shared

from benchmarks.room import DAY, RUN, Room, SameBody, settings
from digest.app import open_app
from digest.clock import FixedClock
from digest.model import DeliveryState, Mood, Selection, Subscriber
from digest.stages.render import checksum

pytestmark = [pytest.mark.slow, pytest.mark.shared]

NOW = datetime(2026, 9, 26, 6, tzinfo=UTC)
GREY = 1
"""Seconds."""


@dataclass(frozen=True)
class Lab:
    """A running Postfix; at `port` + 2 it offers no extension."""

    directory: Path
    port: int
    host: str = "127.0.0.1"

    def mails(self, mailbox):
        """What lies in a maildir."""
        return [path.read_bytes() for path in self.directory.glob(f"mail/{mailbox}/new/*")]

    def wait_for(self, mailbox, count=1, seconds=30):
        """What lies there, once there are so many."""
        end = time.monotonic() + seconds
        while len(found := self.mails(mailbox)) < count and time.monotonic() < end:
            time.sleep(0.1)
        return found

    @property
    def bare(self):
        return replace(self, port=self.port + 2)

    def dsns(self):
        """Recipient → what reports say of it: pairs of action and status (RFC 3464 §2.3)."""
        told = {}
        for content in self.mails("bounces"):
            for part in message_from_bytes(content, policy=default).walk():
                if part.get_content_type() == "message/delivery-status":
                    for block in part.get_payload()[1:]:
                        recipient = str(block["Final-Recipient"]).partition(";")[2].strip()
                        action, status = str(block["Action"]), str(block["Status"])
                        told.setdefault(recipient, set()).add((action, status))
        return told


@pytest.fixture(scope="module")
def postfix():
    script = shared("judges/postfix-lab.sh")
    if os.geteuid() != 0 or shutil.which("postfix") is None:
        pytest.skip("needs root and postfix")
    directory = Path(tempfile.mkdtemp(prefix="lab-"))  # Postfix wants short paths, and to look in
    directory.chmod(0o755)
    port = _free_port()
    environ = {**os.environ, "LAB_PORT": str(port), "LAB_GREY": str(GREY)}
    done = subprocess.run(
        [script, "start", directory], env=environ, capture_output=True, text=True, check=False
    )
    try:
        if f"127.0.0.1:{port}" not in done.stdout:
            pytest.skip(f"the lab does not start: {done.stdout}{done.stderr}")
        yield Lab(directory, port)
    finally:
        subprocess.run([script, "stop", directory], env=environ, check=False)
        shutil.rmtree(directory, ignore_errors=True)


def _free_port():
    """A port that is free, as are the two after it."""
    for port in range(2_600, 4_000, 10):
        try:
            for offset in range(3):
                socket.create_server(("127.0.0.1", port + offset)).close()
        except OSError:
            continue
        return port
    raise RuntimeError("no free ports")


class Body(SameBody):
    """Mails whose bounces come back."""

    def message(self, address):
        mail = super().message(address)
        return mail._replace(reverse_path=f"bounces+{address.partition('@')[0]}@digest.example")


class LabRoom(Room):
    """The program, with such mails."""

    @cached_property
    def press(self):
        return Body(2_000)


@contextmanager
def room(home, lab, now):
    given = settings(home, lab.port, sessions=4, processes=1)
    given = replace(given, delivery=replace(given.delivery, retry_after=None))
    with open_app(given, FixedClock(now), lambda _: None, kind=LabRoom) as app:
        yield app


def invite(home, lab, addresses):
    home.mkdir()
    with room(home, lab, NOW) as app:
        app.subscribers.put((Subscriber(address) for address in addresses), NOW)
        for address in addresses:
            quiet = Selection(address, DAY, (), Mood.QUIET, 0, NOW)
            app.selections.put(decided(quiet), DAY, NOW)
        app.selections.prove({a: checksum(app.press.message(a)) for a in addresses}, DAY)


def run(home, lab, now):
    with room(home, lab, now) as app:
        app.nightly(RUN, collect=False)
        return {delivery.address: delivery for delivery in app.ledger.deliveries(DAY)}


GOOD = [f"r{n:02}@reader.example" for n in range(40)]
GREYLISTED = [f"g{n}@grey.example" for n in range(10)]
RELAYED = ["ok1@remote.example", "ok2@remote.example"]
BOUNCING = {
    "nobody@bounce.example": "5.1.1",
    "unknown7@remote.example": "5.1.1",
    "full7@remote.example": "5.2.2",
    "spam7@remote.example": "5.7.1",
}
DELAYED = "late@delay.example"
REFUSED = {
    "unknown1@reader.example": "5.1.1",
    "full1@reader.example": "5.2.2",
    "spam1@reader.example": "5.7.1",
    "blocked1@reader.example": "5.7.26",
    "disabled1@reader.example": "5.2.1",
    "moved1@reader.example": "5.1.6",
}
NOT_NOW = {
    "tempfail1@reader.example": "451 4.3.0",
    "overquota1@reader.example": "452 4.2.2",
    "ratelimit1@reader.example": "421 4.7.0",
}


def test_a_whole_edition_nobody_is_lost_and_nobody_gets_two(postfix, tmp_path):
    home = tmp_path / "home"
    accepted = [*GOOD, *GREYLISTED, *RELAYED, *BOUNCING, DELAYED]
    invite(home, postfix, [*accepted, *REFUSED, *NOT_NOW])
    first = run(home, postfix, NOW)
    assert {first[address].state for address in GREYLISTED} == {DeliveryState.DEFERRED}
    assert "4.2.0" in first[GREYLISTED[0]].reply
    # Who is refused for spam or lacking authentication halts its provider for half an hour.
    assert first["r39@reader.example"].reply.startswith("held back, reader.example answered: 55")
    for hour in range(1, 8):
        time.sleep(GREY + 0.2 if hour == 1 else 0)
        rows = run(home, postfix, NOW + timedelta(hours=hour))
    assert {address for address, row in rows.items() if row.state == "accepted"} == set(accepted)
    for address, status in REFUSED.items():
        assert rows[address].state == "rejected"
        assert rows[address].attempts <= 4  # once offered; held back before
        assert status in rows[address].reply
    for address, status in NOT_NOW.items():
        assert rows[address].state == "deferred"
        assert status in rows[address].reply

    for address in [*GOOD, *GREYLISTED, *RELAYED]:
        [mail] = postfix.wait_for(address.partition("@")[0])
        assert f"To: <{address}>".encode() in mail
    end = time.monotonic() + 40
    while len(postfix.dsns()) < 5 and time.monotonic() < end:
        time.sleep(0.2)
    told = postfix.dsns()
    assert {a: ("failed", s) in told.get(a, ()) for a, s in BOUNCING.items()} == dict.fromkeys(
        BOUNCING, True
    )
    assert "delayed" in {action for action, _ in told[DELAYED]}
    assert set(told) == {*BOUNCING, DELAYED}
    assert _accepted_by(postfix) == Counter(accepted)


def _accepted_by(lab):
    """Recipient → how many of our mails Postfix took for it, by its own log."""
    log = (lab.directory / "main" / "log").read_text()
    taken = {  # queue id → recipients of mails that came by SMTP
        line.partition(": client=")[0].rpartition(" ")[2]
        for line in log.splitlines()
        if "/smtpd[" in line and ": client=" in line
    }
    found = Counter()
    for queue_id in taken:
        to = {
            line.partition("to=<")[2].partition(">")[0]
            for line in log.splitlines()
            if f" {queue_id}: to=<" in line
        }
        found.update(to)
    return found


def test_a_refusal_after_data_halts_its_provider_alone(postfix):
    content = b"Subject: X-REFUSE-DATA\r\n\r\nA line.\r\n"
    mails = [
        message("refused@reader.example", content),
        message("kin@reader.example"),
        message("other@grey.example"),
    ]
    sent = send(postfix, mails)
    assert sent.of("refused@reader.example").state == "rejected"
    assert "5.7.1 Content refused" in sent.of("refused@reader.example").reply
    assert sent.of("refused@reader.example").alert
    assert sent.of("kin@reader.example").held
    assert not sent.of("other@grey.example").held
    assert postfix.mails("refused") == []


def test_421_drops_the_connection_and_the_others_go_on_with_another(postfix):
    mails = [message(f"{name}@reader.example") for name in ("ratelimit9", "after1", "after2")]
    sent = send(postfix, mails)
    assert sent.states == {"r": "deferred", "a": "accepted"}
    assert len(postfix.wait_for("after1")) == len(postfix.wait_for("after2")) == 1


@pytest.mark.parametrize(("bare", "words"), [(False, "the server takes"), (True, "552 5.3.4")])
def test_a_mail_that_is_too_large_is_our_bug_and_said(postfix, bare, words):
    big = b"Subject: x\r\n\r\n" + b"a line of a large mail\r\n" * 60_000
    sent = send(postfix.bare if bare else postfix, [message("big@reader.example", big)])
    assert sent.of("big@reader.example").state == "rejected"
    assert words in sent.of("big@reader.example").reply
    assert sent.of("big@reader.example").alert
    assert postfix.mails("big") == []


def test_a_server_without_extensions_takes_plain_mail_and_is_offered_no_other(postfix):
    mails = [
        message("plain@reader.example"),
        message("eight@reader.example", "Subject: x\r\n\r\nÄ\r\n".encode()),
        message("dots@reader.example", b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n"),
    ]
    sent = send(postfix.bare, mails, sessions=2)
    assert sent.of("plain@reader.example").state == "accepted"
    assert sent.of("eight@reader.example").state == "rejected"
    assert "8BITMIME" in sent.of("eight@reader.example").reply
    [mail] = postfix.wait_for("dots")
    assert mail.endswith(b"\n\n.\n..\n.x\n")
    assert len(postfix.wait_for("plain")) == 1
    assert postfix.mails("eight") == []
