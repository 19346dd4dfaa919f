"""What changed between two texts, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

CONTEXT = 2
"""Unchanged lines around a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison."""

    sign: str
    """"+" is new, "-" is gone, " " is both's, "…" stands for lines left out."""
    text: str


def differences(before: str, after: str) -> list[Line]:
    """The lines that differ with a few around; none when the texts are the same."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    lines: list[Line] = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if lines:
            lines.append(Line("…", ""))
        for tag, i, j, k, m in group:
            lines += _lines(tag, old[i:j], new[k:m])
    return lines


def _lines(tag: str, old: list[str], new: list[str]) -> Iterator[Line]:
    if tag == "equal":
        yield from (Line(" ", text) for text in old)
        return
    yield from (Line("-", text) for text in old)
    yield from (Line("+", text) for text in new)
