"""Holes: a page is rendered once with marks for what is personal, and cut at them.

A mark is one private-use character (U+E000 to U+EFFF), written once or several times in a row; no
text of a stranger ever holds one (`digest.mail.characters`). A filter that is given a text with a
mark in it cannot work yet: it leaves a call, which is made for each value that fills the hole.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Self

from markupsafe import escape

from digest.errors import RenderError
from digest.render.columns import COLUMNS, FILTERS, width
from digest.render.quoted import SOFT, fragment

MARKS = range(0xE000, 0xF000)
_MARK = re.compile("([\ue000-\uefff])\\1*")
_BEGIN, _END = "\uf8fe", "\uf8ff"
_HOLE = re.compile(f"{_BEGIN}([^{_END}]*){_END}|{_MARK.pattern}".replace("\\1", "\\2"))
_VALUE = chr(MARKS[0])
"""What stands for the value in a form, whatever its field."""
_EASY = re.compile(r"(?!From )[A-Za-z0-9][\w@+,-]*+(?:[. ][\w@+,-]++)*+", re.ASCII)
"""A text that escaping, wrapping and quoted-printable leave as it is while it fits on a line."""


def filters() -> dict[str, Callable[..., str]]:
    """The text edition's filters, each of which waits for the value when its text has a mark."""
    return {name: _late(name, function) for name, function in FILTERS.items()}


def _late(name: str, function: Callable[..., str]) -> Callable[..., str]:
    def filter_(*args: object) -> str:
        if not any(isinstance(part, str) and _MARK.search(part) for part in args):
            return function(*args)
        return f"{_BEGIN}{json.dumps([name, *args], ensure_ascii=False)}{_END}"

    return filter_


@dataclass(frozen=True, slots=True)
class Form:
    """What a template makes of a value before it is printed."""

    call: str = ""
    """The filter's call; "" prints the value as it is."""
    html: bool = False
    _put: Callable[[str], str] | None = field(init=False, default=None, compare=False)
    before: bytes = field(init=False, default=b"", compare=False)
    after: bytes = field(init=False, default=b"", compare=False)
    """What stands around a value that is easy,"""
    room: int = field(init=False, default=COLUMNS, compare=False)
    """and not longer than this."""

    def __post_init__(self) -> None:
        """Prepares the call, and the easy way: what fits on its line needs no wrapping."""
        if not self.call:
            return
        name, *args = json.loads(self.call)

        def put(value: str) -> str:
            return FILTERS[name](*(a.replace(_VALUE, value) if _text(a) else a for a in args))

        before, _, after = str(args[0]).partition(_VALUE)
        alone = name == "wrap" and len(args) == 1 and put("x") == before + "x" + after
        prepared = {
            "_put": put,
            "room": COLUMNS - width(before + after) if alone else 0,
            "before": fragment(before) + SOFT if before else b"",
            "after": SOFT + fragment(after) if after else b"",
        }
        for attribute, made in prepared.items():
            object.__setattr__(self, attribute, made)

    def fill(self, value: str) -> bytes:
        """The value as it is printed, in quoted-printable."""
        text = self._put(value) if self._put else value
        return fragment(str(escape(text)) if self.html else text)


def fill(forms: Iterable[Form], value: str, octets: bytes = b"") -> list[bytes]:
    """A value in each form; `octets` is `easy(value)`, where that is known."""
    if octets:
        return [
            form.before + octets + form.after if len(octets) <= form.room else form.fill(value)
            for form in forms
        ]
    return [form.fill(value) for form in forms]


def easy(value: str) -> bytes:
    """The octets of a text that is letters, digits and the plainest of signs; else b""."""
    return value.encode() if _EASY.fullmatch(value) else b""


def _text(argument: object) -> bool:
    return isinstance(argument, str)


Hole = tuple[str, Form]
"""A mark, with what is made of its value."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Octets with holes: one literal more than there are holes."""

    literals: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    def __add__(self, other: Self) -> Self:
        middle = self.literals[-1] + other.literals[0]
        literals = (*self.literals[:-1], middle, *other.literals[1:])
        return type(self)(literals, self.holes + other.holes)


def plain_cut(lines: str) -> Cut:
    """Lines that are not quoted-printable, cut at their marks."""
    literals, holes = _cut(lines, html=False)
    return Cut(tuple(literal.encode() for literal in literals), holes)


def quoted_cut(page: str, *, html: bool) -> Cut:
    """A page in quoted-printable, cut at its marks. Raises RenderError.

    A soft break stands around each hole, but where a line ends there anyway; so a hole may be
    filled with any fragment.
    """
    literals, holes = _cut(page if page.endswith("\n") else f"{page}\n", html=html)
    done = []
    for place, literal in enumerate(literals):
        inner = place > 0 and not literal.startswith("\n")
        open_ = place < len(holes) and literal and not literal.endswith("\n")
        done.append((SOFT if inner else b"") + fragment(literal) + (SOFT if open_ else b""))
    return Cut(tuple(done), holes)


def _cut(text: str, *, html: bool) -> tuple[list[str], tuple[Hole, ...]]:
    literals, holes, end = [], [], 0
    for found in _HOLE.finditer(text):
        literals.append(text[end : found.start()])
        call, mark = found[1], found[2]
        holes.append((mark, Form(html=html)) if mark else _waiting(call, html=html))
        end = found.end()
    return [*literals, text[end:]], tuple(holes)


def _waiting(call: str, *, html: bool) -> Hole:
    marks = {found[1] for found in _MARK.finditer(call)}
    if _BEGIN in call or len(marks) != 1:
        raise RenderError(
            f"a template makes one text of several personal fields, or filters one twice: {call!r};"
            " give each a line of its own"
        )
    return marks.pop(), Form(_MARK.sub(_VALUE, call), html)
