"""Which new versions say much else than the one before, and who gets them once more.

What changed is the share of word triples that only one of two abstracts holds, of all that either
holds (Jaccard distance of 3-shingles, Broder 1997); of titles, which are short, the same of words.
The greater of the two counts. A text that is not known on both sides has not changed.
"""

from collections.abc import Mapping
from datetime import date, datetime

from digest.model import Paper, ReasonKind, Revision
from digest.rank.decisions import Named
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.tokens import words

SHINGLE = 3
"""Words that follow each other in an abstract."""


def changed(before: Paper, after: Paper) -> float:
    """The share of a work's text that is another one now, 0 to 1."""
    return max(
        _apart(before.title, after.title, 1), _apart(before.abstract, after.abstract, SHINGLE)
    )


def newer(before: Paper, told: Paper) -> int | None:
    """The number of the version that is told of a known work; None where it is none, or not new.

    Who tells a number for the first time tells nothing new, unless it is announced as a
    replacement. Where such has no number it counts as the next one.
    """
    if told.version is None:
        return (before.version or 1) + 1 if told.replaced else None
    known = before.version or (1 if told.replaced else told.version)
    return told.version if told.version > max(known, 1) else None


def major(
    before: Paper, told: Paper, after: Paper, day: date, at: datetime, p: Parameters = DEFAULT
) -> Revision | None:
    """The revision that a source's word on a known work comes to, if it is a major one.

    `before`, `after`: the work as all sources tell it; so one source's version of another's text
    changes nothing. A withdrawal, and what comes after it, are no revisions.
    """
    version, share = newer(before, told), changed(before, after)
    if version is None or before.withdrawn or after.withdrawn or share < p.revised:
        return None
    return Revision(version, day, at, share)


def revised(chosen: Mapping[str, datetime], revisions: Mapping[str, Revision]) -> dict[str, Named]:
    """Of what was sent, what has a major revision that was not known yet when it was chosen."""
    return {
        id_: (ReasonKind.REVISED, revisions[id_].label)
        for id_, at in chosen.items()
        if id_ in revisions and revisions[id_].at > at
    }


def _apart(one: str, other: str, size: int) -> float:
    first, second = _shingles(one, size), _shingles(other, size)
    if not first or not second:
        return 0.0
    return 1 - len(first & second) / len(first | second)


def _shingles(text: str, size: int) -> frozenset[tuple[str, ...]]:
    """Every run of so many words; a shorter text is one run."""
    said = words(text)
    runs = (tuple(said[at : at + size]) for at in range(max(len(said) - size, 0) + 1))
    return frozenset(run for run in runs if run)
