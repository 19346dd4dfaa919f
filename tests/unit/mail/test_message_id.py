import re
import subprocess
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from digest.mail.message_id import Names, boundary, message_id

DAY = date(2026, 8, 21)


def test_it_can_be_computed_from_the_ledger():
    key = b"daily.example.org\x002026-08-21\0ada@example.org"
    summed = subprocess.run(["sha256sum"], input=key, capture_output=True, check=True)
    digits = summed.stdout.decode()[:64]
    assert message_id("daily.example.org", "ada@example.org", DAY, "example.org") == (
        f"<20260821.{digits[:32]}@example.org>"
    )
    names = Names("daily.example.org", DAY, "example.org")
    assert names.digits(b"ada@example.org") == digits
    assert boundary(digits[32:]) == f"=_{digits[32:]}"


@given(st.text(max_size=40), st.dates(date(2000, 1, 1)))
def test_form(address, day):
    assert re.fullmatch(
        r"<\d{8}\.[0-9a-f]{32}@example\.org>", message_id("l", address, day, "example.org")
    )


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
