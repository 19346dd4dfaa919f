"""How votes grew, as a line of blocks and as a small picture: pure."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 120, 28
"""Pixels of the picture."""


def sparkline(values: Sequence[float]) -> str:
    """One block per value, the least lowest; "" for none."""
    if not values:
        return ""
    low, high = min(values), max(values)
    steps = (high - low) or 1
    return "".join(BLOCKS[round((value - low) / steps * (len(BLOCKS) - 1))] for value in values)


def polyline(
    points: Sequence[tuple[float, float]], width: int = WIDTH, height: int = HEIGHT
) -> str:
    """The `points` attribute of an SVG polyline through (time, count), fitted into a picture.

    A page draws it as `<polyline points="…">`; "" for fewer than two points.
    """
    if len(points) < 2:
        return ""
    times, counts = [at for at, _ in points], [count for _, count in points]
    across = (max(times) - min(times)) or 1
    up = (max(counts) - min(counts)) or 1
    return " ".join(
        f"{(at - min(times)) / across * width:.1f},{height - (n - min(counts)) / up * height:.1f}"
        for at, n in points
    )


def svg(points: Sequence[tuple[float, float]], label: str) -> str:
    """The picture itself, with words for who does not see it."""
    line = polyline(points)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="-2 -2 {WIDTH + 4} {HEIGHT + 4}" role="img"><title>{escape(label)}</title>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/></svg>'
    )
