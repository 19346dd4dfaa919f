"""Which papers an edition may hold: the days since a reader's last one, and what came late."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from digest.model import Rhythm, Selection, Subscriber
from digest.ports import Papers, Selections

MOST_DAYS = 14
"""Days whose papers one edition holds at most, however long a reader got none."""


class Pool(NamedTuple):
    """What an edition may hold."""

    first: date
    """The first day whose papers are in it."""
    late: frozenset[str] = frozenset()
    """Papers of days before, which came after the edition that would have held them."""


class Pools:
    """Tells readers' pools apart; most readers share one."""

    def __init__(self, papers: Papers, selections: Selections) -> None:
        self._papers, self._selections = papers, selections

    def of(self, day: date, batch: Sequence[Subscriber]) -> dict[Pool, list[Subscriber]]:
        """Readers by what their edition of a day may hold."""
        last = self._selections.last_days([reader.address for reader in batch], day)
        late = self._late(day, last)
        alike: dict[Pool, list[Subscriber]] = {}
        for reader in batch:
            first = pool_from(reader, last.get(reader.address), day)
            pool = Pool(first, late.get(reader.address, frozenset()))
            alike.setdefault(pool, []).append(reader)
        return alike

    def _late(self, day: date, last: Mapping[str, date]) -> dict[str, frozenset[str]]:
        """What each reader's last edition would have held, had it been seen before the choice."""
        late = self._papers.late(day - timedelta(days=MOST_DAYS - 1), day)
        found: dict[str, frozenset[str]] = {}
        for edition in set(last.values()) if late else ():
            theirs = [address for address, each in last.items() if each == edition]
            for address, chosen in self._selections.several(theirs, edition).items():
                found[address] = frozenset(_missed(late, edition, chosen))
        return found


def _missed(
    late: Mapping[str, tuple[date, datetime]], edition: date, chosen: Selection
) -> Iterator[str]:
    for id_, (day, seen) in late.items():
        if day <= edition and chosen.at is not None and seen > chosen.at:
            yield id_


def pool_from(reader: Subscriber, last: date | None, day: date) -> date:
    """The first day whose papers an edition may hold.

    Everything since the reader's last edition, two weeks at most; for their first one the day
    itself, or the week of a weekly reader.
    """
    if last is not None:
        return max(last + timedelta(days=1), day - timedelta(days=MOST_DAYS - 1))
    return day - timedelta(days=6) if reader.rhythm is Rhythm.WEEKLY else day
