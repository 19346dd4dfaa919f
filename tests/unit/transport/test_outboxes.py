"""Maildir, console, memory, and the demo's embedded server."""

import email.policy
import io
import mailbox
import os
import socket
import stat

import pytest
from sending import CONTENT, message, messages, send

from digest.errors import TransportError
from digest.model import DeliveryState
from digest.transport.console import ConsoleTransport
from digest.transport.embedded import EmbeddedServer
from digest.transport.loop import deliver_all
from digest.transport.maildir import MaildirTransport, file_name
from digest.transport.memory import MemoryTransport
from digest.transport.relays import Relay
from digest.transport.supply import Course


def hand_over(transport, all_messages, before_dot=lambda _: None):
    """Delivers through any transport; returns the outcomes."""
    outcomes = []
    deliver_all(Course([Relay(transport, 4)]), all_messages, before_dot, outcomes.append)
    return outcomes


def test_a_maildir_holds_each_mail_as_mailbox_reads_it(tmp_path):
    outcomes = hand_over(MaildirTransport(tmp_path / "outbox"), messages("abc"))
    box = mailbox.Maildir(tmp_path / "outbox", create=False)
    assert len(box) == 3
    assert {outcome.state for outcome in outcomes} == {DeliveryState.ACCEPTED}
    assert [path.read_bytes() for path in (tmp_path / "outbox/new").iterdir()] == [CONTENT] * 3
    assert list((tmp_path / "outbox/tmp").iterdir()) == []
    assert stat.S_IMODE((tmp_path / "outbox/new").stat().st_mode) == 0o700


def test_delivering_again_doubles_nothing(tmp_path):
    transport = MaildirTransport(tmp_path)
    hand_over(transport, messages("ab"))
    new = tmp_path / "new" / file_name(messages("a")[0])
    new.rename(tmp_path / "cur" / f"{new.name}:2,S")  # a reader has opened it
    outcomes = hand_over(transport, messages("ab"))
    assert [outcome.state for outcome in outcomes] == [DeliveryState.ACCEPTED] * 2
    assert len(mailbox.Maildir(tmp_path)) == 2


def test_what_a_crash_left_in_tmp_is_written_over(tmp_path):
    transport = MaildirTransport(tmp_path)
    hand_over(transport, [])
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / file_name(message())).write_bytes(b"half a mai")
    hand_over(transport, [message()])
    assert (tmp_path / "new" / file_name(message())).read_bytes() == CONTENT


def test_the_mark_comes_before_the_mail_is_there(tmp_path):
    seen = []
    hand_over(
        MaildirTransport(tmp_path),
        [message()],
        before_dot=lambda _: seen.append(len(list((tmp_path / "new").iterdir()))),
    )
    assert seen == [0]


def test_a_mark_that_fails_leaves_no_mail(tmp_path):
    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        hand_over(MaildirTransport(tmp_path), [message()], before_dot=full)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_maildir_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "outbox").write_text("a file")
    with pytest.raises(TransportError, match="no Maildir at"):
        hand_over(MaildirTransport(tmp_path / "outbox"), [message()])


def test_a_maildir_that_cannot_be_written_defers(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (outcome,) = hand_over(MaildirTransport(tmp_path), [message()])
    assert outcome.state is DeliveryState.DEFERRED
    assert "No space left" in outcome.reply
    assert outcome.alert


def test_file_names_are_of_the_key_alone():
    assert file_name(message()) == file_name(message(content=b"other\r\n"))
    assert file_name(message()) != file_name(message("bob@x.example"))
    assert "/" not in file_name(message("../../etc/passwd@x.example"))


def test_the_console_shows_fields_and_text_and_no_control_characters():
    content = (
        b"From: digest@news.example\r\nTo: ann@x.example\r\n"
        b"Subject: =?utf-8?q?7_papers_=1B=5B2J?=\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe \x1b[31mtext.\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>The page.</p>\r\n--b--\r\n"
    )
    stream = io.StringIO()
    (outcome,) = hand_over(ConsoleTransport(stream), [message(content=content)])
    shown = stream.getvalue()
    assert outcome.state is DeliveryState.ACCEPTED
    assert "RCPT TO:<ann@x.example>" in shown
    assert "7 papers" in shown
    assert "[31mtext." in shown
    assert "The page" not in shown
    assert "\x1b" not in shown


def test_the_console_prints_to_standard_output(capsys):
    hand_over(ConsoleTransport(), [message()])
    assert "A line after a dot." in capsys.readouterr().out


def test_memory_keeps_what_it_gets():
    transport = MemoryTransport()
    hand_over(transport, messages("ab"))
    assert transport.messages == messages("ab")


def test_the_embedded_server_keeps_a_maildir_for_each_recipient(tmp_path):
    with EmbeddedServer(tmp_path) as server:
        sent = send(server, [*messages("ab"), message("zoë@x.example")], sessions=2)
        box = mailbox.Maildir(server.maildir("a@x.example"), create=False)
    assert set(sent.states.values()) == {"accepted"}
    (mail,) = box
    assert mail["Subject"] == "3 papers"
    parsed = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert "A line after a dot." in parsed.get_content()
    assert {path.name for path in tmp_path.iterdir()} == {
        "a@x.example",
        "b@x.example",
        "zoë@x.example",
    }


def test_no_address_climbs_out_of_the_demo(tmp_path):
    server = EmbeddedServer(tmp_path)
    for address in ("../../x@y", "/etc/passwd", "..", ".", "", "a/../../b@c", "a\0b"):
        assert server.maildir(address).parent == tmp_path
        assert server.maildir(address) != tmp_path


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(TransportError, match=f"cannot listen on 127.0.0.1:{port}"):
            EmbeddedServer(tmp_path, port=port).__enter__()
