"""Macros in SPF domains (RFC 7208 §7)."""

import re
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

_MACRO = re.compile(r"%(?:\{([slodivh])(\d{0,3})(r?)([.\-+,/_=]*)\}|([%_-])|(.?))", re.I)
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}


def expand(written: str, address: str, sender: str, domain: str) -> str:
    """The name that stands for a domain-spec. Raises ValueError for a macro that is none."""
    if "%" not in written:
        return written.rstrip(".")
    local, _, origin = sender.rpartition("@")
    values = {"s": sender, "l": local or "postmaster", "o": origin, "d": domain, "h": origin}
    values |= {"i": _dotted(address), "v": "ip6" if ":" in address else "in-addr"}
    return _MACRO.sub(lambda found: _expanded(found, values), written).rstrip(".")


def _expanded(found: re.Match[str], values: Mapping[str, str]) -> str:
    letter, digits, backwards, delimiters, escape, _ = found.groups()
    if escape:
        return _ESCAPES[escape]
    if letter is None:
        raise ValueError(f"{found[0]!r} is no macro (RFC 7208 §7.1)")
    parts = re.split(f"[{re.escape(delimiters or '.')}]", values[letter.lower()])
    if backwards:
        parts.reverse()
    return ".".join(parts[-int(digits) :] if digits and int(digits) else parts)


def _dotted(address: str) -> str:
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        return ".".join(parsed.exploded.replace(":", ""))
    return address
