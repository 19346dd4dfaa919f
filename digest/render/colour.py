"""Colours and how well one can be read on another (WCAG 2.2 §1.4.3)."""

import re
from typing import NamedTuple

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?![0-9a-f])", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)", re.IGNORECASE)
_NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000",
    "blue": "#0000ff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0",
    "navy": "#000080", "maroon": "#800000", "purple": "#800080", "teal": "#008080",
    "yellow": "#ffff00", "orange": "#ffa500", "olive": "#808000", "lime": "#00ff00",
}  # fmt: skip
_WORD = re.compile(rf"\b(?:{'|'.join(_NAMED)})\b", re.IGNORECASE)


class Colour(NamedTuple):
    """Red, green and blue, each 0 to 255."""

    red: int
    green: int
    blue: int

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 to 1."""
        red, green, blue = (_linear(part / 255) for part in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def colour(value: str) -> Colour | None:
    """The first opaque colour in a value (`background` may hold more); None when there is none."""
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return Colour(*bytes.fromhex(digits))
    if found := _RGB.search(value):
        return Colour(*(min(int(part), 255) for part in found.groups()))
    if found := _WORD.search(value):
        return colour(_NAMED[found[0].lower()])
    return None


def contrast(one: Colour, other: Colour) -> float:
    """1 (the same) to 21 (black on white)."""
    dark, light = sorted((one.luminance, other.luminance))
    return (light + 0.05) / (dark + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
