"""What a stage tells while it works; listeners (progress bars, log) decide what to show."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.model.cause import Notice
from digest.model.verdict import Collection


class Stage(StrEnum):
    """The four verbs of the nightly run."""

    COLLECT = "collect"
    SELECT = "select"
    RENDER = "render"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Started:
    """A stage knows how much there is to do."""

    stage: Stage
    total: int


@dataclass(frozen=True, slots=True)
class Advanced:
    """A stage did some of it."""

    stage: Stage
    count: int
    outcome: str = ""
    """What it came to: a delivery state, a verdict."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A stage has done all that it could."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class Began:
    """A run holds the lock and begins."""

    day: date
    """The edition's."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run has ended, in whatever way."""

    day: date
    status: int
    """Its exit status."""
    notices: tuple[Notice, ...] = ()
    """What somebody should hear of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A fetch got its verdict; what follows from it stands in `CONSEQUENCES`."""

    collection: Collection


Event = Started | Advanced | Finished | Judged | Began | Ended
