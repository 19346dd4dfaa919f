"""Lists of other programs: their columns as ours.

listmonk's export of subscribers, Mailchimp's of an audience, and Mailman's rosters (an address a
line, with or without a name). Who had unsubscribed or bounced there comes as `left` or
`suppressed`, so that they are never written to here either.
"""

import re
from collections.abc import Callable, Mapping, Sequence

Cells = dict[str, str]
Row = Callable[[Mapping[str, str]], Cells]

_NAMED = re.compile(r"\s*(.*?)\s*<([^<>]+)>\s*")
LISTMONK = {"enabled": "active", "disabled": "left", "blocklisted": "suppressed"}
MAILMAN = ["email"]


def translated(columns: Sequence[str]) -> Row | None:
    """What makes our cells of a row, for a header line (lower case) of a known program; else None.

    Columns that mean nothing to us are left out.
    """
    names = set(columns)
    if {"uuid", "email", "status"} <= names:
        return _listmonk
    if "email address" in names:
        return _mailchimp
    return None


def is_roster(first: Sequence[str]) -> bool:
    """Whether the first line is no header, but an address already: Mailman's roster."""
    return len(first) <= 2 and "@" in first[0]


def roster(cells: Sequence[str]) -> list[str]:
    """The address of a roster's line, and the name before it, if there is one."""
    found = _NAMED.fullmatch(cells[0])
    return [found[2], found[1].strip('"')] if found else [cells[0], *cells[1:]]


def _listmonk(row: Mapping[str, str]) -> Cells:
    state = LISTMONK.get(row.get("status", "").lower(), "left")
    return _filled({"email": row.get("email", ""), "name": row.get("name", ""), "state": state})


def _mailchimp(row: Mapping[str, str]) -> Cells:
    """Its three files (subscribed, unsubscribed, cleaned) differ in one column."""
    names = (row.get("first name", ""), row.get("last name", ""))
    cells = {"email": row.get("email address", ""), "name": " ".join(filter(None, names))}
    if row.get("unsub_time"):
        cells["state"] = "left"
    if row.get("clean_time"):
        cells["state"] = "suppressed"
    return _filled(cells)


def _filled(cells: Cells) -> Cells:
    return {name: cell for name, cell in cells.items() if cell or name == "email"}
