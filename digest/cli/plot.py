"""A small picture of a few numbers in 0 to 1: SVG, which any browser shows."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

WIDTH, LEFT, ROW, TOP = 560, 130, 34, 48
"""Pixels: the picture, the labels' column, a bar with its gap, the title's line."""
STYLE = "text{font:14px sans-serif;fill:#222}.t{font-size:16px}.c{font-size:11px;fill:#666}"


def bars(title: str, rows: Sequence[tuple[str, float]], caption: str) -> str:
    """Horizontal bars, each with its label and its number."""
    height, room = TOP + ROW * len(rows) + 28, WIDTH - LEFT - 70
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="t" x="16" y="28">{escape(title)}</text>',
    ]
    for number, (label, value) in enumerate(rows):
        y, long = TOP + ROW * number, room * min(max(value, 0.0), 1.0)
        fill = "#b31b1b" if number == 0 else "#b9b4ac"
        lines += [
            f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end">{escape(label)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{long:.1f}" height="22" fill="{fill}"/>',
            f'<text x="{LEFT + long + 8:.1f}" y="{y + 16}">{value:.3f}</text>',
        ]
    lines.append(f'<text class="c" x="16" y="{height - 12}">{escape(caption)}</text></svg>')
    return "\n".join(lines) + "\n"
