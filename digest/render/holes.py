"""Holes: a page is rendered once with marks for what is personal, and cut at them.

A mark is one private-use character (U+E000 to U+EFFF), written once or several times in a row; no
text of a stranger ever holds one (`digest.mail.characters`). A filter that is given a text with a
mark in it cannot work yet: it leaves a call, which is made for each value that fills the hole.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from markupsafe import escape

from digest.errors import RenderError
from digest.render.columns import COLUMNS, FILTERS, width
from digest.render.memo import Memo
from digest.render.quoted import SOFT, fragment

MARKS = range(0xE000, 0xF000)
_MARK = re.compile("([\ue000-\uefff])\\1*")
_BEGIN, _END = "\uf8fe", "\uf8ff"
_HOLE = re.compile(f"{_BEGIN}([^{_END}]*){_END}|{_MARK.pattern}".replace("\\1", "\\2"))
_VALUE = chr(MARKS[0])
"""What stands for the value in a form, whatever its field."""
_EASY = re.compile(r"(?!From )[A-Za-z0-9][\w@+,-]*+(?:[. ][\w@+,-]++)*+", re.ASCII).fullmatch
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


class Form:
    """What a template makes of a value before it is printed."""

    def __init__(self, call: str = "", *, html: bool = False) -> None:
        """`call`: a filter's call with a mark for the value; "" prints the value as it is."""
        self.call, self.html = call, html
        self._hash = hash((call, html))
        self.room = COLUMNS
        """Columns up to which an easy value is printed as it is, between `around`."""
        self.around = (b"", b"")
        self.layouts: Memo[int, tuple[bytes, bytes] | None] = Memo(self._layout, COLUMNS)
        """What stands around an easy word of so many columns; None if it must be broken."""
        if call:
            self._name, *self._args = json.loads(call)
            one = self.layouts[1] if self._name == "wrap" else None
            alone = one is not None and b"\r\n" not in (one[0] + one[1]).replace(SOFT, b"")
            self.room = self._left() if alone else 0
            self.around = one or self.around

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Form) and (self.call, self.html) == (other.call, other.html)

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return f"{self.call} {self.html}"

    def fill(self, value: str) -> bytes:
        """The value as it is printed, in quoted-printable."""
        text = self._put(value) if self.call else value
        return fragment(str(escape(text)) if self.html else text)

    def _put(self, value: str) -> str:
        put = [a.replace(_VALUE, value) if isinstance(a, str) else a for a in self._args]
        return FILTERS[self._name](*put)

    def _left(self) -> int:
        """Columns that the one line has left for the value."""
        return COLUMNS - width(self._put("x")) + 1

    def _layout(self, columns: int) -> tuple[bytes, bytes] | None:
        """Where lines end around a word depends on its length alone."""
        word = "\N{FULL BLOCK}" * columns
        text = self._put(word) if self.call else word
        before, found, after = text.partition(word)
        if not found or word[0] in before + after or self.html:
            return None
        opened = fragment(before) if before.endswith("\n") else fragment(before) + SOFT
        closed = fragment(after) if after.startswith("\n") else SOFT + fragment(after)
        return opened if before else b"", closed if after else b""


def fill(forms: Iterable[Form], value: str, octets: bytes = b"") -> list[bytes]:
    """A value in each form; `octets` is `easy(value)`, where that is known."""
    size = len(octets)
    filled = []
    for form in forms:
        if 0 < size <= form.room:
            around: tuple[bytes, bytes] | None = form.around
        else:
            around = form.layouts[size] if octets and b" " not in octets else None
        filled.append(around[0] + octets + around[1] if around else form.fill(value))
    return filled


def easy(value: str) -> bytes:
    """The octets of a text that is letters, digits and the plainest of signs; else b""."""
    return value.encode() if _EASY(value) else b""


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
    return marks.pop(), Form(_MARK.sub(_VALUE, call), html=html)
