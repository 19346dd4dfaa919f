"""The exception to "never twice": what was sent long ago and trends anew.

Off unless it is wished for. It comes with its label, and then rests as long again: votes are
counted from the last time it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from digest.model import Paper, ReasonKind
from digest.rank.decisions import Named
from digest.rank.parameters import DEFAULT, Parameters


@dataclass(frozen=True, slots=True)
class Sending:
    """A paper as it was when a reader last got it."""

    day: date
    """The edition."""
    votes: int | None
    """Known when it was chosen."""


def risen(
    sent: Mapping[str, Sending],
    pool: Mapping[str, Paper],
    trending: Mapping[str, float],
    day: date,
    p: Parameters = DEFAULT,
) -> dict[str, Named]:
    """Of what was sent, what trends anew in the edition of a day, with its label.

    `trending`: the place by votes among the pool, 0 to 1.
    """
    return {
        id_: (ReasonKind.RISING, sending.day.isoformat())
        for id_, sending in sent.items()
        if id_ in pool
        and (day - sending.day).days >= p.rest
        and trending[id_] >= p.rising
        and gained(sending.votes, pool[id_].upvotes) >= p.gain
    }


def gained(then: int | None, now: int | None) -> float:
    """By how much votes have grown, as a share of what they were; 0 where they are not known."""
    if then is None or now is None:
        return 0.0
    return max(now - then, 0) / max(then, 1)
