"""Commands by mail: what is one, what is none, in subject and body, in several languages."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.inbound.commands import Command, Verb, commands, parse
from digest.mail.inbound.reading import Kind, read


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("subscribe", "subscribe"),
        ("Subscribe me, please", "subscribe"),
        ("subscribe diffusion models; cat:cs.RO", "subscribe diffusion models; cat:cs.RO"),
        ("subscribe RL, vision", "subscribe RL; vision"),
        ("confirm", "confirm"),
        ("add graph neural networks", "add graph neural networks"),
        ("del RL", "del RL"),
        ("topics", "topics"),
        ("DAILY.", "daily"),
        ("weekdays", "weekdays"),
        ("weekly please", "weekly"),
        ("pause 2 weeks", "pause 2 weeks"),
        ("pause a month", "pause 1 month"),
        ("pause", "pause"),
        ("papers 15", "papers 15"),
        ("at 07:30 Europe/Paris", "at 07:30 Europe/Paris"),
        ("at 7pm", "at 19:00"),
        ("status", "status"),
        ("why", "why"),
        ("help", "help"),
        ("unsubscribe", "unsubscribe"),
        ("STOP", "unsubscribe"),
        ("cancel", "unsubscribe"),
        ("abmelden bitte", "unsubscribe"),
        ("Désabonner", "unsubscribe"),
        ("退订", "unsubscribe"),
        ("отписаться", "unsubscribe"),
        ("pausa 2 semanas", "pause 2 weeks"),
        ("täglich", "daily"),
    ],
)
def test_a_line_is_a_command(line, meant):
    assert str(parse(line)) == meant


@pytest.mark.parametrize(
    "line",
    [
        "stop by my office tomorrow",
        "cancel my meeting",
        "help me understand this",
        "papers 15 are great",
        "papers 0",
        "papers 101",
        "at 25:00",
        "at 07:30 Middle/Earth",
        "pause 3 fortnights",
        "pause 999 years",
        "I had a daily walk",
        "add",
        "",
    ],
)
def test_a_line_that_only_begins_like_one_is_none(line):
    assert parse(line) is None


def test_signature_and_quotation_are_not_read():
    body = (
        "Hello,\n\npapers 3\n\nOn Tue, 24 Nov 2026 at 07:30, Paper Digest <digest@x.example>\n"
        "wrote:\n\n> stop\nstop\n"
    )
    assert [str(c) for c in commands("", body)] == ["papers 3"]
    assert [str(c) for c in commands("", "weekly\n-- \nstop\n")] == ["weekly"]
    assert [str(c) for c in commands("", "weekly\n\nSent from my phone\nstop\n")] == ["weekly"]


def test_a_subject_that_was_only_sent_back_is_no_command():
    assert commands("Re: add your topics", "thanks!") == []
    assert [str(c) for c in commands("Re: unsubscribe", "")] == ["unsubscribe"]


def test_html_alone_is_read_as_a_person_reads_it():
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@reader.example", "=?utf-8?b?YWRkIFJM?="
    html = (
        "<html><head><style>stop</style></head><body><div>papers&nbsp;7</div>"
        "<blockquote><p>stop</p></blockquote></body></html>"
    )
    mail.set_content(html, subtype="html")
    reading = read(mail.as_bytes())
    assert reading.kind is Kind.COMMAND
    assert [str(c) for c in reading.commands] == ["add RL", "papers 7"]


def test_an_encoded_subject_is_read():
    reading = read(b"From: a@b.example\nSubject: =?iso-8859-1?q?D=E9sabonner?=\n\n\n")
    assert [str(c) for c in reading.commands] == ["unsubscribe"]


def test_a_command_s_text_is_the_command_again():
    command = Command(Verb.ADD, "graphs; cat:cs.RO")
    assert parse(str(command)) == command
    assert command.topics == ["graphs", "cat:cs.RO"]


def test_many_commands_are_obeyed_only_so_far():
    assert len(commands("", "\n".join(f"add topic {n}" for n in range(500)))) == 20


@given(st.text(max_size=300))
def test_what_is_read_is_read_again_from_its_own_text(line):
    command = parse(line)
    if command is not None:
        assert parse(str(command)) == command


@given(st.text(max_size=100), st.text(max_size=2000))
def test_no_text_raises_and_verbs_are_few(subject, body):
    assert len(commands(subject, body)) <= 20
