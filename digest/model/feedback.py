"""What readers say of papers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Feedback(StrEnum):
    """A button below a paper."""

    MORE = "more"
    """More like this; takes back `less`."""
    LESS = "less"
    """Less like this; takes back `more`."""
    SAVE = "save"
    """Keep it on my list."""


OPPOSITE = {Feedback.MORE: Feedback.LESS, Feedback.LESS: Feedback.MORE}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a reader said of a paper, and when."""

    work: str
    """The paper's id."""
    kind: Feedback
    at: datetime
