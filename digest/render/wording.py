"""Days, counts and lists in words (English)."""

from collections.abc import Sequence
from datetime import date

_SMALL = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)


def day_in_words(day: date) -> str:
    """As in "Friday 21 August 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def count(number: int, noun: str, plural: str = "") -> str:
    """As in "1 vote", "92 votes", "1.7k stars"."""
    return f"{brief(number)} {noun if number == 1 else plural or noun + 's'}"


def brief(number: int) -> str:
    """As in "950", "1.7k", "12k", "3.4M"."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            share = number / size
            return f"{share:.0f}{letter}" if share >= 9.95 else f"{share:.1f}".rstrip("0.") + letter
    return str(number)


def listed(items: Sequence[str]) -> str:
    """As in "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def in_words(number: int) -> str:
    """A number up to twelve as a word."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else str(number)


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut after a word where there is one."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", limit // 2)
    return (cut[:space] if space > 0 else cut).rstrip(" ,;:.–—-(") + "…"
