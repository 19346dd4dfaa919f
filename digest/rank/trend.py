"""What is rising: a paper's place by votes among the pool, 0 to 1.

Measured: the morning's votes order a day almost as the final votes do; comments, stars, code and
pages made it worse. What helps a little is that a paper had less time to gather them.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from digest.model import Paper
from digest.rank.parameters import DEFAULT, Parameters

UNKNOWN = 0.5
"""A paper whose sources have no votes stands in the middle: it neither gains nor loses."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Where a paper stands, and what that was seen from."""

    value: float
    """Share of the voted papers that it is ahead of, 0 to 1."""
    votes: int | None
    hours: float | None
    """Hours from listing to the count, where both are known."""


def trends(pool: Iterable[Paper], p: Parameters = DEFAULT) -> Mapping[str, Trend]:
    """The trend of each paper of a pool."""
    papers = list(pool)
    voted = [paper for paper in papers if paper.upvotes is not None]
    ranks = _ranks([_rising(paper, p.haste) for paper in voted])
    place = {paper.id: rank for paper, rank in zip(voted, ranks, strict=True)}
    return {p.id: Trend(place.get(p.id, UNKNOWN), p.upvotes, _hours(p)) for p in papers}


def _rising(paper: Paper, haste: float) -> float:
    """Votes on a logarithmic scale, less for those that had longer to gather them."""
    hours = _hours(paper)
    known = 24.0 if hours is None else max(hours, 1.0)
    return math.log1p(max(paper.upvotes or 0, 0)) - haste * math.log(known)


def _hours(paper: Paper) -> float | None:
    since = paper.listed or paper.published
    if since is None or paper.observed is None:
        return None
    return max(0.0, (paper.observed - since).total_seconds() / 3600)


def _ranks(keys: list[float]) -> list[float]:
    """Mid-ranks in 0 to 1: equal keys share the mean of their places."""
    if not keys:
        return []
    _, which, counts = np.unique(np.array(keys), return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(keys)
    return [float(value) for value in middle[which]]
