"""Which characters of a stranger's text may stand in a mail at all.

Escaping is not enough (bidi overrides, zero-width and tag characters survive it), so
what cannot be seen, or changes how its surroundings are seen, is taken out. Unicode §23.
"""

import re
import unicodedata

_MOST_MARKS = 5
"""Combining marks in a row that a script may need; more of them is a stack of noise."""

_NEVER = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but those that end a line
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # bidi, zero width, deprecated
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # invisible by other names
    "\ufdd0-\ufdef\ufff0-\uffff"  # noncharacters, annotations, U+FFFD
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical format, tags, variation supplement
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff"  # lone surrogates, private use
    "]"
)
_PLANE_ENDS = re.compile(
    "[" + "".join(f"{chr(p << 16 | 0xFFFE)}{chr(p << 16 | 0xFFFF)}" for p in range(1, 15)) + "]"
)
_JOINER = re.compile("[\u200c\u200d]+")


def one_line(text: str) -> str:
    """The text on one line: invisible and dangerous characters gone, white space folded.

    Joiners (U+200C, U+200D) stay where they shape letters or emoji, that is between two
    characters that are neither ASCII nor space.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    seen = _PLANE_ENDS.sub("", _NEVER.sub("", unicodedata.normalize("NFC", _paired(text))))
    folded = " ".join(seen.split())
    return _few_marks(_JOINER.sub(_joiner, folded))


def without_joiners(text: str) -> str:
    """The text for places (header fields) where not even a joiner is welcome."""
    return _JOINER.sub("", text)


def _paired(text: str) -> str:
    """Surrogate pairs as the characters that they stand for; single ones are dropped later."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _joiner(found: re.Match[str]) -> str:
    whole, start, end = found.string, found.start(), found.end()
    sides = whole[start - 1 : start] + whole[end : end + 1]
    return found[0][0] if len(sides) == 2 and all(ord(side) > 0x7F for side in sides) else ""


def _few_marks(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    row = 0
    for character in text:
        row = row + 1 if unicodedata.category(character)[0] == "M" else 0
        if row <= _MOST_MARKS and not (row and not kept):
            kept.append(character)
    return "".join(kept)
