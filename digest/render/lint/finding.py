"""What a check has to say."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """A reader, a client or a provider is failed: `digest lint` exits 1."""
    WARNING = "warning"
    """It works, and ought to be better."""
    NOTE = "note"
    """Polish that some clients leave out; the mail reads well without."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, where, and what to do."""

    check: str
    """The check's name, as in `links`."""
    level: Level
    message: str
    where: str
    """Document, part and line or field, as in `rich-day.eml: html line 12`."""
