"""How a reader's papers are chosen, beside what they are about."""

from dataclasses import dataclass
from enum import StrEnum

from digest.model.selection import Mood


class Quiet(StrEnum):
    """What a reader gets when nothing reaches their floor."""

    TRENDING = "trending"
    """A line that says so, and the day's top papers."""
    NOTE = "note"
    """The line alone."""
    SKIP = "skip"
    """No mail."""

    @property
    def mood(self) -> Mood:
        """The mood of such a day."""
        return _MOODS[self]


_MOODS = {Quiet.TRENDING: Mood.QUIET, Quiet.NOTE: Mood.NOTE, Quiet.SKIP: Mood.SKIP}


@dataclass(frozen=True, slots=True)
class Manner:
    """The installation's manner, or one reader's, where they wish it otherwise."""

    quiet: Quiet = Quiet.TRENDING
    fill: bool = False
    """Places that nothing worth one takes go to what comes nearest."""
    serendipity: bool = False
    """The last place goes to what trends most outside the reader's topics."""
    again: bool = False
    """What was sent may come again, labelled so: a month later when it trends anew, and once for
    each major revision."""
