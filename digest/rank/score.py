"""From raw evidence to numbers in 0 to 1, and their combination."""

import numpy as np
from numpy.typing import NDArray

from digest.rank.ragged import Floats


def probability(raw: Floats, midpoint: float, spread: float) -> Floats:
    """The logistic curve: ½ at the midpoint, the odds times e for each spread above it."""
    bounded: NDArray[np.float32] = np.clip((raw - midpoint) / spread, -30, 30)
    return np.asarray(1 / (1 + np.exp(-bounded)), dtype=np.float32)


def combined(relevance: Floats, trending: Floats, lift: float) -> Floats:
    """Relevance × (1 + lift × trend), scaled to 0 to 1: votes lift what is on topic, no more."""
    return np.asarray(relevance * (1 + lift * trending) / (1 + lift), dtype=np.float32)
