"""What each mail client supports, as caniemail.com tested it (`docs/caniemail.py` renews it)."""

import json
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

MAIN = (
    *("gmail.desktop-webmail", "gmail.ios", "gmail.android"),
    *("outlook.windows", "outlook.macos", "outlook.outlook-com", "outlook.ios", "outlook.android"),
    *("apple-mail.macos", "apple-mail.ios"),
    *("yahoo.desktop-webmail", "yahoo.ios", "yahoo.android"),
)
"""The clients that nearly all readers have."""


class Support(NamedTuple):
    """The vendored facts."""

    updated: str
    """The day of the newest test."""
    clients: tuple[str, ...]
    features: dict[str, str]
    """Per feature a letter for each client: y, a (partly), n, u or ? (not known)."""

    def without(self, feature: str) -> list[str]:
        """Clients that do not support a feature; none for a feature that nobody tested."""
        letters = self.features.get(feature, "")
        return [
            client for client, letter in zip(self.clients, letters, strict=False) if letter == "n"
        ]


@lru_cache(maxsize=1)
def support() -> Support:
    """The facts, read once."""
    data = json.loads((files(__package__) / "caniemail.json").read_text(encoding="utf-8"))
    return Support(data["updated"], tuple(data["clients"]), data["features"])
