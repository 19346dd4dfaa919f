"""How well the corpus can speak of a topic at all.

Standard deviations alone cannot tell: of any topic, some paper is the nearest. So what the best
papers hold of the topic's words is asked, and a topic that nobody writes about stays quiet.
"""

import numpy as np

from digest.rank.feedback import leaders
from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats
from digest.rank.tokens import content, stem
from digest.rank.views import Stems

EVEN = 0.5
"""Power by which topics of rare words are brought nearer to topics of common ones."""
USUAL = 16.0
"""Raw score of the best papers of a usual topic, which keeps the scale."""

LEAST = 0.1
"""Below this share of enough, papers keep their order and nothing else."""

SHORT = 3
"""Words of a short topic; of a longer one, papers hold a share that falls with its root."""


def grasp(topic: str, raw: Floats, stems: Stems, p: Parameters) -> float:
    """1 when the best papers hold enough of the topic's words by rarity, else less, down to 0."""
    best = leaders(raw, p.examples)
    wanted = len({stem(word) for word in content(topic)})
    if not wanted or not len(best):
        return 0.0
    rows, _ = stems.index.rows(stems.query(topic))
    rarity = stems.index.rarity[rows]
    unheard = (wanted - len(rows)) * stems.index.ceiling
    held = stems.index.postings.dense(rows)[:, best] > 0
    share = (held * rarity[:, None]).sum(0).mean() / (rarity.sum() + unheard)
    enough = p.enough * np.sqrt(SHORT / max(wanted, SHORT))
    return float(np.clip(share / enough, LEAST, 1) ** p.strictness)


def scale(raw: Floats, p: Parameters) -> float:
    """What makes scores of topics of rare and of common words alike.

    A rare word lifts its papers by many standard deviations, a common one by few, so one floor
    would pass chance matches of the one and hide good matches of the other.
    """
    best = raw[leaders(raw, p.examples)]
    return float((USUAL / max(float(best.mean()), 1.0)) ** EVEN) if len(best) else 1.0
