import re
from base64 import b32encode
from datetime import date
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from digest.mail.message_id import boundary, message_id

DAY = date(2026, 8, 21)


def test_it_can_be_computed_from_the_ledger():
    octets = sha256(b"message-id\0daily.example.org\x002026-08-21\0ada@example.org").digest()[:16]
    characters = b32encode(octets).decode().rstrip("=").lower()
    assert message_id("daily.example.org", "ada@example.org", DAY, "example.org") == (
        f"<20260821.{characters}@example.org>"
    )


@given(st.text(max_size=40), st.dates(date(2000, 1, 1)))
def test_form(address, day):
    assert re.fullmatch(
        r"<\d{8}\.[a-z2-7]{26}@example\.org>", message_id("l", address, day, "example.org")
    )
    assert re.fullmatch(r"=_[a-z2-7]{26}", boundary("l", address, day))


def test_list_reader_and_day_each_change_it():
    ids = {
        message_id(*key, "example.org")
        for key in (
            ("l", "a@x.org", DAY),
            ("m", "a@x.org", DAY),
            ("l", "b@x.org", DAY),
            ("l", "a@x.org", date(2026, 8, 22)),
        )
    }
    assert len(ids) == 4
    assert boundary("l", "a@x.org", DAY)[2:] not in str(ids)
