"""The very bytes of a mail: dots, line ends, parameters, and what is not sent at all."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending import message

from digest.model import DeliveryState
from digest.transport.envelope import Envelope, Unfit, prepare, transparent

ABLE = SimpleNamespace(smtputf8=True, eightbit=True, declares_size=True, size=1000)
BARE = SimpleNamespace(smtputf8=False, eightbit=False, declares_size=False, size=0)

lines = st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\r", b".").replace(b"\n", b".")))
contents = lines.map(lambda all_lines: b"".join(line + b"\r\n" for line in all_lines) or b"\r\n")


@given(contents)
def test_undoing_the_dots_gives_the_content_back(content):
    stuffed = transparent(content)
    assert stuffed is not None
    assert (b"\r\n" + stuffed).replace(b"\r\n..", b"\r\n.")[2:] == content
    assert b"\r\n.\r\n" not in b"\r\n" + stuffed


@given(st.binary(max_size=60))
def test_a_lone_cr_or_lf_is_refused_and_nothing_else(content):
    lone = content.replace(b"\r\n", b"")
    assert (transparent(content) is None) == (b"\r" in lone or b"\n" in lone)


def test_content_that_needs_nothing_is_not_copied():
    content = b"Subject: x\r\n\r\nplain\r\n"
    assert transparent(content) is content


def test_content_is_ended():
    assert transparent(b"no end") == b"no end\r\n"


def test_the_envelope_says_what_the_server_understands():
    able = prepare(message("ann@x.example"), ABLE)
    bare = prepare(message("ann@x.example", reverse_path=""), BARE)
    assert isinstance(able, Envelope)
    assert isinstance(bare, Envelope)
    assert able.mail == b"MAIL FROM:<bounces+t@news.example> SIZE=52\r\n"
    assert able.rcpt == b"RCPT TO:<ann@x.example>\r\n"
    assert bare.mail == b"MAIL FROM:<>\r\n"  # RFC 5321 §4.5.5


def test_parameters_only_when_needed():
    utf8 = prepare(message("zoë@x.example"), ABLE)
    eight = prepare(message("a@x.example", "Subject: é\r\n\r\n".encode()), ABLE)
    assert isinstance(utf8, Envelope)
    assert isinstance(eight, Envelope)
    assert utf8.mail.endswith(b" SMTPUTF8\r\n")
    assert b"8BITMIME" not in utf8.mail
    assert eight.mail.endswith(b" BODY=8BITMIME\r\n")


@pytest.mark.parametrize(
    ("unfit", "state", "reason"),
    [
        (message("zoë@x.example"), DeliveryState.SKIPPED, "SMTPUTF8"),
        (message("a@x.example", "é\r\n".encode()), DeliveryState.REJECTED, "8BITMIME"),
        (message("a@x.example", b"a\nb\r\n"), DeliveryState.REJECTED, "lone CR or LF"),
        (message("a@x.example", b"a\r\r\n"), DeliveryState.REJECTED, "lone CR or LF"),
        (message("a@x.example>\r\nDATA"), DeliveryState.SKIPPED, "cannot stand"),
        (message("a@x.example", reverse_path="b@x\r\nRSET"), DeliveryState.SKIPPED, "cannot stand"),
    ],
)
def test_what_cannot_be_sent_is_said(unfit, state, reason):
    found = prepare(unfit, BARE)
    assert isinstance(found, Unfit)
    assert found.action.state is state
    assert reason in found.reason


def test_what_is_too_long_is_said():
    found = prepare(message("a@x.example", b"x" * 1001), ABLE)
    assert isinstance(found, Unfit)
    assert "1001 octets, and the server takes 1000" in found.reason
