"""A mail or a page to be checked: its parts, read once for all checks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import MIMEPart
from functools import cached_property
from typing import Self

from digest.render.lint.css import Rule, rules
from digest.render.lint.finding import Finding, Level
from digest.render.lint.markup import Markup
from digest.render.quoted import quoted

_FIELD = re.compile(rb"([!-9;-~]+):")


@dataclass(frozen=True, slots=True)
class Field:
    """A header field as it stands in the mail."""

    name: str
    """In lower case."""
    raw: bytes
    """All its lines, without the last line end."""

    @property
    def value(self) -> str:
        """What follows the colon, unfolded, not decoded."""
        text = self.raw.partition(b":")[2].decode("ascii", "replace")
        return re.sub(r"\r?\n(?=[ \t])", "", text).strip()


@dataclass(frozen=True)
class Document:
    """What is checked. A page alone has neither header nor text part: their checks say nothing."""

    name: str
    html: str
    weight: int
    """Octets of the HTML part as the mail holds it."""
    text: str | None = None
    """The text part; None when the mail has none."""
    header: tuple[Field, ...] | None = None
    parts: tuple[str, ...] = ()
    """The types of the mail's parts, in their order."""
    defects: tuple[str, ...] = ()
    """What the mail's reader stumbled over."""

    @classmethod
    def of_page(cls, name: str, html: str) -> Self:
        """A page that is not in a mail yet."""
        return cls(name, html, len(quoted(html)))

    @classmethod
    def of_mail(cls, name: str, content: bytes) -> Self:
        """A whole mail."""
        parsed = message_from_bytes(content, policy=policy.default)
        html, text = (parsed.get_body((kind,)) for kind in ("html", "plain"))
        page, defects = _content(html), [*parsed.defects]
        for part in parsed.walk():
            defects += part.defects
        return cls(
            name=name,
            html=page,
            weight=len(str(html.get_payload()).encode("utf-8", "surrogateescape")) if html else 0,
            text=_content(text) if text else None,
            header=tuple(_fields(content)),
            parts=tuple(part.get_content_type() for part in parsed.walk()),
            defects=tuple(sorted({type(found).__name__ for found in defects})),
        )

    @cached_property
    def markup(self) -> Markup:
        """The page's elements."""
        return Markup.read(self.html)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules of all style elements; lines are those of the page."""
        return [
            Rule(rule.condition, rule.selectors, rule.declarations, rule.line + line - 1)
            for sheet, line in self.markup.sheets
            for rule in rules(sheet)
        ]

    def fields(self, name: str) -> list[Field]:
        """The header fields of a name (in lower case)."""
        return [found for found in self.header or () if found.name == name]

    def field(self, name: str) -> str:
        """The first such field's value; "" when there is none."""
        found = self.fields(name)
        return found[0].value if found else ""

    @property
    def is_answer(self) -> bool:
        """Whether it answers somebody (RFC 3834 §5): then it belongs to no list."""
        return self.field("auto-submitted").lower().startswith("auto-replied")

    def at(self, place: int | str, part: str = "html") -> str:
        """How findings name a place: a line of a part, or a field's name."""
        line = f"{part} line {place}" if isinstance(place, int) else place
        return f"{self.name}: {line}" if line else self.name


@dataclass(frozen=True)
class Voice:
    """A check's own way to say things, so that all findings look alike."""

    check: str
    document: Document
    part: str = field(default="html")

    def error(self, place: int | str, message: str) -> Finding:
        """A failure."""
        return self._say(Level.ERROR, place, message)

    def warning(self, place: int | str, message: str) -> Finding:
        """Something to mend."""
        return self._say(Level.WARNING, place, message)

    def note(self, place: int | str, message: str) -> Finding:
        """Something to know."""
        return self._say(Level.NOTE, place, message)

    def _say(self, level: Level, place: int | str, message: str) -> Finding:
        return Finding(self.check, level, message, self.document.at(place, self.part))


def _content(part: MIMEPart | None) -> str:
    """A part's text, whatever charset it claims."""
    if part is None:
        return ""
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _fields(content: bytes) -> Iterator[Field]:
    """The header's fields; a line that is none is given under the name ""."""
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for lines in re.findall(rb"^.*(?:\n[ \t].*)*", head, re.MULTILINE):
        found = _FIELD.match(lines)
        yield Field(found[1].decode().lower() if found else "", lines)
