"""Writes the table of answers in docs/sending.md from the program's own: `make docs`."""

import re
from pathlib import Path

from digest.mail.verdict import TABLE, Phase, Row

PAGE = Path(__file__).with_name("sending.md")
BEGIN = "<!-- answers: written by `make docs` -->\n"
END = "<!-- end of answers -->"
HEAD = """| answer | | comes to | whom | due after | address | to be mended |
|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page, with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + HEAD + "".join(map(_line, TABLE)) + END + rest.partition(END)[2]


def _line(row: Row) -> str:
    action = row.action
    minutes = f"{action.retry_after // 60} min" if action.retry_after else ""
    cells = (
        _answer(row),
        row.name,
        f"`{action.state.value}`",
        action.scope.value,
        minutes,
        "" if action.severity.value == "none" else action.severity.value,
        "yes" if action.alert else "",
    )
    return f"| {' | '.join(cells)} |\n"


def _answer(row: Row) -> str:
    codes = ", ".join(map(str, sorted(row.codes))) or ", ".join(f"{c}yz" for c in row.classes)
    parts = [codes or "anything else"]
    if row.statuses:
        parts.append(", ".join(f"x.{s}.{d}" for s, d in sorted(row.statuses)))
    if row.words is not None:
        pattern = re.sub(r"\s+", " ", row.words.pattern).replace("|", "\\|")
        parts.append(f"words like `{pattern}`")
    if row.bare:
        parts.append("without an enhanced status, or with x.0 or x.7")
    if row.phases != frozenset(Phase):
        parts.append("to " + ", ".join(phase for phase in Phase if phase in row.phases))
    return "; ".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
