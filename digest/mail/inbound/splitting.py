"""A notice without MIME parts: where what people read ends and the message that came back begins."""

import re
from collections.abc import Iterator

_DECORATION = " \t-=_*#+.>"
"""What stands around the words of a line that parts two texts."""
_ALWAYS = re.compile(
    r"""(?:this|below|here|following)\b.{0,40}\bcopy\ of\ (?:the|your)\b
      | message\ (?:header|contents?|text)s?\ (?:follow|is\ below)
      | (?:the\ )?(?:header|text)s?\ of\ (?:the|your)\ (?:original\ )?(?:message|mail)
      | (?:your\ |the\ )?(?:original|returned|unsent|undelivered)\ (?:message|mail)(?:\ headers?)?
        (?:\ (?:follows|was|is|below).{0,40})?:?\Z
      | (?:please\ find\ )?(?:your|the)\ (?:original\ )?message\ (?:is\ )?(?:attached|follows)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DECORATED = re.compile(
    r"""(?:original|returned|unsent)\b | (?:message\ |received\ |the\ )?headers?\b
      | .{0,40}\b(?:original|returned|undelivered|unsent|forwarded|failed|bounced)
        [ ](?:message|mail|e-?mail|text|headers?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
LONGEST = 200
"""Characters of a line that can part two texts."""
_HEADERS = re.compile(
    r"^(?:Received|Return-Path|Message-ID|DKIM-Signature|X-[\w-]+|MIME-Version|Delivered-To|From"
    r"|Date|To|Subject|Content-Type|Reply-To|Sender|Cc|Authentication-Results)[ \t]*:",
    re.IGNORECASE,
)
_SURE = re.compile(r"^(?:Received|Return-Path|Message-ID|MIME-Version|DKIM-Signature):", re.I)
"""Fields that nobody writes in prose."""


def split(text: str) -> tuple[str, str]:
    """What people read, and the returned message behind it; "" when none came back."""
    found = [place for place in (_returned_header(text), _separator(text)) if place is not None]
    if not found:
        return text, ""
    place = min(found)
    return text[:place], re.sub(r"\A(?:[^\n:]*\n)+?(?=[A-Za-z-]+:)", "", text[place:], count=1)


def _separator(text: str) -> int | None:
    """Where a line parts the two, and fields follow."""
    lines = list(_lines(text))
    for number, (start, line) in enumerate(lines):
        if start and _parts(line):
            following = [below for _, below in lines[number + 1 : number + 12] if below.strip()]
            if any(map(_HEADERS.match, following[:8])):
                return start
    return None


def _parts(line: str) -> bool:
    bare = line.strip(_DECORATION)
    if not bare or len(bare) > LONGEST:
        return False
    decorated = len(line.lstrip(" \t>")) - len(line.lstrip(_DECORATION)) >= 2
    return bool(_ALWAYS.match(bare) or (decorated and _DECORATED.match(bare)))


def _returned_header(text: str) -> int | None:
    """Where three header lines in a row begin, one of them a sure sign."""
    run: list[int] = []
    sure = False
    for start, line in _lines(text):
        if _HEADERS.match(line):
            run.append(start)
            sure = sure or bool(_SURE.match(line))
            if len(run) >= 3 and sure:
                return run[0]
        elif not (run and line[:1] in {" ", "\t"} and line.strip()):
            run, sure = [], False
    return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1
