"""Writes the table of docs/alerts.md from the program: `python docs/alerts.py`, or `make docs`."""

from pathlib import Path

from digest.model import CAUSES

PAGE = Path(__file__).with_name("alerts.md")
BEGIN, END = "<!-- causes -->\n", "<!-- end -->\n"


def page() -> str:
    """The whole page, with its table as the program has it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [
        f"| `{cause}` | {it.title} | {it.advice} | {'yes' if it.alert else 'no'} |\n"
        for cause, it in CAUSES.items()
    ]
    head = "| cause | what it is | what to do | told |\n|---|---|---|---|\n"
    return before + BEGIN + head + "".join(rows) + END + after


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
