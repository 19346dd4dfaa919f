"""Whatever downtime: one digest at most at a time, nothing twice, nothing lost."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Rhythm, Run, Subscriber
from digest.model.due import current_day, newest_day, previous_day, window
from digest.stages.pools import MOST_DAYS, pool_from

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata"]
readers = st.builds(
    Subscriber,
    st.just("ann@example.org"),
    timezone=st.sampled_from(ZONES),
    send_at=st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    rhythm=st.sampled_from(Rhythm),
)
days = st.dates(date(2020, 1, 6), date(2030, 12, 1))
MONDAY = datetime(2026, 8, 17, tzinfo=UTC)


def ann(send_at="07:30", rhythm=Rhythm.DAILY, since=None):
    at = time.fromisoformat(send_at) if send_at else None
    return Subscriber("a@x.example", send_at=at, rhythm=rhythm, since=since)


@given(readers, days, st.booleans())
def test_windows_follow_each_other_without_gap_or_overlap(reader, day, fresh):
    theirs = window(reader, day, fresh)
    if theirs is None:
        return
    assert theirs.opens < theirs.closes
    assert window(reader, previous_day(reader, day, fresh), fresh).closes == theirs.opens
    assert current_day(reader, theirs.opens, fresh) == day
    assert current_day(reader, theirs.closes - timedelta(microseconds=1), fresh) == day
    assert current_day(reader, theirs.closes, fresh) > day


def passes(reader, now, fold_after=0.75):
    """The editions that a run at `now`, with no day named, would give to a reader."""
    newest = newest_day(now, fresh=False)
    theirs = {current_day(reader, now, fresh=False), newest}
    runs = [Run(day, latest=day == newest, fold_after=fold_after) for day in sorted(theirs)]
    return [run for run in runs if run.due(reader, now)]


class Memory:
    """What a reader got, by the rules of `Select`: the core of a run without a database."""

    def __init__(self, reader):
        self.reader, self.got, self.papers = reader, [], []

    def run(self, now):
        sent = 0
        for run in passes(self.reader, now):
            last = max(self.got, default=None)
            if run.day in self.got:
                continue
            before = previous_day(self.reader, run.day, False)
            if run.late(self.reader, now) and last is not None and last >= before:
                continue
            first = pool_from(self.reader, last, run.day)
            self.papers += [first + n * DAY for n in range((run.day - first).days + 1)]
            self.got.append(run.day)
            sent += 1
        return sent


@given(readers, st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_any_downtime_ends_in_one_digest_that_holds_what_was_missed(reader, pauses):
    now, memory = MONDAY, Memory(reader)
    while not memory.got:  # the first edition comes however the machine is
        now += HOUR
        memory.run(now)
    for pause in pauses:
        now += pause * HOUR
        assert memory.run(now) <= 1
    held = memory.papers
    assert len(held) == len(set(held)), "a day's papers came twice"
    gaps = [b - a for a, b in zip(sorted(held), sorted(held)[1:], strict=False)]
    longest = timedelta(hours=2 * max(pauses)) + 2 * MOST_DAYS * DAY
    assert all(gap == DAY for gap in gaps) or max(pauses) > 24 * 7
    assert now.date() - max(held) <= longest


@given(readers, st.integers(0, 23), st.integers(0, 13))
def test_a_machine_that_is_up_for_one_hour_a_day_mails_nobody_never(reader, hour, weeks):
    now, memory = MONDAY + weeks * 7 * DAY + hour * HOUR, Memory(reader)
    for _ in range(29):
        memory.run(now)
        now += DAY
    editions = {Rhythm.DAILY: 9, Rhythm.WEEKDAYS: 9, Rhythm.WEEKLY: 3}[reader.rhythm]
    assert len(memory.got) >= editions
    assert len(memory.papers) == len(set(memory.papers))


# Monday 2026-08-17; the edition of Friday 14 is the weekly one of that Monday.
@pytest.mark.parametrize(
    ("reader", "now", "wanted"),
    [
        (ann(rhythm=Rhythm.WEEKLY), "2026-08-17T07:00", ["2026-08-07"]),
        (ann(rhythm=Rhythm.WEEKLY), "2026-08-17T07:30", ["2026-08-14"]),
        (ann(rhythm=Rhythm.WEEKLY), "2026-08-19T12:00", ["2026-08-14"]),
        (ann(rhythm=Rhythm.WEEKLY), "2026-08-24T07:29", ["2026-08-14"]),
        (ann(rhythm=Rhythm.WEEKLY), "2026-08-24T07:30", ["2026-08-21"]),
        (ann(), "2026-08-19T07:29", ["2026-08-17"]),
        (ann(), "2026-08-19T07:30", ["2026-08-18"]),
        (ann(None), "2026-08-19T00:00", ["2026-08-18"]),
        # Who is new begins with the newest edition, not with one that is on its way out.
        (ann(since=MONDAY + DAY), "2026-08-19T07:00", ["2026-08-17"]),
        (ann(since=MONDAY + 1.5 * DAY), "2026-08-19T07:00", []),
        (ann(None, since=MONDAY + 2.2 * DAY), "2026-08-19T06:00", ["2026-08-18"]),
        (ann(rhythm=Rhythm.WEEKLY, since=MONDAY + DAY), "2026-08-19T12:00", []),
        (ann(rhythm=Rhythm.WEEKLY, since=MONDAY - 3 * DAY), "2026-08-19T12:00", ["2026-08-14"]),
    ],
)
def test_whose_edition_is_which(reader, now, wanted):
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert [str(run.day) for run in passes(reader, at)] == wanted


@pytest.mark.parametrize(
    ("reader", "hours", "late"),
    [
        (ann(), 17.9, False),
        (ann(), 18, True),
        (ann(None), 23, False),
        (ann(rhythm=Rhythm.WEEKLY), 5 * 24, False),
        (ann(rhythm=Rhythm.WEEKLY), 6 * 24, True),
    ],
)
def test_an_edition_is_late_when_the_next_one_is_near(reader, hours, late):
    day = date(2026, 8, 14) if reader.rhythm is Rhythm.WEEKLY else date(2026, 8, 17)
    now = window(reader, day, False).opens + hours * HOUR
    assert Run(day, fold_after=0.75).late(reader, now) is late
    assert not Run(day).late(reader, now)
    assert not Run(day, fold_after=0.75, backfill=True).late(reader, now)


def test_only_those_who_were_tried_are_gone_on_with():
    run = Run(date(2026, 8, 10), resuming=True)
    assert run.due(ann(), MONDAY)
    assert not Run(date(2026, 8, 10)).due(ann(), MONDAY)
