"""The text edition's columns: wrapping, rules, and how wide a text is."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

COLUMNS = 72


@lru_cache(maxsize=16_384)  # readers share cards, so most texts come again
def wrap(text: str, indent: str = "", first: str | None = None) -> str:
    """The text in lines of at most 72 columns, the first begun with `first`, others indented."""
    words = text.split()
    begun = indent if first is None else first
    room = COLUMNS - max(len(begun), len(indent))
    if text.isascii() and begun.isascii() and max(map(len, words), default=0) <= room:
        return _wrapped(f"{begun}{' '.join(words)}", indent, len(begun))
    lines = [begun]
    empty = True
    for word in words:
        if not empty and width(lines[-1]) + 1 + width(word) > COLUMNS:
            lines.append(indent)
            empty = True
        lines[-1] += word if empty else f" {word}"
        empty = False
        while width(lines[-1]) > COLUMNS and "://" not in word:
            lines[-1], rest = _broken(lines[-1])
            lines.append(indent + rest)
    return "\n".join(line.rstrip() for line in lines)


def _wrapped(line: str, indent: str, begun: int) -> str:
    """The same of characters that take a column each, in words that fit on a line."""
    lines = []
    while len(line) > COLUMNS and (cut := line.rfind(" ", begun, COLUMNS + 1)) >= 0:
        lines.append(line[:cut])
        line, begun = indent + line[cut + 1 :], len(indent)
    return "\n".join([*lines, line.rstrip()])


def rule(text: str, sign: str) -> str:
    """A line as wide as the text, to stand under it."""
    return sign * min(width(text), COLUMNS)


def beside(left: str, right: str) -> str:
    """Two texts at the two ends of a line, or on two lines when they do not fit."""
    space = COLUMNS - width(left) - width(right)
    return f"{left}{' ' * space}{right}" if space > 1 else f"{wrap(left)}\n{wrap(right)}"


def column(text: str, columns: int) -> str:
    """The text, filled up with blanks to so many columns."""
    return text + " " * (columns - width(text))


def width(text: str) -> int:
    """Columns that a text takes (Unicode UAX 11): wide ones take two, marks none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
        if not unicodedata.combining(character)
    )


def _broken(line: str) -> tuple[str, str]:
    """A line without blanks, cut at the last column."""
    cut = len(line)
    while width(line[:cut]) > COLUMNS:
        cut -= 1
    return line[:cut], line[cut:]


FILTERS: dict[str, Callable[..., str]] = {
    "wrap": wrap,
    "rule": rule,
    "beside": beside,
    "column": column,
}
"""What templates call them by."""
