"""From raw evidence to numbers in 0 to 1, and their combination."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from digest.model import Mood
from digest.rank.ragged import Floats

STEPS = 255
"""Steps from 0 to 1 that relevance and trend are told in."""


def probability(raw: Floats, midpoint: float, spread: float) -> Floats:
    """The logistic curve: ½ at the midpoint, the odds times e for each spread above it."""
    bounded: NDArray[np.float32] = np.clip((raw - midpoint) / spread, -30, 30)
    return np.asarray(1 / (1 + np.exp(-bounded)), dtype=np.float32)


def combined(relevance: Floats, trending: Floats, lift: float) -> Floats:
    """Relevance × (1 + lift × trend), scaled to 0 to 1: votes lift what is on topic, no more."""
    return np.asarray(relevance * (1 + lift * trending) / (1 + lift), dtype=np.float32)


def told_score(relevance: float, trending: float, mood: Mood, lift: float) -> float:
    """The score of a choice; on a quiet day the trend alone."""
    return trending if mood is Mood.QUIET else relevance * (1 + lift * trending) / (1 + lift)


def stepped(values: Sequence[float] | Floats) -> Floats:
    """Values in 0 to 1 in steps of 1/255, as finely as a row remembers them.

    So what is told of a choice before it is recorded is told of it ever after.
    """
    return np.asarray(np.round(np.asarray(values, np.float64) * STEPS) / STEPS, dtype=np.float32)


def told(value: float) -> float:
    """A stepped value of 32 bits as the number that a row gives back: n/255 exactly."""
    return round(float(value) * STEPS) / STEPS
