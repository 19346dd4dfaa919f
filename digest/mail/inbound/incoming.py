"""A mail as it arrived, read tolerantly (RFC 5322, RFC 2045): damage is ordinary, no error.

What people read (`notice`) is told apart from the machine's report and from the message that came
back, whether MIME says where each begins or only a line of dashes does.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as MimePart
from email.utils import getaddresses

from digest.mail.inbound.fields import DAMAGE, Fields, decoded, fields_of, groups, text_of, to_text
from digest.mail.inbound.plain import from_html
from digest.mail.inbound.splitting import split

LONGEST = 512 * 1024
"""Octets of a mail that are looked at; a notice with a returned message fits many times."""
TEXT = 128 * 1024
"""Characters of a text that are looked at."""

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
