"""Plots as numbers: where bars and lines lie. Templates draw them as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 720, 160
"""Of the picture, in its own units."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle that stands for a number."""

    x: float
    y: float
    width: float
    height: float
    name: str
    """What it is part of: a state."""
    told: str
    """In words, for whoever points at it or hears it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot of bars over places."""

    bars: tuple[Bar, ...]
    names: tuple[str, ...]
    """Of the parts, for the legend."""
    labels: tuple[tuple[float, str], ...]
    """Below it: where, and what."""
    most: int
    """What its height stands for."""
    base: float = HEIGHT
    """Where nothing is."""


def stacked(rows: Mapping[str, Mapping[str, int]]) -> Chart:
    """One bar for each row, its parts above each other."""
    names = tuple(dict.fromkeys(name for parts in rows.values() for name in parts))
    most = max((sum(parts.values()) for parts in rows.values()), default=0)
    step = WIDTH / max(len(rows), 1)
    width = min(step * 0.7, 48.0)
    bars: list[Bar] = []
    for place, (label, parts) in enumerate(rows.items()):
        top = float(HEIGHT)
        for name in names:
            number = parts.get(name, 0)
            height = HEIGHT * number / most if most else 0.0
            top -= height
            if number:
                x = place * step + (step - width) / 2
                told = f"{label}: {number} {name}"
                bars.append(
                    Bar(round(x, 1), round(top, 1), round(width, 1), round(height, 1), name, told)
                )
    labels = tuple((round(place * step + step / 2, 1), label) for place, label in enumerate(rows))
    return Chart(tuple(bars), names, labels, most)


def growth(days: Sequence[tuple[date, int, int]]) -> Chart:
    """How many came (up) and went (down), day by day."""
    most = max((max(came, went) for _, came, went in days), default=0)
    step, middle = WIDTH / max(len(days), 1), HEIGHT / 2
    bars: list[Bar] = []
    for place, (day, came, went) in enumerate(days):
        x, width = round(place * step + step * 0.15, 1), round(step * 0.7, 1)
        for name, number, up in (("joined", came, True), ("left", went, False)):
            height = middle * number / most if most else 0.0
            if number:
                top = middle - height if up else middle
                bars.append(
                    Bar(x, round(top, 1), width, round(height, 1), name, f"{day}: {number} {name}")
                )
    marks = [(place, day) for place, (day, _, _) in enumerate(days) if place % 7 == 0]
    labels = tuple((round(place * step + step / 2, 1), f"{day:%d %b}") for place, day in marks)
    return Chart(tuple(bars), ("joined", "left"), labels, most, HEIGHT / 2)
