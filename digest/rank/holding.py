"""How much of a topic's words each paper holds, and what relevance it needs for that.

Evidence alone passes chance matches of narrow topics: some paper is the nearest to "quantum
computing" on a day without any. One floor high enough for that would starve broad topics, whose
papers often say it in other words. So the words tell how many papers of the corpus are on a topic;
who stands among so many needs no more than the floor, and neither does who holds all its words.
"""

import numpy as np

from digest.rank.parameters import Parameters
from digest.rank.ragged import Floats
from digest.rank.tokens import phrases
from digest.rank.views import Pairs, Stems

WHOLE = 0.9
"""Share of a phrase's words, by rarity, that is the whole phrase for all that matters."""
PAIR, APART = 2, 0.5
"""Two words mean something together; apart ("world", "models") they say half of it or less."""
UNSURE = 1.5
"""Standard deviations by which a count is taken for chance: few holders say little of how many
papers are on a topic."""
SHORT = 3
"""Words of a short phrase; of a longer one, papers hold a share that falls with its root."""


def holding(topic: str, stems: Stems, pairs: Pairs) -> Floats:
    """The share, by rarity, of the words of a topic's best held phrase: (papers,), 0 to 1."""
    parts = {tuple(dict.fromkeys(phrase)) for phrase in phrases(topic)}
    if not parts:
        return np.zeros(stems.index.postings.width, dtype=np.float32)
    shares = [_share(part, stems) * _together(part, pairs) for part in sorted(parts)]
    return np.asarray(np.max(shares, axis=0), dtype=np.float32)


def needed(raw: Floats, share: Floats, p: Parameters) -> Floats:
    """The relevance that makes a paper worth a place: (papers,), 0 to 1.

    `raw` and `share` are those of the whole corpus, history and pool.
    """
    place = np.empty(len(raw), dtype=np.int64)
    place[np.argsort(-raw, kind="stable")] = np.arange(1, len(raw) + 1)
    holders = float((share >= WHOLE).sum())
    expected = p.broader * holders - UNSURE * np.sqrt(holders)
    lacking = np.where((share >= WHOLE) | (place <= expected), 0, 1 - share)
    odds = p.floor / (1 - p.floor) * np.exp(p.lacking * lacking)
    return np.asarray(odds / (1 + odds), dtype=np.float32)


def _share(phrase: tuple[str, ...], stems: Stems) -> Floats:
    rows, _ = stems.index.rows(stems.known(phrase))
    rarity = stems.index.rarity[rows]
    unheard = (len(phrase) - len(rows)) * stems.index.ceiling
    held = stems.index.postings.dense(rows) > 0
    share = (held * rarity[:, None]).sum(0) / max(float(rarity.sum()) + unheard, 1e-9)
    usual = np.sqrt(SHORT / max(len(phrase), SHORT))
    return np.asarray(np.minimum(share / usual, 1), dtype=np.float32)


def _together(phrase: tuple[str, ...], pairs: Pairs) -> Floats:
    """What two words count: 1 where they stand near each other, else half; longer phrases 1."""
    if len(phrase) != PAIR:
        return np.ones(pairs.index.postings.width, dtype=np.float32)
    rows, _ = pairs.index.rows(pairs.near(phrase))
    near = (pairs.index.postings.dense(rows) > 0).any(axis=0)
    return np.where(near, 1, APART).astype(np.float32)
