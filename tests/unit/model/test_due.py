"""When editions go out, over all zones and instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import Unknown
from digest.model import Rhythm, Subscriber
from digest.model.due import current_day, due_at, is_due, newest_day, next_due, ready_at

DAY = timedelta(days=1)
ZONES = sorted(zone for zone in available_timezones() if zone != "Factory")
subscribers = st.builds(
    Subscriber,
    st.just("ann@example.org"),
    timezone=st.sampled_from(ZONES),
    send_at=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    rhythm=st.sampled_from(Rhythm),
)
days = st.dates(date(1970, 2, 1), date(2037, 12, 1))
instants = st.datetimes(
    datetime(1970, 2, 1), datetime(2037, 12, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
ways = st.booleans()


def ann(zone="Europe/Berlin", send_at="07:30", rhythm=Rhythm.DAILY):
    at = time.fromisoformat(send_at) if send_at else None
    return Subscriber("ann@example.org", timezone=zone, send_at=at, rhythm=rhythm)


def local(reader, day, fresh=False):
    at = due_at(reader, day, fresh)
    return at and f"{at.astimezone(ZoneInfo(reader.timezone)):%a %Y-%m-%d %H:%M}"


# 2026-08-17 is a Monday.
WEEK = [date(2026, 8, 17) + n * DAY for n in range(7)]


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        (ann(), ["Tue 18", "Wed 19", "Thu 20", "Fri 21", "Sat 22"]),
        (ann(rhythm=Rhythm.WEEKDAYS), ["Tue 18", "Wed 19", "Thu 20", "Fri 21", "Mon 24"]),
        (ann(rhythm=Rhythm.WEEKLY), [None, None, None, None, "Mon 24"]),
        (ann("America/Los_Angeles"), ["Tue 18", "Wed 19", "Thu 20", "Fri 21", "Sat 22"]),
        # In Los Angeles the day is over at 17:00 local.
        (ann("America/Los_Angeles", "20:30"), ["Mon 17", "Tue 18", "Wed 19", "Thu 20", "Fri 21"]),
        (ann("America/Los_Angeles", "20:30", Rhythm.WEEKLY), ["Mon 17", None, None, None, None]),
        (ann("Pacific/Kiritimati"), ["Wed 19", "Thu 20", "Fri 21", "Sat 22", "Sun 23"]),
        (
            ann("Pacific/Kiritimati", rhythm=Rhythm.WEEKDAYS),
            ["Wed 19", "Thu 20", "Fri 21", None, "Mon 24"],
        ),
    ],
)
def test_the_days_of_a_week(reader, wanted):
    found = [local(reader, day) for day in WEEK[:5]]
    assert [at and f"{at[:3]} {at[12:14]}" for at in found] == wanted
    assert all(at is None or at.endswith(f"{reader.send_at:%H:%M}") for at in found)
    assert [due_at(reader, day, False) for day in WEEK[5:]] == [None, None]


def test_without_a_time_of_day_an_edition_goes_out_at_once():
    assert due_at(ann(send_at=None), WEEK[0], False) == datetime(2026, 8, 18, tzinfo=UTC)
    assert due_at(ann(send_at=None), WEEK[0], True) == datetime(2026, 8, 17, tzinfo=UTC)
    weekdays = ann(send_at=None, rhythm=Rhythm.WEEKDAYS)
    assert local(weekdays, WEEK[4]) == "Mon 2026-08-24 00:00"
    assert local(ann(send_at=None, rhythm=Rhythm.WEEKLY), WEEK[4]) == "Mon 2026-08-24 00:00"


def test_a_time_that_the_clocks_skip_moves_on_and_of_a_doubled_one_the_first_counts():
    # Sunday 2026-03-29 02:30 does not exist in Berlin, 2026-10-25 02:30 exists twice. Kiritimati's
    # Friday edition would be the only one that falls on a Sunday, so Egypt's Friday changes serve.
    cairo = ann("Africa/Cairo", "00:30")
    assert local(cairo, date(2024, 4, 24)) == "Fri 2024-04-26 01:30"  # 00:00 → 01:00 that night
    assert due_at(cairo, date(2024, 10, 30), False) == datetime(2024, 10, 31, 22, 30, tzinfo=UTC)
    apia = ann("Pacific/Apia", "07:30")  # had no 30 December 2011 at all
    assert local(apia, date(2011, 12, 29)) == "Sat 2011-12-31 07:30"


def test_a_late_run_still_finds_the_edition_whose_time_has_come():
    # 01:59 in Berlin is 23:59Z: a run at 00:05Z must not skip to the edition that is ready since.
    reader = ann(send_at="01:59")
    assert current_day(reader, datetime(2026, 8, 19, 0, 5, tzinfo=UTC), False) == WEEK[0]
    weekly = ann(rhythm=Rhythm.WEEKLY)
    assert current_day(weekly, datetime(2026, 8, 27, 9, tzinfo=UTC), False) == WEEK[4]


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "\0", "a" * 300]
)
def test_an_unknown_zone_says_so(zone):
    with pytest.raises(Unknown, match="no time zone"):
        due_at(ann(zone), WEEK[0], False)


@given(instants, ways)
def test_the_newest_settled_day_is_a_weekday_that_is_over(now, fresh):
    day = newest_day(now, fresh)
    assert ready_at(day, fresh) <= now
    if fresh:
        assert day == now.date()
    else:
        assert day.weekday() < 5
        assert all(
            later.weekday() >= 5 or ready_at(later, fresh) > now
            for later in (day + n * DAY for n in range(1, 5))
        )


@given(subscribers, days, ways)
def test_never_before_it_is_ready_and_only_on_days_of_the_rhythm(reader, day, fresh):
    at = due_at(reader, day, fresh)
    if at is None:
        return
    assert at >= ready_at(day, fresh)
    weekday = at.astimezone(ZoneInfo(reader.timezone)).weekday()
    assert reader.rhythm is not Rhythm.WEEKDAYS or weekday < 5
    assert reader.rhythm is not Rhythm.WEEKLY or weekday == 0


@given(subscribers, days)
def test_a_settled_edition_is_the_newest_one_when_it_is_due(reader, day):
    at = due_at(reader, day, False)
    if at is not None:
        assert newest_day(at, False) == day


@given(subscribers, days, ways)
def test_editions_come_in_order_and_one_a_local_day_at_most(reader, day, fresh):
    times = [at for n in range(20) if (at := due_at(reader, day + n * DAY, fresh)) is not None]
    assert times == sorted(times)
    locals_ = [at.astimezone(ZoneInfo(reader.timezone)).date() for at in times]
    assert len(set(locals_)) == len(locals_)
    assert len(times) >= {Rhythm.DAILY: 13, Rhythm.WEEKDAYS: 11, Rhythm.WEEKLY: 2}[reader.rhythm]


@given(subscribers, days, ways)
def test_what_is_due_stays_due_and_is_due_from_its_instant_on(reader, day, fresh):
    at = due_at(reader, day, fresh)
    if at is not None:
        assert not is_due(reader, day, at - timedelta(microseconds=1), fresh)
        assert is_due(reader, day, at, fresh)
        assert is_due(reader, day, at + 400 * DAY, fresh)


@given(subscribers, instants, ways)
def test_the_current_edition_changes_exactly_when_the_next_one_is_due(reader, now, fresh):
    day = current_day(reader, now, fresh)
    at, following = next_due(reader, now, fresh)
    assert following > day
    assert at > now
    assert due_at(reader, day, fresh) <= now
    assert current_day(reader, at - timedelta(microseconds=1), fresh) == day
    assert current_day(reader, at, fresh) == following
