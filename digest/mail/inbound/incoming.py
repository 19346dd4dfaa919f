"""A mail as it arrived, read tolerantly (RFC 5322, RFC 2045): damage is ordinary, no error.

What people read (`notice`) is told apart from the machine's report and from the message that came
back, whether MIME says where each begins or only a line of dashes does.
"""

import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header
from email.message import Message as MimePart
from email.utils import getaddresses

from digest.mail.inbound.plain import from_html

LONGEST = 512 * 1024
"""Octets of a mail that are looked at; a notice with a returned message fits many times."""
TEXT = 128 * 1024
"""Characters of a text that are looked at."""
DAMAGE = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError)
"""What the standard library raises on mails that are none."""

Fields = Mapping[str, str]
"""Header fields or report fields by lower-case name; the first of each."""

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/global-headers",
        "message/rfc822-headers",
        "text/rfc822",
    }
)
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]?(.*)$")


@dataclass(frozen=True)
class Incoming:
    """One mail."""

    headers: tuple[tuple[str, str], ...]
    """Name in lower case and decoded value, in order."""
    kind: str
    """The media type, in lower case."""
    report_type: str
    """`report-type` of multipart/report (RFC 6522), in lower case."""
    notice: str
    """What people read, without what came back."""
    html_only: bool = False
    """Whether what people read was HTML alone."""
    status: tuple[Fields, ...] = ()
    """The fields of delivery-status parts (RFC 3464 §2), per message first, then per recipient."""
    feedback: tuple[Fields, ...] = ()
    """The fields of feedback reports (RFC 5965 §3)."""
    disposition: tuple[Fields, ...] = ()
    """The fields of disposition notifications (RFC 8098 §3)."""
    returned: Fields = field(default_factory=dict)
    """The header of the message that came back."""
    returned_text: str = ""
    """What came back, as text: header and the beginning of the body."""

    @classmethod
    def parse(cls, octets: bytes) -> "Incoming":
        """Reads a mail; whatever it is made of, something comes out."""
        octets = octets[:LONGEST]
        try:
            return _Reader(message_from_bytes(octets), octets).read()
        except DAMAGE:
            return _bare(octets)

    def get(self, name: str) -> str:
        """The first field of a name, decoded; "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every field of a name."""
        return [value for key, value in self.headers if key == name]

    def addresses(self, *names: str) -> list[str]:
        """The addresses in fields, in lower case."""
        return addresses(value for name in names for value in self.all(name))


def addresses(values: Iterable[str]) -> list[str]:
    """The addresses that structured fields hold (RFC 5322 §3.4), in lower case."""
    values = [value.replace("\n", " ").replace("\r", " ") for value in values]
    try:
        found = getaddresses(values, strict=False)
    except TypeError:  # Pythons before the parameter
        found = getaddresses(values)
    except DAMAGE:
        return []
    return [address.lower() for _, address in found if "@" in address]


class _Reader:
    """Walks through the parts."""

    def __init__(self, message: MimePart, octets: bytes) -> None:
        self._message, self._octets = message, octets
        self._texts: list[str] = []
        self._html: list[str] = []
        self._status: list[Fields] = []
        self._feedback: list[Fields] = []
        self._disposition: list[Fields] = []
        self._came_back: list[str] = []
        self._over = False
        """Whether what follows is the returned message."""

    def read(self) -> Incoming:
        self._walk(self._message, 0)
        html_only = not any(map(str.strip, self._texts))
        notice = "\n".join(self._html if html_only else self._texts)[:TEXT]
        came_back = "\n".join(self._came_back)
        if not (notice.strip() or self._status or self._feedback):
            notice = self._raw()  # a multipart without its boundaries
        if not came_back:
            notice, came_back = split(notice)
        return Incoming(
            headers=tuple((k.lower(), decoded(str(v))) for k, v in self._message.items()),
            kind=self._message.get_content_type().lower(),
            report_type=_parameter(self._message, "report-type").lower(),
            notice=notice,
            html_only=html_only and bool(self._html),
            status=tuple(self._status),
            feedback=tuple(self._feedback),
            disposition=tuple(self._disposition),
            returned=fields_of(came_back[:TEXT]),
            returned_text=came_back[:TEXT],
        )

    def _raw(self) -> str:
        """The body of a damaged multipart, as it is."""
        if not self._message.is_multipart() and self._message.get_content_maintype() != "multipart":
            return ""
        _, _, body = self._octets.replace(b"\r\n", b"\n").partition(b"\n\n")
        return to_text(body, "utf-8")[:TEXT]

    def _walk(self, part: MimePart, depth: int) -> None:
        kind = part.get_content_type().lower()
        if kind in _STATUS_PARTS:
            self._status += blocks(part)
            self._over = True
        elif kind == "message/feedback-report":
            self._feedback += blocks(part)
        elif kind == "message/disposition-notification":
            self._disposition += blocks(part)
        elif kind in _RETURNED:
            self._came_back.append(flat(part))
            self._over = True
        elif part.is_multipart() and depth < 20:
            for inner in part.get_payload():
                self._walk(inner, depth + 1)  # type: ignore[arg-type]
        elif kind.startswith("text/") or kind == "application/octet-stream":
            self._text(part, kind)

    def _text(self, part: MimePart, kind: str) -> None:
        if part.get_content_disposition() == "attachment" and (self._texts or self._html):
            return
        text = text_of(part)[:TEXT]
        if self._over:
            self._came_back.append(text)
        elif kind == "text/html":
            self._html.append(from_html(text))
        elif kind.startswith("text/"):
            self._texts.append(text)


def decoded(value: str) -> str:
    """A header value with its encoded words (RFC 2047) read, on one line."""
    value = re.sub(r"[\r\n]+[ \t]*", " ", value)
    if "\x1b$" in value:  # ISO-2022-JP as it is, without an encoded word
        with suppress(ValueError):
            value = value.encode("ascii").decode("iso2022_jp")
    if "=?" not in value:
        return value
    try:
        return "".join(_word(octets, charset) for octets, charset in decode_header(value))
    except (*DAMAGE, binascii.Error):
        return value


def _word(octets: bytes | str, charset: str | None) -> str:
    if isinstance(octets, str):
        return octets
    return to_text(octets, charset or "utf-8")


def to_text(octets: bytes, charset: str) -> str:
    """Octets in a charset that may be a lie."""
    for name in (charset, "utf-8"):
        with suppress(LookupError, ValueError):
            return octets.decode(name)
    return octets.decode("latin-1")


def text_of(part: MimePart) -> str:
    """A leaf's text, its transfer encoding undone."""
    try:
        octets = part.get_payload(decode=True)
    except DAMAGE:
        octets = None
    if not isinstance(octets, bytes):
        octets = str(part.get_payload()).encode("utf-8", "surrogateescape")
    charset = "utf-8"
    with suppress(*DAMAGE):
        charset = str(part.get_content_charset("utf-8"))
    return to_text(octets, charset).replace("\r\n", "\n").replace("\r", "\n")


def _parameter(part: MimePart, name: str) -> str:
    with suppress(*DAMAGE):
        value = part.get_param(name, "")
        return value if isinstance(value, str) else ""
    return ""


def flat(part: MimePart) -> str:
    """A part that is itself a message, as text."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return text_of(part)
    with suppress(*DAMAGE):
        return "\n".join(str(inner) for inner in payload)[:TEXT]
    return ""


def blocks(part: MimePart) -> Sequence[Fields]:
    """The groups of fields of a report (RFC 3464 §2.1: separated by blank lines)."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return [one for inner in payload if isinstance(inner, MimePart) for one in _groups(inner)]
    return groups(text_of(part))


def _groups(inner: MimePart) -> list[dict[str, str]]:
    """One group; or several, where the blank lines between recipients are missing."""
    found: list[dict[str, str]] = [{}]
    for name, value in inner.items():
        if name.lower() == "final-recipient" and "final-recipient" in found[-1]:
            found.append({})
        found[-1].setdefault(name.lower(), decoded(str(value)).strip())
    # Transfer-encoded, damaged, or message/global-delivery-status, which the library takes for a
    # message: further fields are in the body.
    return [group for group in found if group] + groups(text_of(inner))


def groups(text: str) -> list[dict[str, str]]:
    """Groups of fields in plain text."""
    paragraphs = re.split(r"\n[ \t]*\n", text)
    return [group for group in map(fields_of, paragraphs) if group]


def fields_of(text: str) -> dict[str, str]:
    """The fields at the beginning of a text, unfolded (RFC 5322 §2.2.3); the first of each name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.lstrip("\n").split("\n")[:400]:
        if not line.strip():
            break
        if line[0] in " \t" and name:
            found[name] += " " + line.strip()
        elif matched := _FIELD.match(line):
            name = matched[1].lower()
            if name in found:
                name = ""
            else:
                found[name] = matched[2].strip()
    return {key: decoded(value) for key, value in found.items()}


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
    places = [found.start() for found in [_returned_header(text)] if found]
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


class _Place:
    def __init__(self, place: int) -> None:
        self._place = place

    def start(self) -> int:
        return self._place


def _returned_header(text: str) -> _Place | None:
    """Where three header lines in a row begin, one of them a sure sign."""
    run: list[int] = []
    sure = False
    for start, line in _lines(text):
        if _HEADERS.match(line):
            run.append(start)
            sure = sure or bool(_SURE.match(line))
            if len(run) >= 3 and sure:
                return _Place(run[0])
        elif not (run and line[:1] in {" ", "\t"} and line.strip()):
            run, sure = [], False
    return None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _bare(octets: bytes) -> Incoming:
    """A mail that the library cannot take apart: header and text, no more."""
    text = to_text(octets, "utf-8").replace("\r\n", "\n")
    header, _, body = text.partition("\n\n")
    found = tuple(fields_of(header).items())
    notice, came_back = split(body[:TEXT])
    return Incoming(
        headers=found,
        kind="text/plain",
        report_type="",
        notice=notice,
        returned=fields_of(came_back),
        returned_text=came_back,
    )
