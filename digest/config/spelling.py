"""Says what somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches

FEW = 12
"""Names that can be listed without tiring the reader."""


def nearest(written: str, known: Iterable[str]) -> str | None:
    """The known name that is most like the written one, whatever the case; None when none is."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(written.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def suggestion(written: str, known: Iterable[str]) -> str:
    """A hint for an error: the nearest name, else all names when they are few, else ""."""
    names = list(known)
    best = nearest(written, names)
    if best is not None:
        return f"did you mean {best!r}?"
    return "known: " + ", ".join(names) if 0 < len(names) <= FEW else ""
