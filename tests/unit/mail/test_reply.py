"""Replies are read as RFC 5321 §4.2 and RFC 3463 say, whatever a server writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import TransportError
from digest.mail.reply import LONGEST, EnhancedStatus, Reply

SAMPLES = {
    b"250 2.0.0 Ok: queued as 4F1\r\n": (250, "2.0.0", "Ok: queued as 4F1"),
    b"250-first\r\n250 second\r\n": (250, None, "first second"),
    b"550-5.1.1 The account\r\n550 5.1.1 does not exist\r\n": (
        550,
        "5.1.1",
        "The account does not exist",
    ),
    b"421\r\n": (421, None, ""),
    b"354 go on\n": (354, None, "go on"),
    b"452 4.2.2\r\n": (452, "4.2.2", ""),
    b"550 10.0.0.1 is blocked\r\n": (550, None, "10.0.0.1 is blocked"),
    b"550 5.1.10 null MX\r\n": (550, "5.1.10", "null MX"),
    b"550 5.7.515 Access denied\r\n": (550, "5.7.515", "Access denied"),
}


@pytest.mark.parametrize("raw", SAMPLES)
def test_a_reply_is_code_status_and_words(raw):
    code, status, text = SAMPLES[raw]
    reply = Reply.parse(raw)
    assert (reply.code, reply.status and str(reply.status), reply.text) == (code, status, text)


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"hello\r\n", b"999 x\r\n", b"2505 x\r\n", b"25 x"])
def test_what_is_no_reply_is_an_error(raw):
    with pytest.raises(TransportError, match="not an SMTP reply"):
        Reply.parse(raw)


def test_the_servers_own_words_come_back_whole():
    assert str(Reply.parse(b"451 4.2.1 busy, try later\r\n")) == "451 4.2.1 busy, try later"


def test_words_cannot_move_a_terminal_or_fill_a_disk():
    reply = Reply.parse(b"550 \x1b[2J\x07 \xe2\x80\xae evil \xff" + b"x" * 9000 + b"\r\n")
    assert reply.text.isprintable()
    assert len(reply.text) <= LONGEST


@given(st.binary(max_size=300))
def test_any_bytes_are_a_reply_or_an_error(raw):
    try:
        reply = Reply.parse(raw)
    except TransportError:
        return
    assert 200 <= reply.code < 600
    assert str(reply).isprintable()


@given(st.integers(2, 5).filter(lambda c: c != 3), st.integers(0, 999), st.integers(0, 999))
def test_a_status_reads_what_it_writes(category, subject, detail):
    status = EnhancedStatus(category, subject, detail)
    assert EnhancedStatus.parse(f"{status} words") == status
    assert EnhancedStatus.search(f"smtp; 550 {status}: words") == status


def test_an_address_is_not_a_status():
    assert EnhancedStatus.search("host 192.5.1.1 said no") is None
