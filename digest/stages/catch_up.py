"""Which days a run asks for besides its own: those it missed, for a pool reaches back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from digest.model import Collection, is_weekend
from digest.stages.pools import MOST_DAYS

DAY = timedelta(days=1)
REMEMBERED = 28
"""Days without any fetch after which an installation begins anew, rather than catches up."""
RETRY = timedelta(hours=6)
"""How often a day that is past, and did not come whole, is asked for again."""


def days_before(day: date, number: int) -> list[date]:
    """The days before an edition's, oldest first, that sources have lists of: Monday to Friday."""
    before = (day - back * DAY for back in range(number - 1, 0, -1))
    return [each for each in before if not is_weekend(each)]


def missed_days(
    fetches: Mapping[date, Sequence[Collection]], day: date, now: datetime
) -> list[date]:
    """Of these days, oldest first, those to ask for again.

    What was never asked for although an earlier day was, and what did not come whole; nothing
    that is older than an edition's pool, and nothing that was asked for just now.
    """
    known = [each for each in fetches if fetches[each]]
    if not known:
        return []
    first = max(min(known), day - (MOST_DAYS - 1) * DAY)
    return [each for each in fetches if first <= each < day and _lacks(fetches[each], now)]


def _lacks(fetches: Sequence[Collection], now: datetime) -> bool:
    unsettled = [fetch for fetch in fetches if not fetch.verdict.final]
    asked_lately = any(now - fetch.at < RETRY for fetch in unsettled)
    return not fetches or (bool(unsettled) and not asked_lately)
