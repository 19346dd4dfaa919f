"""A notice without MIME parts: where what people read ends and the message that came back begins."""

import re
from collections.abc import Iterator

_SEPARATOR = re.compile(
    r"""^\W{0,3}[-_=*+#.>\s]{2,}\s*
        [^\n]{0,40}?\b(?:original\ |returned\ |undelivered\ |unsent\ |forwarded\ |failed\ |bounced\ )
        (?:message|mail|e-?mail|text|headers?)\b[^\n]{0,60}$
      | ^[-=*\s]*\b(?:this|below|here|following)\b[^\n]{0,40}\bcopy\ of\ (?:the|your)\b[^\n]{0,60}$
      | ^\W*message\ (?:header|contents?|text)s?\ (?:follow|is\ below)[^\n]{0,30}$
      | ^\W*(?:the\ )?(?:header|text)s?\ of\ (?:the|your)\ (?:original\ )?(?:message|mail)[^\n]{0,40}$
      | ^[-=*]{3,}\s*(?:original|returned|unsent)\b[^\n]{0,60}$
      | ^[-=*]+\s*(?:message\ header|received\ header|header|the\ header)s?\b[^\n]{0,60}$
      | ^\W*(?:your\ |the\ )?(?:original|returned|unsent|undelivered)\ (?:message|mail)
        (?:\ headers?)?(?:\ (?:follows|was|is|below)[^\n]{0,40})?\W*$
      | ^\W*(?:please\ find\ )?(?:your|the)\ (?:original\ )?message\ (?:is\ )?(?:attached|follows)\b[^\n]{0,40}$
    """,
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_HEADERS = re.compile(
    r"^(?:Received|Return-Path|Message-ID|DKIM-Signature|X-[\w-]+|MIME-Version|Delivered-To|From"
    r"|Date|To|Subject|Content-Type|Reply-To|Sender|Cc|Authentication-Results)[ \t]*:",
    re.IGNORECASE,
)
_SURE = re.compile(r"^(?:Received|Return-Path|Message-ID|MIME-Version|DKIM-Signature):", re.I)
"""Fields that nobody writes in prose."""


def split(text: str) -> tuple[str, str]:
    """What people read, and the returned message behind it; "" when none came back."""
    header = _returned_header(text)
    places = [] if header is None else [header]
    for found in _SEPARATOR.finditer(text):
        rest = text[found.end() :].lstrip("\n -=*>")
        if found.start() > 0 and _looks_like_message(rest):
            places.append(found.start())
            break
    if not places:
        return text, ""
    place = min(places)
    return text[:place], re.sub(r"\A(?:[^\n:]*\n)+?(?=[A-Za-z-]+:)", "", text[place:], count=1)


def _looks_like_message(text: str) -> bool:
    lines = [line for line in text.split("\n")[:8] if line.strip()]
    return any(map(_HEADERS.match, lines))


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
