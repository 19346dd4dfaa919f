"""Reads a TOML file, and knows on which line each of its keys stands."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from digest.config.lines import KeyPath, lines_of
from digest.errors import BadSetting

_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
HINTS = {
    "Invalid statement": "a line is `key = value`, `[section]` or a comment",
    "Invalid value": 'texts stand in quotes, as in host = "localhost"; truth is true or false',
    "Expected newline or end of document after a statement": (
        'one key a line; a time of day stands in quotes, as in send_at = "07:30"'
    ),
    "Expected '=' after a key in a key/value pair": "a line is `key = value`",
    "Cannot overwrite a value": "the key stands there twice",
    "Cannot declare": "the section stands there twice",
}


@dataclass(frozen=True)
class Document:
    """A TOML text that was read."""

    name: str
    """The file's name as it was given; "" for none."""
    text: str
    data: dict[str, Any]

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """Where keys stand; worked out only when something has to be said about one."""
        return lines_of(self.text)

    def line(self, *path: str | int) -> int | None:
        """The line of a key, or of the innermost table around it that stands there."""
        upwards = (path[:length] for length in range(len(path), 0, -1))
        return next((self.lines[part] for part in upwards if part in self.lines), None)

    def where(self, *path: str | int) -> str:
        """File, line and key path, to begin an error with."""
        line = self.line(*path)
        words = [self.name, f"line {line}" if line else "", spell(path)]
        return ", ".join(word for word in words if word)


def spell(path: KeyPath) -> str:
    """A key path as it is written: `sources.huggingface.url`, positions left out."""
    names = [_name(part) for part in path if isinstance(part, str)]
    return ".".join(names)


def _name(part: str) -> str:
    return part if _BARE_KEY.fullmatch(part) else ascii(part)


def read_toml(path: Path, most_bytes: int) -> Document:
    """Reads a file. Raises BadSetting when it cannot be read, is too long or is no TOML."""
    try:
        with path.open("rb") as file:
            raw = file.read(most_bytes + 1)
    except OSError as error:
        raise BadSetting(str(path), f"cannot be read: {error.strerror}") from error
    if len(raw) > most_bytes:
        raise BadSetting(str(path), f"is longer than {most_bytes} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadSetting(f"{path}, line {line}", "is not UTF-8", "save it as UTF-8") from error
    return parse_toml(text, str(path))


def parse_toml(text: str, name: str) -> Document:
    """Reads a text; `name` stands for it in errors. Raises BadSetting where it is no TOML."""
    try:
        return Document(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(str(error), text, name) from None
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, 1,000 brackets
        raise BadSetting(name, f"is no TOML that can be read: {error}") from None


def _no_toml(problem: str, text: str, name: str) -> BadSetting:
    at = _AT_LINE.search(problem)
    line = int(at[1]) if at else text.rstrip("\n").count("\n") + 1
    said = problem.removesuffix(at[0]) if at else problem.removesuffix(" (at end of document)")
    hint = next((HINTS[start] for start in HINTS if said.startswith(start)), "")
    place = f"line {line}, column {at[2]}" if at else f"line {line}, its end"
    return BadSetting(f"{name}, {place}", f"is no TOML: {said[0].lower()}{said[1:]}", hint)
