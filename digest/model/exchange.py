"""A request to a source and its answer, as values: sources do no I/O themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from digest.model.paper import Paper


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of one URL."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Saved:
    """An answer that was kept as a file, whose name is `response.url`."""

    source: str
    response: Response
    asked: date | None
    """The day that it is to be taken for, whatever it says."""
    named: date | None
    """The day that its name or folder tells, for when it says nothing itself."""
