"""Near misses: papers just below a reader's cut or floor, told in one line of the mail."""

import numpy as np
from numpy.typing import NDArray

from digest.model import Mood
from digest.rank.decisions import MOODS, NONE
from digest.rank.merge import NEAR
from digest.rank.shelves import Octets

TOLD = (MOODS.index(Mood.ON_TOPIC), MOODS.index(Mood.QUIET))
"""Who wishes the honest line alone gets it alone."""
Numbers = NDArray[np.int32]


def near_misses(found: Numbers, before: Numbers, papers: Numbers, moods: Octets) -> Numbers:
    """The runners-up that are in no place, best first: (readers, NEAR), NONE behind them.

    `before`: the choice before the last place was given to a surprise, `papers`: the choice as it
    is; what had to make room is the nearest miss of all.
    """
    gone = np.where(before != papers, before, NONE).max(axis=1, initial=NONE)
    all_ = np.hstack([gone[:, None], found])
    placed = (all_[:, :, None] == papers[:, None, :]).any(axis=2)
    kept = (all_ != NONE) & ~placed & np.isin(moods, TOLD)[:, None]
    first = np.argsort(~kept, axis=1, kind="stable")[:, :NEAR]
    rows = np.arange(len(all_))[:, None]
    return np.where(kept[rows, first], all_[rows, first], NONE).astype(np.int32)
