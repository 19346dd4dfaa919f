"""The pieces of the site, each by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail import password
from digest.web.site import plots
from digest.web.site.forms import Form, Tickets, split
from digest.web.site.guard import network
from digest.web.site.throttle import Throttle

NOW = datetime(2026, 8, 21, 6, tzinfo=UTC)
KEY, OTHER = b"a key of sixteen octets", b"another key of 16 octets"


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("robots, world models", ["robots", "world models"]),
        ('"robots, and more"; agents', ['"robots, and more"', "agents"]),
        ("a\nb,, ;\n  c  d ", ["a", "b", "c d"]),
        ("", []),
    ],
)
def test_lists_as_people_type_them(text, items):
    assert list(split(text)) == items


@given(st.text())
def test_no_text_breaks_a_list(text):
    form = Form([("topics", text)])
    for item in (*form.items("topics"), *form.lines("topics")):
        assert item
        assert "\n" not in item


def test_a_ticket_is_for_one_purpose_and_a_day():
    tickets = Tickets([KEY])
    ticket = tickets.make("subscribe", NOW)
    assert tickets.holds(ticket, "subscribe", NOW + timedelta(hours=24))
    assert not tickets.holds(ticket, "subscribe", NOW + timedelta(hours=25))
    assert not tickets.holds(ticket, "subscribe", NOW - timedelta(hours=1))
    assert not tickets.holds(ticket, "login", NOW)


def test_tickets_follow_a_rotation_of_keys():
    ticket = Tickets([KEY]).make("x", NOW)
    assert Tickets([OTHER, KEY]).holds(ticket, "x", NOW)
    assert not Tickets([OTHER]).holds(ticket, "x", NOW)


@given(st.text(max_size=40))
def test_no_other_text_is_a_ticket(text):
    assert not Tickets([KEY]).holds(text, "x", NOW)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_limits_count_by_network(address, counted):
    assert network(address) == counted


def test_a_throttle_counts_each_and_forgets():
    throttle = Throttle(2, timedelta(minutes=1), held=3)
    assert [throttle.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert throttle.allows("b", NOW)
    assert throttle.allows("a", NOW + timedelta(minutes=1))
    for n in range(1000):
        throttle.allows(f"n{n}", NOW)
    assert len(throttle._seen) == 3


def test_a_password_is_kept_as_a_hash():
    line = password.kept("correct horse", b"s" * 16)
    assert "horse" not in line
    assert password.fits("correct horse", line + "\n")
    assert not password.fits("correct horsE", line)


@pytest.mark.parametrize("line", ["", "scrypt$", "scrypt$x$8$1$eA==$eA==", "plain$1$1$1$eA==$eA=="])
def test_a_broken_line_fits_nothing(line):
    assert not password.fits("", line)


def test_bars_stand_on_each_other_and_fit():
    chart = plots.stacked({"20 Aug": {"accepted": 9, "rejected": 1}, "21 Aug": {"accepted": 5}})
    heights = {(bar.told): (bar.y, bar.height) for bar in chart.bars}
    assert heights["20 Aug: 9 accepted"] == (16.0, 144.0)
    assert heights["20 Aug: 1 rejected"] == (0.0, 16.0)
    assert heights["21 Aug: 5 accepted"][1] == 80.0
    assert chart.names == ("accepted", "rejected")


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=40))
def test_plots_stay_within_their_picture(days):
    rows = [(date(2026, 1, 1) + timedelta(days=n), *counts) for n, counts in enumerate(days)]
    for bar in plots.growth(rows).bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= plots.WIDTH
        assert bar.y >= -0.1
        assert bar.y + bar.height <= plots.HEIGHT + 0.1
