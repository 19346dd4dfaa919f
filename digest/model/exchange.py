"""A request to a source and its answer, as values: sources do no I/O themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.model.paper import Paper


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of one URL, or a POST where there is a body."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """May hold a key, so it is never printed."""
    body: bytes | None = None
    """What is posted."""
    pace: float = 0.0
    """Seconds of rest that the host is owed between any two requests of an installation."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer with status 2xx, decoded from its transfer coding but not from its charset."""

    url: str
    body: bytes
    at: datetime
    """When it was received, or, for a saved one, when it was saved."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a source read from one answer."""

    papers: tuple[Paper, ...]
    day: date | None
    """The day that the answer itself says it is of."""
    next: Request | None = None
    """The request for the rest, when there is more."""
    notes: tuple[str, ...] = ()
    """What could not be read as expected although the rest could, a sentence each."""
    lacks: str = ""
    """Why this is less than the list it is of, or no list of a day at all; "" when it is whole."""


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer that was kept as a file, whose name is `response.url`."""

    source: str
    response: Response
    asked: date | None
    """The day that it is to be taken for, whatever it says."""
    named: date | None
    """The day that its name or folder tells, for when it says nothing itself."""
