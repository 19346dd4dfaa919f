"""A recorded day that comes with the program, for demonstrations without a network.

`2026-06-30.json` holds what Hugging Face listed on that day as it was known at 08 UTC: titles,
authors, ids, dates, votes and addresses. The summaries are ours.
"""

from datetime import date
from importlib.resources import files

DAY = date(2026, 6, 30)


def sample() -> bytes:
    """The entries of `DAY`, as an API answer (`digest.sources.replay` makes a page of them)."""
    return (files(__name__) / f"{DAY}.json").read_bytes()
