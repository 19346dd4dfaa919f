"""Finds the line of every key of a TOML text, which `tomllib` does not tell.

The text must be one that `tomllib` has accepted: only extents are sought here, nothing is checked.
"""

import re
import tomllib

KeyPath = tuple[str | int, ...]
"""Names of tables and keys, and positions in arrays, from the top down."""

_BASIC = r'"(?:\\.|[^"\\\n])*"'
_LITERAL = r"'[^'\n]*'"
# A multi-line string may end in one or two quotes of its own before the closing three.
_STRING = re.compile(
    rf'"""(?:\\[\s\S]|"{{1,2}}(?!")|[^"\\])*"{{3,5}}'
    rf"|'''(?:'{{1,2}}(?!')|[^'])*'{{3,5}}|{_BASIC}|{_LITERAL}"
)
_KEY = re.compile(rf"(?:{_BASIC}|{_LITERAL}|[^\"'=\]])+")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_OTHER_VALUE = re.compile(r"[^,\]}\n#]+")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SEPARATOR = re.compile(rf"{_GAP.pattern},?")


def lines_of(text: str) -> dict[KeyPath, int]:
    """The line (from 1) on which each key, table and array element of a valid TOML text begins."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.scan()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[KeyPath, int] = {}
        self.tables_in: dict[KeyPath, int] = {}  # arrays of tables → how many so far
        self.counted, self.line = 0, 1  # up to where newlines have been counted

    def scan(self) -> None:
        table: KeyPath = ()
        self.skip(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_GAP)

    def skip(self, pattern: re.Pattern[str]) -> str:
        """Moves past what the pattern matches here, and returns it."""
        match = pattern.match(self.text, self.at)
        if match is None:  # pragma: no cover - tomllib has accepted the text
            raise ValueError(f"no TOML at character {self.at}")
        self.at = match.end()
        return match.group()

    def note(self, path: KeyPath) -> None:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        self.lines.setdefault(path, self.line)

    def note_all(self, table: KeyPath, parts: tuple[str, ...]) -> KeyPath:
        """Notes every table on the way down to a dotted key, and returns the key's path."""
        path = table
        for part in parts:
            path = (*path, part)
            self.note(path)
            if path in self.tables_in:
                path = (*path, self.tables_in[path] - 1)
        return path

    def header(self) -> KeyPath:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        start = self.at
        parts = _parts(self.skip(_KEY))
        end, self.at = self.at + brackets, start
        if brackets == 2:
            array = (*self.note_all((), parts[:-1]), parts[-1])
            number = self.tables_in.get(array, 0)
            self.tables_in[array] = number + 1
            self.note(array)
            path: KeyPath = (*array, number)
            self.note(path)
        else:
            path = self.note_all((), parts)
        self.at = end
        return path

    def pair(self, table: KeyPath) -> None:
        start = self.at
        parts = _parts(self.skip(_KEY))
        end, self.at = self.at + 1, start
        path = self.note_all(table, parts)
        self.at = end
        self.skip(_GAP)
        self.value(path)

    def value(self, path: KeyPath) -> None:
        match self.text[self.at]:
            case "[":
                self.array(path)
            case "{":
                self.inline_table(path)
            case '"' | "'":
                self.skip(_STRING)
            case _:
                self.skip(_OTHER_VALUE)

    def array(self, path: KeyPath) -> None:
        self.at += 1
        number = 0
        while not self.closed("]"):
            self.note((*path, number))
            self.value((*path, number))
            self.skip(_SEPARATOR)
            number += 1

    def inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while not self.closed("}"):
            self.pair(path)
            self.skip(_SEPARATOR)

    def closed(self, bracket: str) -> bool:
        """Steps over the closing bracket, if it is next."""
        self.skip(_GAP)
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True


def _parts(raw: str) -> tuple[str, ...]:
    """The names of a dotted key, unquoted (by tomllib itself where they are quoted)."""
    pieces = [piece.strip() for piece in raw.split(".")]
    if all(_BARE_KEY.fullmatch(piece) for piece in pieces):
        return tuple(pieces)
    parts: list[str] = []
    node: object = tomllib.loads(f"{raw} = 0")
    while isinstance(node, dict):
        ((name, node),) = node.items()
        parts.append(name)
    return tuple(parts)
