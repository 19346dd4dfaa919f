"""Damage, as the world does it: pieces of a page dropped, renamed, doubled, cut off, re-encoded."""

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

_TOKEN = re.compile(rb"</?[A-Za-z][\w:.-]*|[\w:-]+(?==)|\"[^\"]{1,80}\"|[A-Za-z]{3,}|\d+")
_ELEMENT = re.compile(rb"<(item|entry|article|record|dd|dt|li|p|td)\b.*?</\1>", re.DOTALL)
CODINGS = (
    "utf-16",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "cp1252",
    "cp500",
    "utf-7",
    "utf-8-sig",
    "shift-jis",
)


def mutated(body: bytes, random: Random) -> bytes:
    """The body with one to three changes."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        body = random.choice(_CHANGES)(body, random)
    return body


def _cut(body: bytes, random: Random) -> bytes:
    at = random.randrange(len(body) + 1)
    return random.choice((body[:at], body[at:]))


def _drop(body: bytes, random: Random) -> bytes:
    at, long = random.randrange(len(body) + 1), random.choice((1, 8, 200, 5_000))
    return body[:at] + body[at + long :]


def _double(body: bytes, random: Random) -> bytes:
    at, long = random.randrange(len(body) + 1), random.choice((1, 8, 200, 5_000))
    return body[: at + long] + body[at:]


def _token(body: bytes, random: Random) -> bytes:
    """One word, name or value: dropped, renamed or doubled; here, or wherever it stands."""
    at = random.randrange(len(body) + 1)
    found = _TOKEN.search(body, at) or _TOKEN.search(body)
    if found is None:
        return body
    word = found[0]
    other = random.choice((b"", word + word, word[::-1], word.upper(), b"null", b"x"))
    if random.random() < 0.4 and len(word) > 2:
        return body.replace(word, other)
    return body[: found.start()] + other + body[found.end() :]


def _element(body: bytes, random: Random) -> bytes:
    """One element of a list: dropped, doubled, or moved to the end."""
    at = random.randrange(len(body) + 1)
    found = _ELEMENT.search(body, at) or _ELEMENT.search(body)
    if found is None:
        return body
    start, end = found.span()
    return body[:start] + random.choice((b"", found[0] * 2)) + body[end:]


def _reencode(body: bytes, random: Random) -> bytes:
    """All of it, or a part, in another coding."""
    text, coding = body.decode("utf-8", "replace"), random.choice(CODINGS)
    if random.random() < 0.5:
        return text.encode(coding, "replace")
    at, long = random.randrange(len(text) + 1), random.choice((5, 500))
    piece = text[at : at + long].encode(coding, "replace")
    return text[:at].encode() + piece + text[at + long :].encode()


def _json(body: bytes, random: Random) -> bytes:
    """One field of an object, or one item of an array, anywhere in a JSON text."""
    try:
        value = json.loads(body)
    except ValueError:
        return _token(body, random)
    _change(value, random)
    return json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "replace")


def _change(value: Any, random: Random) -> None:
    holders: list[Any] = []
    _holders(value, holders)
    if not holders:
        return
    holder = random.choice(holders)
    key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
    what = random.randrange(5)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, dict):
        holder[f"{key}_"] = holder.pop(key)
    elif what == 2 and isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[key] = random.choice(
            (None, "", [], {}, -1, 10**12, "x", [holder[key]], {"v": holder[key]})
        )


def _holders(value: Any, found: list[Any]) -> None:
    if isinstance(value, dict | list) and value:
        found.append(value)
        for inner in value.values() if isinstance(value, dict) else value:
            _holders(inner, found)


_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _cut, _drop, _double, _token, _token, _element, _reencode, _json, _json
)  # fmt: skip
