"""`digest inbound` and `digest suppressions`, as an MTA and a person call them."""

import json
import sqlite3
from datetime import datetime

import pytest
from commands import Installation

from digest.cli import cli
from digest.errors import Unknown

FROM = "Paper Digest <digest@digest.example>"
ANN, BOB = "ann@reader.example", "bob@reader.example"


@pytest.fixture
def digest(tmp_path):
    return Installation(
        tmp_path, {"DIGEST_HOME": str(tmp_path / "var"), "DIGEST__MAIL__FROM": FROM}
    )


def mail(subject, sender=ANN, to="digest@digest.example", number=1):
    return (
        f"Return-Path: <{sender}>\nFrom: {sender}\nTo: {to}\nSubject: {subject}\n"
        f"Message-ID: <{number}@reader.example>\n\nhello\n"
    )


def outbox(digest):
    return [path.read_text() for path in sorted((digest.directory / "var/outbox/new").iterdir())]


def test_explain_prints_one_object_and_acts_on_nothing(digest):
    said = digest("inbound", "--explain", stdin=mail("subscribe RL"))
    assert said.status == 0
    assert said.records == [
        {
            "kind": "command",
            "addresses": [],
            "commands": ["subscribe RL"],
            "reason": "asked for by mail",
        }
    ]
    assert not (digest.directory / "var").exists()


def test_a_mail_on_standard_input_is_taken_in_and_answered(digest):
    assert digest("inbound", stdin=mail("subscribe RL")).status == 0
    (letter,) = outbox(digest)
    assert f"To: <{ANN}>" in letter
    assert digest("subscribers", "list", "--json").records[0]["state"] == "pending"


def test_sender_and_recipient_of_the_envelope_may_stand_behind(digest):
    """As `${sender} ${recipient}` of a Postfix pipe, whose null sender is MAILER-DAEMON."""
    said = digest("inbound", "MAILER-DAEMON", "join@digest.example", stdin=mail("help"))
    assert said.status == 0
    assert not (digest.directory / "var/outbox/new").exists()


def test_trouble_is_exit_status_75_and_loses_nothing(digest):
    digest("subscribers", "add", "bob@reader.example")
    store = digest.directory / "var/digest.db"
    with sqlite3.connect(store) as database:
        database.execute("ALTER TABLE taken_in RENAME TO elsewhere")
    said = digest("inbound", stdin=mail("subscribe RL"))
    assert said.status == 75
    with sqlite3.connect(store) as database:
        database.execute("ALTER TABLE elsewhere RENAME TO taken_in")
    assert digest("inbound", stdin=mail("subscribe RL")).status == 0
    assert len(outbox(digest)) == 1


def test_a_mistake_in_the_settings_keeps_mail_in_its_queue(digest):
    said = digest("inbound", stdin=mail("help"), DIGEST__NONSENSE="1")
    assert said.status == 75


def test_the_maildir_door(digest):
    box = digest.directory / "box"
    (box / "new").mkdir(parents=True)
    (box / "new/1").write_text(mail("subscribe RL"))
    said = digest("inbound", "--maildir", str(box))
    assert (said.status, said.out) == (0, "1 taken in\n")
    assert len(outbox(digest)) == 1


def test_two_doors_at_a_time_are_misuse(digest):
    assert digest("inbound", "--imap", "--lmtp", "127.0.0.1:0").status == 2


def test_imap_without_settings_says_what_is_missing(digest):
    said = digest("inbound", "--imap")
    assert said.status == 2
    assert "inbound.imap" in said.last


@pytest.fixture
def called(tmp_path, monkeypatch, capsys):
    """Calls a command in this process: its exit status, and its output as records or text."""
    monkeypatch.setenv("DIGEST_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("DIGEST__MAIL__FROM", FROM)

    def call(*words):
        capsys.readouterr()
        status = cli.main(list(words), prog_name="digest", standalone_mode=False) or 0
        printed = capsys.readouterr()
        records = [json.loads(line) for line in printed.out.splitlines() if line.startswith("{")]
        return status, records or printed.out, printed.err

    return call


def state(called, address):
    return called("subscribers", "show", address, "--json")[1][0]["state"]


def test_suppressions_as_a_person_keeps_them(called):
    called("subscribers", "add", ANN)
    assert called("suppressions", "add", ANN, "--reason", "by phone")[0] == 0
    (row,) = called("suppressions", "list", "--json")[1]
    assert set(row) == {"address", "reason", "since"}
    assert (row["address"], row["reason"]) == (ANN, "by phone")
    assert datetime.fromisoformat(row["since"]).tzinfo is not None
    assert state(called, ANN) == "suppressed"
    assert called("suppressions", "remove", ANN)[0] == 0
    assert state(called, ANN) == "active"
    with pytest.raises(Unknown, match="is not suppressed"):
        called("suppressions", "remove", ANN)


def test_suppressions_are_imported_from_what_other_programs_export(called, tmp_path):
    file = tmp_path / "export.csv"
    file.write_text(
        "Email Address,Bounce Type,Date\n"
        f"{ANN},hard,2026-08-21\nnonsense,hard,\n{BOB},soft,2026-08-21T06:30:00+02:00\n"
        "eve@reader.example,hard,yesterday\n"
    )
    dry = called("suppressions", "import", str(file), "--dry-run")
    assert dry[1] == "2 would be suppressed, 2 would be refused\n"
    assert called("suppressions", "list", "--json")[1] == ""
    status, out, err = called("suppressions", "import", str(file))
    assert (status, out) == (1, "2 suppressed, 2 refused\n")
    assert "line 3" in err
    assert "line 5" in err
    rows = called("suppressions", "list", "--json")[1]
    assert [(row["address"], row["reason"]) for row in rows] == [(ANN, "hard"), (BOB, "soft")]


def test_bare_addresses_are_imported_too(called, tmp_path):
    bare = tmp_path / "bare.txt"
    bare.write_text("carl@reader.example\ndora@reader.example\n")
    assert called("suppressions", "import", str(bare))[1] == "2 suppressed, 0 refused\n"


def test_nobody_suppressed_is_planned_for_or_imported(called, tmp_path):
    called("subscribers", "add", ANN)
    called("subscribers", "add", BOB)
    called("suppressions", "add", ANN)
    called("suppressions", "add", "eve@reader.example")
    file = tmp_path / "readers.csv"
    file.write_text(f"email\n{ANN}\neve@reader.example\ncarl@reader.example\n")
    called("subscribers", "import", str(file))
    planned = called("deliveries", "--day", "2026-08-20", "--json")[1]
    assert [row["address"] for row in planned] == [BOB, "carl@reader.example"]
    assert state(called, ANN) == "suppressed"
    known = [row["email"] for row in called("subscribers", "list", "--json")[1]]
    assert "eve@reader.example" not in known
