"""Decisions for tests of the store, from selections that were written down by hand."""

import numpy as np

from digest.model import ReasonKind
from digest.rank.decisions import MOODS, NONE, Decisions


def decided(*selections):
    """The arrays that say what the selections say; reasons but votes, two a paper at most."""
    width = max([len(s.choices) for s in selections] + [1])
    names, ids, rows = {}, {}, len(selections)
    told = {name: np.zeros((rows, width), np.uint8) for name in ("one", "two", "how", "rel", "up")}
    papers, asked = np.full((rows, width), NONE, np.int32), [[] for _ in selections]
    for row, selection in enumerate(selections):
        for column, choice in enumerate(selection.choices):
            papers[row, column] = ids.setdefault(choice.paper, len(ids))
            told["rel"][row, column] = round(choice.relevance * 255)
            told["up"][row, column] = round(choice.trending * 255)
            reasons = [r for r in choice.reasons if r.kind is not ReasonKind.VOTES][:2]
            for place, reason in zip(("one", "two"), reasons, strict=False):
                name = names.setdefault((reason.kind, reason.label), len(names))
                if name not in asked[row]:
                    asked[row].append(name)
                told[place][row, column] = asked[row].index(name) + 1
                if place == "two":
                    told["how"][row, column] = round(reason.value * 255)
    missed = [[ids.setdefault(id_, len(ids)) for id_ in s.near] for s in selections]
    most = max(map(len, asked), default=0)
    return Decisions(
        [s.address for s in selections],
        list(ids),
        list(names),
        np.array([MOODS.index(s.mood) for s in selections], np.uint8),
        np.array([s.considered for s in selections], np.int64),
        papers,
        told["rel"],
        told["up"],
        np.array([row + [NONE] * (most - len(row)) for row in asked], np.int32).reshape(rows, most),
        told["one"],
        told["two"],
        told["how"],
        np.array([[*near, *[NONE] * 3][:3] for near in missed], np.int32).reshape(rows, 3),
    )
