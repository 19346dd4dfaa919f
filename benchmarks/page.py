"""docs/performance.md and its plot, written from the figures that benchmarks keep."""

import json
import os
import platform
import subprocess
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
KEPT, PAGE, PLOT = (
    DOCS / "performance.json",
    DOCS / "performance.md",
    DOCS / "images" / "performance.svg",
)
HEAD = """# What things cost

Written by `python -m benchmarks … --write`; `make bench` runs them all. Machine: {machine}.
The sinks ran on the same two cores, and other programs meanwhile: CPU time and the ratios of one
run count, mails a second less so. Each figure is the median of interleaved rounds; the whole job
has the start of its three processes in it.

![Rates and costs beside their goals](images/performance.svg)

| what | measured | goal | |
|---|---|---|---|
"""
GOALS: tuple[tuple[str, str, str, float, bool], ...] = (
    ("build", "build", "µs of CPU to make a mail of ten papers", 15, False),
    ("build", "own", "… for a reader whose topic set nobody else has", 0, False),
    ("build", "factor", "times less than jinja2 + premailer + EmailMessage", 1_000, True),
    ("smtp", "plain", "µs of client CPU a mail, plain", 90, False),
    ("smtp", "tls", "µs of client CPU a mail, TLS", 200, False),
    ("ledger", "deliveries", "deliveries a second, claimed and recorded durably", 50_000, True),
    ("ledger", "bytes", "bytes of ledger an accepted delivery", 40, False),
    ("send", "ratio to smtp-sink", "whole job : smtp-source, to postfix's smtp-sink", 0.95, True),
    ("send", "ratio to our sink", "whole job : smtp-source, to our cheap sink", 1.2, True),
    ("send", "whole job to our sink, mails/s", "whole job, mails a second", 0, True),
    (
        "send",
        "whole job to our sink, µs CPU",
        "whole job, µs of CPU a mail",
        0,
        False,
    ),
    ("peers", "smtplib", "mails a second: jinja2 + premailer + smtplib", 0, True),
    ("peers", "aiosmtplib", "mails a second: jinja2 + premailer + aiosmtplib", 0, True),
    ("peers", "ours, one process", "mails a second: ours, one process, without ledger", 0, True),
    (
        "million",
        "accepted",
        "readers end to end: selected, printed, sent, recorded",
        0,
        True,
    ),
    ("million", "seconds", "… seconds", 0, False),
    ("million", "MB", "… MB of memory at most, all processes (PSS)", 150, False),
    ("million", "ledger", "… bytes of ledger an accepted delivery", 40, False),
    ("million", "selection", "… bytes of its packed selection", 60, False),
    ("crash", "faults", "faults: kills, pauses, a full disk, a killed server", 0, True),
    ("crash", "doubles", "… readers who got two mails", 0, False),
    ("crash", "doubts", "… mails in doubt", 0, False),
    ("crash", "most", "… of how many there may be", 0, False),
)
"""Part, figure, what it is, goal (0: none), whether more is better."""


def keep(part: str, found: dict[str, float]) -> None:
    """Notes the figures of a part."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    kept["machine"] = machine()
    kept[part] = {name: round(float(value), 2) for name, value in found.items()}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def machine() -> str:
    """Cores, processor, kernel, Python."""
    told = subprocess.run(["lscpu"], capture_output=True, text=True, check=False).stdout
    models = [line for line in told.splitlines() if line.startswith("Model name:")]
    model = models[0].partition(":")[2].strip() if models else platform.machine()
    system = f"{platform.system()} {platform.release()}"
    return f"{os.cpu_count()} cores of {model}, {system}, Python {platform.python_version()}"


def write() -> None:
    """The page and the plot."""
    kept = json.loads(KEPT.read_text())
    rows = [row for row in GOALS if row[1] in kept.get(row[0], {})]
    lines = [_row(what, kept[part][name], goal, more) for part, name, what, goal, more in rows]
    PAGE.write_text(HEAD.format(machine=kept["machine"]) + "\n".join(lines) + "\n")
    bars = [
        (what, _reached(kept[part][name], goal, more))
        for part, name, what, goal, more in rows
        if goal
    ]
    PLOT.write_text(plot(bars))


def _row(what: str, value: float, goal: float, more: bool) -> str:
    wanted = f"{'≥' if more else '≤'} {goal:,}" if goal else ""
    met = ("met" if _reached(value, goal, more) >= 1 else "missed") if goal else ""
    return f"| {what} | {_told(value)} | {wanted} | {met} |"


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 or value == int(value) else f"{value:,.2f}".rstrip("0")


def _reached(value: float, goal: float, more: bool) -> float:
    return value / goal if more else goal / max(value, 1e-9)


def plot(bars: list[tuple[str, float]]) -> str:
    """How much of each goal is reached: the line is the goal itself."""
    high, left, unit = 26, 360, 220
    height = high * len(bars) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" role="img"'
        ' font-family="sans-serif" font-size="13">',
        "<title>How much of each goal is reached</title>",
        f'<rect width="860" height="{height}" fill="#ffffff"/>',
    ]
    for place, (what, reached) in enumerate(bars):
        top, wide = 10 + place * high, min(reached, 2.0) * unit
        colour = "#2b6a4d" if reached >= 1 else "#a5512b"
        parts += [
            f'<text x="{left - 8}" y="{top + 15}" text-anchor="end" fill="#1f2328">{what}</text>',
            f'<rect x="{left}" y="{top + 2}" width="{wide:.0f}" height="17" fill="{colour}"/>',
            f'<text x="{left + wide + 6:.0f}" y="{top + 15}" fill="#1f2328">{reached:.2f}×</text>',
        ]
    goal = left + unit
    parts += [
        f'<line x1="{goal}" x2="{goal}" y1="6" y2="{height - 26}" stroke="#1f2328"'
        ' stroke-dasharray="4 3"/>',
        f'<text x="{goal}" y="{height - 8}" text-anchor="middle" fill="#1f2328">goal</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
