"""Themes: a folder of the operator's that changes colours, logo and footer, or whole templates.

`theme.toml` in the folder says what is otherwise; its colours take the place of those that
`style.css` declares as `--light-NAME` and `--dark-NAME`, before any CSS is inlined, so mails hold
plain `#rrggbb`. Templates of the same name in the folder go before the program's own.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import BaseLoader, Environment, TemplateNotFound

from digest.errors import RenderError
from digest.mail.characters import one_line
from digest.render.hostile import link

FILE = "theme.toml"
LOGO_WIDEST, LOGO_HIGHEST = 544, 200
"""Pixels that a mail has room for."""
FOOTER_LONGEST = 500
_NOTHING = Environment(autoescape=True)
"""Loaders want an environment; nothing is rendered with it."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ROOT = re.compile(r":root\s*\{([^}]*)\}\s*")
_DECLARED = re.compile(r"--((?:light|dark)-[a-z-]+)\s*:\s*(#[0-9a-fA-F]{6})\s*;")
_USED = re.compile(r"var\(\s*--([\w-]+)\s*\)")


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture at the head of each mail, which is complete without it."""

    url: str
    width: int
    height: int
    text: str
    """What stands there where pictures are off."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a `theme.toml` says."""

    colours: Mapping[str, str] = field(default_factory=dict)
    """`#rrggbb` by name, as in `light-accent`."""
    logo: Logo | None = None
    footer: str = ""
    """A line at the foot of each mail."""
    name: str = FILE
    """The file, as errors call it."""
    source: str = ""

    @classmethod
    def of(cls, loader: BaseLoader) -> "Theme":
        """The theme among some templates; none: nothing is otherwise. Raises RenderError."""
        try:
            source, file, _ = loader.get_source(_NOTHING, FILE)
        except TemplateNotFound:
            return cls()
        except UnicodeDecodeError as error:
            raise RenderError(f"{FILE}: is not UTF-8: {error}") from error
        name = file or FILE
        try:
            written = tomllib.loads(source)
        except tomllib.TOMLDecodeError as error:
            raise _toml(error, name) from error
        return _Reader(name, source).theme(written)

    def css(self, style: str) -> tuple[str, dict[str, str]]:
        """A style sheet without its palette, and the palette with the theme's colours in it.

        Raises RenderError for a colour that no palette has.
        """
        declared = _ROOT.search(style)
        palette = dict(_DECLARED.findall(declared[1])) if declared else {}
        for colour in self.colours:
            if colour not in palette:
                table, _, key = colour.partition("-")
                raise _Reader(self.name, self.source).fault(
                    f"{table}.{key}", f"no such colour; there are {_names(palette, table)}"
                )
        return _ROOT.sub("", style, count=1), palette | dict(self.colours)


def coloured(source: str, palette: Mapping[str, str], name: str) -> str:
    """A source with colours in place of `var(--NAME)`. Raises RenderError, with the line."""

    def colour(found: re.Match[str]) -> str:
        if found[1] not in palette:
            line = source.count("\n", 0, found.start()) + 1
            raise RenderError(f"{name}, line {line}: {found[0]} is no colour of style.css")
        return palette[found[1]]

    return _USED.sub(colour, source)


class _Reader:
    """Checks what a file says; errors name file and line."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def theme(self, written: Mapping[str, Any]) -> Theme:
        """The theme. Raises RenderError."""
        for key in written:
            if key not in {"light", "dark", "logo", "footer"}:
                raise self.fault(key, "no such key; there are light, dark, logo and footer")
        colours = {
            f"{table}-{name}": self._colour(f"{table}.{name}", value)
            for table in ("light", "dark")
            for name, value in self._table(written, table).items()
        }
        logo = self._logo(self._table(written, "logo")) if "logo" in written else None
        footer = written.get("footer", "")
        if not isinstance(footer, str) or len(footer) > FOOTER_LONGEST:
            raise self.fault("footer", f"must be text of at most {FOOTER_LONGEST} characters")
        return Theme(colours, logo, one_line(footer), self._name, self._source)

    def _table(self, written: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        table = written.get(key, {})
        if not isinstance(table, dict):
            raise self.fault(key, f"must be a table, [{key}]")
        return table

    def _colour(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise self.fault(key, f"{value!r} is no colour; write it as #1a2b3c")
        return value.lower()

    def _logo(self, table: Mapping[str, Any]) -> Logo:
        known: dict[str, Any] = {"url": "", "width": 0, "height": 0, "text": ""} | dict(table)
        for key in table:
            if key not in {"url", "width", "height", "text"}:
                raise self.fault(f"logo.{key}", "no such key; there are url, width, height, text")
        url = known["url"]
        if not isinstance(url, str) or not url.startswith("https://") or link(url) != url:
            raise self.fault("logo.url", f"{url!r} is no https address")
        for key, most in (("width", LOGO_WIDEST), ("height", LOGO_HIGHEST)):
            if type(known[key]) is not int or not 0 < known[key] <= most:
                raise self.fault(f"logo.{key}", f"must be 1 to {most} pixels")
        if not isinstance(known["text"], str) or not known["text"].strip():
            raise self.fault("logo.text", "must say what the logo says")
        return Logo(url, known["width"], known["height"], one_line(known["text"]))

    def fault(self, key: str, problem: str) -> RenderError:
        """An error with the line on which a key stands, as far as it can be found."""
        table, dot, name = key.rpartition(".")
        start = 0
        if dot and (found := re.search(rf"^\s*\[\s*{table}\s*\]", self._source, re.MULTILINE)):
            start = found.end()
        key_line = re.compile(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*=", re.MULTILINE)
        found = key_line.search(self._source, start)
        end = found.end() if found else start
        line = self._source.count("\n", 0, end) + 1
        return RenderError(f"{self._name}, line {line}: {key}: {problem}")


def _toml(error: tomllib.TOMLDecodeError, name: str) -> RenderError:
    said = str(error)
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)", said)
    line = f", line {place[1]}" if place and place[1] else ""
    return RenderError(f"{name}{line}: {said.partition(' (at ')[0]}")


def _names(palette: Mapping[str, str], table: str) -> str:
    return ", ".join(name.partition("-")[2] for name in palette if name.startswith(f"{table}-"))
