"""Style sheets and style attributes, read as far as mail needs (CSS Syntax 3, no nesting)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECE = re.compile(r"""(?:[^;"'(]|"[^"]*"|'[^']*'|\([^()]*(?:\([^()]*\)[^()]*)*\)|["'(])+""")
_IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A property and its value."""

    name: str
    value: str
    important: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Selectors and what they are given; `condition` is the at-rule around, "" for none."""

    condition: str
    selectors: tuple[str, ...]
    declarations: tuple[Declaration, ...]
    line: int
    """Counted from 1 at the sheet's first line."""


def declarations(text: str) -> tuple[Declaration, ...]:
    """The declarations of a block or a style attribute, names in lower case."""
    found = []
    for piece in _PIECE.findall(_COMMENT.sub("", text)):
        name, colon, value = piece.partition(":")
        if colon and name.strip():
            plain = _IMPORTANT.sub("", value).strip()
            found.append(Declaration(name.strip().lower(), plain, plain != value.strip()))
    return tuple(found)


def rules(sheet: str) -> Iterator[Rule]:
    """The rules of a sheet, those inside at-rules with the condition they stand under."""
    yield from _rules(_COMMENT.sub(_blank, sheet), "", 1)


def _rules(text: str, condition: str, line: int) -> Iterator[Rule]:
    start = 0
    while (opened := text.find("{", start)) >= 0:
        prelude = text[start:opened].rpartition(";")[2].strip()
        at = line + text.count("\n", 0, opened)
        closed = _closing(text, opened)
        block = text[opened + 1 : closed]
        if prelude.startswith("@") and "{" in block:
            yield from _rules(block, f"{condition} {prelude}".strip(), at)
        else:
            selectors = tuple(" ".join(one.split()) for one in prelude.split(","))
            yield Rule(condition, selectors, declarations(block), at)
        start = closed + 1


def _closing(text: str, opened: int) -> int:
    """Where the brace at `opened` is closed; the end when it is not."""
    depth = 0
    for found in re.finditer(r"[{}]", text[opened:]):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return opened + found.start()
    return len(text)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")
