"""`digest inbound` and `digest suppressions`, as an MTA and a person call them."""

import sqlite3

import pytest
from commands import Installation

FROM = "Paper Digest <digest@digest.example>"
ANN = "ann@reader.example"


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


def test_suppressions_as_a_person_keeps_them(digest):
    digest("subscribers", "add", ANN)
    assert digest("suppressions", "add", ANN, "--reason", "by phone").status == 0
    (row,) = digest("suppressions", "list", "--json").records
    assert set(row) == {"address", "reason", "since"}
    assert (row["address"], row["reason"]) == (ANN, "by phone")
    assert "T" in row["since"]
    assert digest("subscribers", "show", ANN, "--json").records[0]["state"] == "suppressed"
    assert digest("suppressions", "remove", ANN).status == 0
    assert digest("subscribers", "show", ANN, "--json").records[0]["state"] == "active"
    assert digest("suppressions", "remove", ANN).status == 2


def test_suppressions_are_imported_from_what_other_programs_export(digest):
    file = digest.directory / "export.csv"
    file.write_text(
        "Email Address,Bounce Type,Date\n"
        f"{ANN},hard,2026-08-21\nnonsense,hard,\nbob@reader.example,soft,2026-08-21T06:30:00+02:00\n"
        "eve@reader.example,hard,yesterday\n"
    )
    said = digest("suppressions", "import", str(file))
    assert said.status == 1
    assert said.out == "2 suppressed, 2 refused\n"
    assert "line 3" in said.err
    assert "line 5" in said.err
    rows = digest("suppressions", "list", "--json").records
    assert [(row["address"], row["reason"]) for row in rows] == [
        (ANN, "hard"),
        ("bob@reader.example", "soft"),
    ]
    bare = digest.directory / "bare.txt"
    bare.write_text("carl@reader.example\ndora@reader.example\n")
    assert digest("suppressions", "import", str(bare)).out == "2 suppressed, 0 refused\n"


def test_nobody_suppressed_is_planned_for(digest):
    digest("subscribers", "add", ANN)
    digest("subscribers", "add", "bob@reader.example")
    digest("suppressions", "add", ANN)
    planned = digest("deliveries", "--day", "2026-08-20", "--json").records
    assert [row["address"] for row in planned] == ["bob@reader.example"]
