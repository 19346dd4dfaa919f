"""Calendars of sources, as pure functions: on which days something is announced at all."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
EASTERN = "America/New_York"
"""Where arXiv keeps its hours (https://info.arxiv.org/help/availability.html)."""
CUT_OFF, ANNOUNCED = time(14), time(20)
"""What is submitted by 14:00 is announced at 20:00, US/Eastern."""


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= 5


def arxiv_rests(evening: date) -> bool:
    """Whether nothing is announced at 20:00 of that evening (US/Eastern).

    Friday and Saturday evenings, and the US holidays that arXiv keeps. It publishes its list anew
    every year; these are the rules behind it. A holiday it does not keep only makes an expected
    day of an empty one, and is said in the verdict.
    """
    return evening.weekday() in {4, 5} or evening in _holidays(evening.year)


def arxiv_announces(day: date) -> bool:
    """Whether arXiv has a list of that day: announced in the evening before, US/Eastern."""
    return not arxiv_rests(day - DAY)


def arxiv_window(day: date) -> tuple[datetime, datetime]:
    """The instants (UTC) between which the papers of an announcement were submitted.

    From the cut-off that the announcement before it had, to its own: 14:00 on the working day
    before the evening it is announced on.
    """
    evening = day - DAY
    before = evening - DAY
    while arxiv_rests(before):
        before -= DAY
    return _cut_off(before), _cut_off(evening)


def _cut_off(evening: date) -> datetime:
    """The last cut-off before an announcement: Sunday's holds what came by Friday."""
    while is_weekend(evening):
        evening -= DAY
    return datetime.combine(evening, CUT_OFF, ZoneInfo(EASTERN)).astimezone(UTC)


def _holidays(year: int) -> frozenset[date]:
    """US holidays on whose evening arXiv announces nothing."""
    fixed = [(1, 1), (6, 19), (7, 4), (12, 24), (12, 25), (12, 31)]
    moving = [_nth(year, 1, 0, 3), _last_monday_of_may(year), _nth(year, 9, 0, 1)]
    thanksgiving = _nth(year, 11, 3, 4)
    return frozenset([*(_observed(date(year, m, d)) for m, d in fixed), *moving, thanksgiving])


def _observed(day: date) -> date:
    """A holiday on a weekend is kept on the working day beside it."""
    return day + {5: -DAY, 6: DAY}.get(day.weekday(), timedelta())


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _last_monday_of_may(year: int) -> date:
    end = date(year, 5, 31)
    return end - timedelta(days=end.weekday())
