"""Joining, commands, leaving and bouncing through a real Postfix and a real Dovecot, by every door.

Needs root, postfix, dovecot and ../shared.
"""

import smtplib
import socket
import subprocess
import sys
import time
from datetime import date
from email import message_from_bytes, policy

import pytest
from commands import ROOT, Installation
from mail_labs import running

from digest.app import open_app
from digest.clock import SystemClock
from digest.config import load
from digest.mail.tokens import Scope, Token
from digest.model import DeliveryState, Message, Outcome

pytestmark = [pytest.mark.slow, pytest.mark.shared]

ANN = "ann@reader.example"
DAY = date(2026, 8, 20)


@pytest.fixture(scope="module")
def labs():
    with running() as labs:
        yield labs


@pytest.fixture(scope="module")
def digest(labs, tmp_path_factory):
    home = tmp_path_factory.mktemp("digest")
    environment = {
        "DIGEST_HOME": str(home / "var"),
        "DIGEST__MAIL__FROM": "Paper Digest <join@digest.example>",
        "DIGEST__OUTBOX": "smtp",
        "DIGEST__SMTP__HOST": "127.0.0.1",
        "DIGEST__SMTP__PORT": str(labs.port),
        "DIGEST__SMTP__SECURITY": "none",
        "DIGEST__INBOUND__IMAP__HOST": "localhost",
        "DIGEST__INBOUND__IMAP__PORT": str(labs.port + 100),
        "DIGEST__INBOUND__IMAP__SECURITY": "starttls",
        "DIGEST__INBOUND__IMAP__USER": "commands",
        "DIGEST__INBOUND__IMAP__CA_FILE": str(labs.directory / "dovecot/cert.pem"),
        "DIGEST__INBOUND__IMAP__PASSWORD": "secret",
    }
    installation = Installation(home, environment)

    def pipe(envelope, octets):
        return subprocess.run(
            [sys.executable, "-m", "digest", "inbound", *envelope],
            cwd=home,
            env=installation._environ({}),
            input=octets,
            capture_output=True,
            timeout=60,
            check=False,
        ).returncode

    labs.command = pipe
    assert installation("suppressions", "list").status == 0
    return installation


def app(digest):
    settings = load(None, digest._environ({}), {}, digest.directory)
    return open_app(settings, SystemClock(), lambda _: None)


def parsed(octets):
    return message_from_bytes(octets, policy=policy.default)


def mail(sender, recipient, subject, body=""):
    return (
        f"From: {sender}\r\nTo: {recipient}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{time.time_ns()}@reader.example>\r\n\r\n{body}\r\n"
    )


def state(digest, address):
    return digest("subscribers", "show", address, "--json").records[0]["state"]


def test_join_by_pipe_confirm_by_maildir_command_by_imap_leave_by_mailto(labs, digest):
    labs.send(ANN, "join@digest.example", mail(ANN, "join@digest.example", "subscribe RL"))
    (letter,) = map(parsed, labs.wait_for("ann"))
    assert labs.wait_for_statuses(1) == [0]
    assert state(digest, ANN) == "pending"

    reply = str(letter["Reply-To"])
    labs.send(ANN, reply, mail(ANN, reply, f"Re: {letter['Subject']}"))
    assert len(labs.wait_for("confirm")) == 1
    assert digest("inbound", "--maildir", str(labs.box("confirm"))).out == "1 taken in\n"
    assert state(digest, ANN) == "active"
    welcome = parsed(labs.wait_for("ann", 2)[1])
    assert welcome["Auto-Submitted"] == "auto-replied"
    assert welcome["Return-Path"] == "<>"

    own = str(welcome["Reply-To"])
    assert own.startswith("commands+")
    labs.send(ANN, own, mail(ANN, own, "pause 2 weeks", "papers 5"))
    assert len(labs.wait_for("commands")) == 1
    said = digest("inbound", "--imap")
    assert (said.status, said.out) == (0, "1 taken in\n"), said.err
    assert digest("inbound", "--imap").out == "0 taken in\n"
    assert state(digest, ANN) == "paused"

    with app(digest) as parts:
        number = parts.subscribers.intern(ANN)
        token = parts.signer.sign(Token(Scope.UNSUBSCRIBE, number, DAY))
    labs.send(
        ANN,
        "unsubscribe@digest.example",
        mail(ANN, "unsubscribe@digest.example", f"unsubscribe-{token}"),
    )
    assert labs.wait_for_statuses(2) == [0, 0]
    assert state(digest, ANN) == "left"


def sent(digest, address):
    """An edition's mail, accepted by Postfix, with the tag of its reader and day."""
    digest("subscribers", "add", address)
    with app(digest) as parts:
        (claim,) = parts.ledger.claim([address], DAY, parts.clock.now(), 1)
        tag = parts.signer.tag(Token(Scope.BOUNCE, claim.reader, DAY))
        content = mail("join@digest.example", address, "7 papers", "papers").encode()
        path = f"bounces+{tag}@digest.example"
        (outcome,) = parts.hand_over([Message(address, DAY, "<x@y>", path, address, content)])
        assert outcome.state is DeliveryState.ACCEPTED
        accepted = Outcome(address, DAY, DeliveryState.ACCEPTED)
        parts.ledger.record([(claim, accepted)], parts.clock.now())
    return path


def delivery(digest, address):
    rows = digest("deliveries", "--day", f"{DAY}", "--json").records
    return next(row for row in rows if row["address"] == address)


def served(digest):
    """`digest inbound --lmtp` on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "digest", "inbound", "--lmtp", f"127.0.0.1:{port}"],
        cwd=digest.directory,
        env={**digest._environ({}), "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "taking in mail" in process.stderr.readline()
    return process, port


def bring(port, octets):
    """Brings what Postfix kept to our LMTP door, as Postfix would."""
    notice = parsed(octets)
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail("", [str(notice["X-Original-To"] or notice["To"])], octets.decode())


def test_real_dsns_by_lmtp(labs, digest):
    expected = {
        "unknown7@remote.example": ("bounced", "5.1.1"),
        "full7@remote.example": ("bounced", "5.2.2"),
        "spam7@remote.example": ("bounced", "5.7.1"),
    }
    for address in expected:
        sent(digest, address)
    process, port = served(digest)
    try:
        for octets in labs.wait_for("bounces", len(expected)):
            bring(port, octets)
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stderr.close()
    for address, (ended, status) in expected.items():
        row = delivery(digest, address)
        assert row["state"] == ended
        assert status in row["reply"]
    with app(digest) as parts:
        scores = {
            address: parts.suppressions.health(parts.subscribers.intern(address)).score
            for address in expected
        }
    assert list(scores.values()) == [5.0, 1.0, 0.0]


def test_a_real_vacation_reply_is_nothing_and_a_real_refusal_counts(labs, digest):
    for octets in labs.box("bounces").glob("new/*"):
        octets.unlink()
    for reader in ("vacation@reader.example", "refuse@reader.example"):
        digest("subscribers", "add", reader)
        with app(digest) as parts:
            number = parts.subscribers.intern(reader)
            tag = parts.signer.tag(Token(Scope.BOUNCE, number, DAY))
        path = f"bounces+{tag}@digest.example"
        labs.send_lmtp(path, reader, mail("join@digest.example", reader, "7 papers"))
    assert len(labs.wait_for("bounces", 2)) == 2
    assert digest("inbound", "--maildir", str(labs.box("bounces"))).status == 0
    with app(digest) as parts:
        scores = [
            parts.suppressions.health(parts.subscribers.intern(reader)).score
            for reader in ("vacation@reader.example", "refuse@reader.example")
        ]
    assert scores == [0.0, 1.0]
