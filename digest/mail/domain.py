"""Domain names: those that pretend to be others (UTS 39), and those that mean this machine."""

import ipaddress
import unicodedata

import idna

_CONFUSED = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_ALIKE = frozenset("асеорхуѕіјһԁԛԝӏгпԍҽցոս")
"""Cyrillic and Armenian letters that look like Latin ones."""


def deceit(domain: str) -> str:
    """Says so when a label of a domain (in A-labels) looks like another; "" when none does."""
    for label in domain.split("."):
        if not label.startswith("xn--"):
            continue
        try:
            problem = _problem(idna.decode(label))
        except idna.IDNAError:
            return f"the domain's {label!r} is no valid name (RFC 5891); type it again by hand"
        if problem:
            return problem
    return ""


def _problem(label: str) -> str:
    letters = [character for character in label if character.isalpha()]
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    if "LATIN" in scripts and scripts & _CONFUSED:
        return f"the domain's {label!r} mixes scripts that look alike; type it again by hand"
    if letters and all(letter in _ALIKE for letter in letters):
        return f"the domain's {label!r} looks like Latin letters but is not; type it again by hand"
    return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: `localhost`, 127.0.0.0/8, ::1."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
