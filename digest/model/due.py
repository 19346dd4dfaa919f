"""When an edition goes out: pure, instants come as values.

An edition holds the papers of one day of the source (UTC, Monday to Friday). A *settled* edition
waits until that day is over; a *fresh* one may go out from the day's first minute on. Each reader
has times of their own at which mail may come (`send_at` in their zone, on the days of their
rhythm); at each of them they get the newest edition that is ready, one a local day at most::

    edition     Mon         Tue         Wed         Thu         Fri
    ready       Tue 00Z     Wed 00Z     Thu 00Z     Fri 00Z     Sat 00Z
    daily       Tue         Wed         Thu         Fri         Sat        07:30 in Berlin
    weekdays    Tue         Wed         Thu         Fri         Mon        Friday's waits
    weekly                                                      Mon        the newest on Mondays

From that time on until the time of their next one an edition is theirs: its *window*. The windows
of a reader's editions follow each other without gap or overlap, so whenever a run comes, after
whatever downtime, there is exactly one edition that a reader should have by then::

    daily        ├── Mon's ──────────┼── Tue's ──────────┼── Wed's …
                 Tue 07:30           Wed 07:30           Thu 07:30
                                 └── late: folded into the next, if the reader got the last one
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from digest.errors import Unknown
from digest.model.calendar import is_weekend
from digest.model.subscriber import Rhythm, Subscriber

DAY = timedelta(days=1)
FORTNIGHT = 15
"""Days within which every rhythm has a time, even where the calendar skipped a Monday."""


def ready_at(day: date, fresh: bool) -> datetime:
    """The first instant at which an edition may go out."""
    start = datetime.combine(day, time(), UTC)
    return start if fresh else start + DAY


def newest_day(now: datetime, fresh: bool) -> date:
    """The edition that is asked for when none is named.

    Settled: the newest day from Monday to Friday that is over. Fresh: today, also on a weekend.
    """
    today = now.astimezone(UTC).date()
    return today if fresh else _weekday(today - DAY, -DAY)


def due_at(subscriber: Subscriber, day: date, fresh: bool) -> datetime | None:
    """The instant at which a reader is to get an edition; None: they do not get it.

    They do not get a weekend's, nor one that a newer one overtakes before their next time.
    Raises Unknown for a zone that does not exist.
    """
    return _due_at(subscriber.timezone, subscriber.send_at, subscriber.rhythm, day, fresh)


@dataclass(frozen=True, slots=True)
class Window:
    """When a reader may get an edition: `opens <= now < closes`."""

    opens: datetime
    """Their time for it."""
    closes: datetime
    """Their time for the next one, which then holds what this one would have held."""

    def holds(self, now: datetime) -> bool:
        """Whether the edition is the reader's by now, and no newer one is."""
        return self.opens <= now < self.closes

    def late(self, now: datetime, share: float) -> bool:
        """Whether more than a `share` of the window is over: the next one is near."""
        return now >= self.opens + share * (self.closes - self.opens)


def window(subscriber: Subscriber, day: date, fresh: bool) -> Window | None:
    """When a reader may get an edition; None: never. Raises Unknown for an unknown zone."""
    return _window(subscriber.timezone, subscriber.send_at, subscriber.rhythm, day, fresh)


def previous_day(subscriber: Subscriber, day: date, fresh: bool) -> date:
    """The edition that a reader was to get before this one."""
    day -= DAY
    while due_at(subscriber, day, fresh) is None:
        day -= DAY
    return day


def is_due(subscriber: Subscriber, day: date, now: datetime, fresh: bool) -> bool:
    """Whether the reader's time for an edition has come; it does not go away again."""
    at = due_at(subscriber, day, fresh)
    return at is not None and at <= now


def current_day(subscriber: Subscriber, now: datetime, fresh: bool) -> date:
    """The newest edition whose time has come for a reader: what they should have by now.

    It stays the same until the time of their next one comes, however late a run is.
    """
    day = now.astimezone(UTC).date() + DAY
    while not is_due(subscriber, day, now, fresh):
        day -= DAY
    return day


def next_due(subscriber: Subscriber, now: datetime, fresh: bool) -> tuple[datetime, date]:
    """When the reader gets mail next, after `now`, and which edition."""
    day = current_day(subscriber, now, fresh) + DAY
    while (at := due_at(subscriber, day, fresh)) is None:
        day += DAY
    return at, day


@lru_cache(maxsize=65_536)
def _due_at(
    zone: str, send_at: time | None, rhythm: Rhythm, day: date, fresh: bool
) -> datetime | None:
    if is_weekend(day):
        return None
    where = _zone(zone)
    following = _weekday(day + DAY, DAY)
    at = _first_time(where, send_at, rhythm, ready_at(day, fresh))
    then = _first_time(where, send_at, rhythm, ready_at(following, fresh))
    one_day = at.astimezone(where).date() == then.astimezone(where).date()
    return None if one_day or ready_at(following, fresh) <= at else at


@lru_cache(maxsize=65_536)
def _window(
    zone: str, send_at: time | None, rhythm: Rhythm, day: date, fresh: bool
) -> Window | None:
    opens = _due_at(zone, send_at, rhythm, day, fresh)
    if opens is None:
        return None
    following = day + DAY
    while (closes := _due_at(zone, send_at, rhythm, following, fresh)) is None:
        following += DAY
    return Window(opens, closes)


def _first_time(zone: ZoneInfo, send_at: time | None, rhythm: Rhythm, ready: datetime) -> datetime:
    """The first instant from `ready` on at which mail may come."""
    today = ready.astimezone(zone).date()
    if send_at is None and rhythm is not Rhythm.WEEKLY and _wanted(today, rhythm):
        return ready  # no time of day: at once
    times = (
        _local_time(zone, today + offset * DAY, send_at or time()) for offset in range(FORTNIGHT)
    )
    return next(at for at, local in times if at >= ready and _wanted(local, rhythm))


def _local_time(zone: ZoneInfo, local: date, send_at: time) -> tuple[datetime, date]:
    """The instant of a local time, and the local date it really falls on.

    A time that the clocks skip moves on by what they skip; of a doubled one the first counts
    (PEP 495, fold=0).
    """
    at = datetime.combine(local, send_at, zone).astimezone(UTC)
    return at, at.astimezone(zone).date()


def _wanted(local: date, rhythm: Rhythm) -> bool:
    match rhythm:
        case Rhythm.DAILY:
            return True
        case Rhythm.WEEKDAYS:
            return not is_weekend(local)
        case Rhythm.WEEKLY:
            return local.weekday() == 0


def _weekday(day: date, step: timedelta) -> date:
    """The first day from Monday to Friday, from `day` on."""
    while is_weekend(day):
        day += step
    return day


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError) as error:
        raise Unknown(f"there is no time zone {name!r}: write it as Europe/Berlin") from error
