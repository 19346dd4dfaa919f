import re
from datetime import datetime, timedelta, timezone
from email import message_from_string, policy
from email.header import decode_header, make_header

from hypothesis import example, given
from hypothesis import strategies as st

from digest.mail import headers
from digest.mail.mailbox import Mailbox

ANY = st.text(st.characters(codec=None), max_size=300)


def read(field):
    return message_from_string(field + "\r\n", policy=policy.default)


@given(ANY)
@example("é" * 200)
@example("😀" * 60)
@example("a" * 500)
@example("=?utf-8?q?x?= plain")
@example("x\r\nBcc: a@b.example\r\n\r\nbody")
def test_free_text_reads_back_and_makes_one_field(text):
    field = headers.unstructured("Subject", text)
    assert field.isascii()
    assert read(field).keys() == ["Subject"]
    decoded = str(make_header(decode_header(field[len("Subject:") :].replace("\r\n", "").strip())))
    assert decoded == headers.clean(text)
    for line in field.removesuffix("\r\n").split("\r\n"):
        assert len(line) <= 78
        assert line.strip() or not text.strip() or line == "Subject: "
    for word in re.findall(r"=\?utf-8\?[qb]\?[^?]*\?=", field):
        assert len(word) <= 75
        str(make_header(decode_header(word)))


@given(ANY)
@example('Ada "the first" \\ Lovelace')
@example("Lab, Papers")
@example("Ünï Cödé (Labs) <x@y>")
def test_a_display_name_never_changes_the_address(name):
    mailbox = Mailbox("digest", "example.org")
    parsed = read(headers.address("From", name, mailbox))["From"]
    assert [one.addr_spec for one in parsed.addresses] == ["digest@example.org"]
    assert not parsed.defects
    shown = parsed.addresses[0].display_name  # Python keeps blanks between encoded words
    assert shown.replace(" ", "") == headers.clean(name).replace(" ", "")


def test_list_unsubscribe_is_folded_between_its_uris_only():
    uris = [
        f"https://example.org/unsubscribe/{'x' * 90}",
        "mailto:unsubscribe@example.org?subject=x",
    ]
    field = headers.list_unsubscribe(uris)
    assert field == f"List-Unsubscribe: <{uris[0]}>,\r\n <{uris[1]}>\r\n"


def test_a_long_uri_stands_on_a_line_of_its_own():
    uri = "https://papers.example.org/digest/" + "x" * 36
    assert headers.uris("Archived-At", [uri]) == f"Archived-At:\r\n <{uri}>\r\n"


def test_dates_are_in_utc():
    instant = datetime(2026, 8, 22, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert headers.date(instant) == "Date: Fri, 21 Aug 2026 23:30:00 +0000\r\n"


def test_feedback_id_has_four_plain_fields():
    assert headers.feedback_id("2026-08-21", "a:b\r\n", "", "lab") == (
        "Feedback-ID: 2026-08-21:ab:none:lab\r\n"
    )


def test_list_id():
    assert headers.list_id("Paper Digest", "daily.example.org") == (
        'List-Id: "Paper Digest" <daily.example.org>\r\n'
    )
