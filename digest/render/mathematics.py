r"""TeX in titles and abstracts, made readable in plain Unicode.

What can be said in Unicode is ("$\mathcal{O}(n^2)$" → "O(n²)"); a piece that cannot be stays
exactly as it was written. Sources damage TeX on the way, so nothing here raises.
"""

import re
import unicodedata
from collections.abc import Callable

from digest.render.symbols import (
    ABOVE,
    ACCENTS,
    BELOW,
    BLACKBOARD,
    COMMAND,
    ESCAPES,
    GREEK,
    OPERATORS,
    SPACES,
    SYMBOLS,
    WRAPPERS,
)

_DEEPEST = 12
"""Nested groups that are followed; deeper ones stay source."""

_SPANS = re.compile(
    r"\$\$(?P<display>[^$]{1,400})\$\$"
    r"|(?<![\\$])\$(?P<inline>[^$\s](?:[^$]{0,400}?[^$\s\\])?)\$(?!\d)"
    r"|\\\((?P<round>.{1,400}?)\\\)|\\\[(?P<square>.{1,400}?)\\\]",
    re.DOTALL,
)
"""Mathematics: pandoc's rule for `$`, so that "$5 and $10" is money."""
_SCRIPT = re.compile(r"(?<=[\w)\]])([\^_])\{([^{}]{1,24})\}")
_UNKNOWN = re.compile(r"(?:\\[A-Za-z]+)+")
_PLAIN = re.compile(r"[^\W\d]+|[\d.]+")
"""A script that needs no brackets to be told from what follows."""
_QUOTES = (("``", "“"), ("''", "”"))
_POWER = re.compile(r"(?<=[\w)∇])\^(\d{1,3}|\*)")
"""A power without braces or dollars, as sources leave it: "VLM^2-Bench", "FaSTA^*"."""
_DAMAGE = re.compile(r"(?<=\d)times(?=\d|\b)")
"""What is left of "\\times" where a source dropped the backslash: "2.4times"."""
_NAMES = re.compile(
    r"(?<![\\\w])(nabla|" + "|".join(sorted(GREEK, key=len, reverse=True)) + r")(?=\^\{?\d)"
)
"""The same of a letter: "tau^2-bench"."""


class _Unreadable(ValueError):
    """There is no Unicode for it."""


def readable(text: str) -> str:
    """The text with its TeX turned into Unicode, piece by piece."""
    text = _NAMES.sub(lambda found: SYMBOLS[found[1]], _DAMAGE.sub("×", text))
    if not any(sign in text for sign in "\\$^_`"):
        return text
    pieces, end = [], 0
    for span in _SPANS.finditer(text):
        pieces += [_prose(text[end : span.start()]), _span(span)]
        end = span.end()
    return "".join([*pieces, _prose(text[end:])])


def _span(span: re.Match[str]) -> str:
    inner = next(group for group in span.groups() if group is not None)
    try:
        return " ".join(_Reader(inner, maths=True).all().split())
    except _Unreadable:
        return span[0]


def _prose(text: str) -> str:
    """Text between formulas: commands one by one, then scripts with braces, then quotes."""
    out, at = "", 0
    while (found := COMMAND.search(text, at)) is not None:
        reader = _Reader(text, maths=False, at=found.start())
        try:
            piece = reader.item()
        except _Unreadable:
            unknown = _UNKNOWN.match(text, found.start()) or found
            piece, reader.at = unknown[0], unknown.end()
        out += text[at : found.start()] + piece
        at = reader.at
    out = _SCRIPT.sub(_braced, out + text[at:])
    out = _POWER.sub(lambda found: _script("^", found[1]), out)
    for written, printed in _QUOTES:
        out = out.replace(written, printed) if "``" in text else out
    return out


def _braced(found: re.Match[str]) -> str:
    return _script(found[1], found[2]) if found[2].strip() else found[0]


class _Reader:
    """Reads TeX from a place on; every method moves that place. Raises _Unreadable."""

    def __init__(self, text: str, *, maths: bool, at: int = 0, depth: int = 0) -> None:
        self.text, self.maths, self.at, self.depth = text, maths, at, depth

    def all(self) -> str:
        """All that is left."""
        if self.depth > _DEEPEST:
            raise _Unreadable
        pieces = []
        while self.at < len(self.text):
            pieces.append(self.item())
        return "".join(pieces)

    def item(self) -> str:
        """One character, group, command or script."""
        character = self.text[self.at]
        if character == "\\":
            return self.command()
        if character == "{":
            return self.argument()
        if character == "}":
            raise _Unreadable
        self.at += 1
        if self.maths and character in "^_":
            return _script(character, self.argument())
        if self.maths and character in "-~'*":
            return {"-": "−", "~": " ", "'": "′", "*": "∗"}[character]
        return " " if character == "~" else character

    def argument(self) -> str:
        """A group in braces, or what one command or character makes."""
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1
        if self.at >= len(self.text):
            raise _Unreadable
        if self.text[self.at] != "{":
            return self.item()
        inner = self._group()
        return _Reader(inner, maths=self.maths, depth=self.depth + 1).all()

    def _group(self) -> str:
        level, start = 0, self.at
        for place in range(start, len(self.text)):
            escaped = self.text[place - 1 : place] == "\\"
            level += {"{": 1, "}": -1}.get(self.text[place], 0) * (not escaped)
            if level == 0:
                self.at = place + 1
                return self.text[start + 1 : place]
        raise _Unreadable

    def command(self) -> str:
        """A command with its arguments."""
        found = COMMAND.match(self.text, self.at)
        if found is None:
            raise _Unreadable
        self.at, name = found.end(), found[0][1:].rstrip("*")
        if name in ACCENTS and (name.isalpha() or not self.maths):
            return self._accented(name)
        if name in _MAKERS:
            return _MAKERS[name](self)
        if name in WRAPPERS:
            return self._wrapped(name)
        return self._symbol(name)

    def _symbol(self, name: str) -> str:
        if name in ESCAPES:
            return name
        if name in OPERATORS:
            return self._spaced(name)
        if name in SPACES and (self.maths or name not in "/"):
            return SPACES[name]
        if name not in SYMBOLS or (not self.maths and len(name) == 1 and not self._ends()):
            raise _Unreadable
        if not self.maths and self.text[self.at : self.at + 2] == "{}":
            self.at += 2
        return SYMBOLS[name]

    def _ends(self) -> bool:
        return not self.text[self.at : self.at + 1].isalpha()

    def _spaced(self, name: str) -> str:
        after = self.text[self.at : self.at + 1]
        return f"{name} " if after.isalnum() or after == "\\" else name

    def _accented(self, name: str) -> str:
        if not self.maths and name.isalpha() and self.text[self.at : self.at + 1] not in {"{", " "}:
            raise _Unreadable
        base = self.argument().replace("ı", "i").replace("ȷ", "j")
        if not base or not base[0].isalpha() or len(base) > (1 if name != "overline" else 8):
            raise _Unreadable
        return unicodedata.normalize("NFC", "".join(letter + ACCENTS[name] for letter in base))

    def _wrapped(self, name: str) -> str:
        after = self.text[self.at : self.at + 1]
        if after not in {"{", " "} and not self.maths:
            raise _Unreadable
        maths = self.maths and name != "text"
        inner = _Reader(self.text, maths=maths, at=self.at, depth=self.depth)
        text, self.at = inner.argument(), inner.at
        return text


def _script(sign: str, inner: str) -> str:
    """A superscript or subscript; in brackets where Unicode lacks one of its characters."""
    table = ABOVE if sign == "^" else BELOW
    inner = inner.strip()
    if inner in {"′", "°", "∘"}:
        return {"∘": "°"}.get(inner, inner)
    if inner and all(character in table for character in inner):
        return "".join(table[character] for character in inner)
    return f"{sign}{inner}" if len(inner) == 1 or _PLAIN.fullmatch(inner) else f"{sign}({inner})"


def _bracketed(text: str) -> str:
    return text if len(text) == 1 or text.isalnum() else f"({text})"


def _fraction(reader: _Reader) -> str:
    return f"{_bracketed(reader.argument())}/{_bracketed(reader.argument())}"


def _root(reader: _Reader) -> str:
    if reader.text[reader.at : reader.at + 1] == "[":
        raise _Unreadable
    return f"√{_bracketed(reader.argument())}"


def _blackboard(reader: _Reader) -> str:
    return "".join(BLACKBOARD.get(letter, letter) for letter in reader.argument())


def _labelled(reader: _Reader) -> str:
    r"""`\href{address}{words}`: the words."""
    reader.argument()
    return reader.argument()


_MAKERS: dict[str, Callable[[_Reader], str]] = {
    "frac": _fraction,
    "tfrac": _fraction,
    "dfrac": _fraction,
    "sqrt": _root,
    "mathbb": _blackboard,
    "mathds": _blackboard,
    "href": _labelled,
    "textcolor": _labelled,
    "textsuperscript": lambda reader: _script("^", reader.argument()),
    "textsubscript": lambda reader: _script("_", reader.argument()),
}
