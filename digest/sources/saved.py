"""Saved pages and answers: which source's they are, and what their names tell."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from digest.errors import Misuse
from digest.model import Response, Saved
from digest.ports import Source
from digest.sources import fields

LARGEST = 64 * 2**20
"""Bytes: a larger file is none of a source's answers."""

MAIN = "huggingface"
"""Whose answer it is taken for, of several sources that may have given it."""

ABBREVIATED = {"huggingface": "hf"}
"""Short names of sources, as folders are called."""

_DAY = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)")
_INSTANT = re.compile(r"(?<!\d)(\d{8}T\d{6})Z")


def open_saved(
    path: Path, sources: Sequence[Source], asked: date | None, otherwise: datetime
) -> Saved:
    """A saved file as an answer of the source whose it is, told by its content.

    `sources` are those that it may be of; a single one is believed to be it. `asked` is the day
    that it is to be taken for; `otherwise` is the instant it was saved at, if its name tells none.
    Raises Misuse when the file cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise Misuse(f"{path}: larger than {LARGEST} bytes, so it is no saved answer")
        body = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path}: cannot be read: {error.strerror or error}") from error
    response = Response(str(path), body, instant_of(path) or otherwise)
    return Saved(_source(path, body, sources).name, response, asked, day_of(path))


def day_of(path: Path) -> date | None:
    """The day in a file's name, else the day that its folder is named by."""
    for name, pattern in ((path.name, _DAY.search), (path.parent.name, _DAY.fullmatch)):
        match = pattern(name)
        told = fields.day(match[1]) if match else None
        if told:
            return told
    return None


def instant_of(path: Path) -> datetime | None:
    """The instant in a name like `20240612T170641Z.json`, when the file was saved."""
    match = _INSTANT.search(path.name)
    try:
        told = datetime.strptime(match[1], "%Y%m%dT%H%M%S") if match else None  # noqa: DTZ007
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told else None


def _source(path: Path, body: bytes, sources: Sequence[Source]) -> Source:
    """Whose answer it is: told by its content, else (nobody knows it) the source in its path.

    An empty list is everybody's. What nobody knows at all is taken for the first source's, so
    that it gets the verdict of an answer that has changed beyond recognition.
    """
    known = [source for source in sources if source.recognises(body)] or list(sources)
    places = " ".join(path.resolve().parts[-5:]).lower()
    named = [s for s in known if s.name in places or ABBREVIATED.get(s.name, s.name) in path.parts]
    return (named if len(known) > 1 and named else sorted(known, key=_rank))[0]


def _rank(source: Source) -> int:
    return 0 if source.name == MAIN else 1
