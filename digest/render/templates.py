"""The one Jinja environment: where templates lie, and CSS written into them once.

CSS is inlined when a template is loaded, never when a mail is rendered: premailer costs 9 ms a
page. It reads the template's source, in which every Jinja construct is replaced by an inert
mark, and puts the constructs back afterwards; so what is compiled is already inlined.
"""

import logging
import re
import textwrap
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from typing import Any

import cssutils
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from premailer import Premailer

from digest.errors import RenderError
from digest.render.languages import ENGLISH
from digest.render.themes import Theme, coloured

CHECKOUT = Path(__file__).resolve().parents[2] / "templates"
STYLE = "style.css"
WIDTH = 72
"""Columns of a letter's text part."""
DOCTYPE = "<!doctype html>\n"
"""Without it, clients lay a page out as in 1998; lxml leaves it out."""

_SUFFIXES = (".html", ".txt")
_CONSTRUCT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MARK = re.compile(r"<!--jinja(\d+)-->|jinja(\d+)x")
_FRAGMENT = '<html><body><div id="fragment">', "</div></body></html>"


def templates(*own: Path | None) -> BaseLoader:
    """The templates that came with the program: in the wheel, else in the checkout.

    Those in folders of one's `own` go before them.
    """
    found: list[BaseLoader] = [FileSystemLoader(folder) for folder in own if folder]
    with suppress(ValueError):  # an editable install has no copy inside the package
        found.append(PackageLoader("digest", "templates"))
    return ChoiceLoader([*found, FileSystemLoader(CHECKOUT)])


def folders() -> list[Path]:
    """Where those lie, as far as they are files."""
    shipped = Path(__file__).resolve().parents[1] / "templates"
    return [folder for folder in (shipped, CHECKOUT) if folder.is_dir()]


def environment(loader: BaseLoader | None = None) -> Environment:
    """Templates with autoescape in `.html`, no undefined names, and CSS inlined: for mail.

    Raises RenderError for a `theme.toml` that cannot be meant.
    """
    loader = loader or templates()
    theme = Theme.of(loader)
    made = pages(_Inlining(loader, theme))
    made.globals["theme"] = theme
    made.filters["filled"] = filled
    return made


def filled(text: str) -> str:
    """A paragraph of a text part, in lines of 72 characters; links stay whole."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def pages(loader: BaseLoader | None = None) -> Environment:
    """Templates with autoescape in `.html` and `.xml`, and no undefined names: for browsers."""
    made = Environment(
        loader=loader or templates(),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(("html", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.newstyle_gettext = True  # type: ignore[attr-defined]
    made.globals.update(_WORDS, language=ENGLISH)
    return made


def _speaking(name: str) -> Callable[..., str]:
    """A function of gettext's that asks the language which the template was given."""

    @pass_context
    def said(context: Context, *messages: Any, **values: Any) -> str:
        return str(getattr(context.resolve("language"), name)(*messages, **values))

    return said


_WORDS = {name: _speaking(name) for name in ("gettext", "ngettext", "pgettext", "npgettext")}
_WORDS["_"] = _WORDS["gettext"]


class _Inlining(BaseLoader):
    """Another loader's templates, those in HTML with the style sheet inlined."""

    def __init__(self, inner: BaseLoader, theme: Theme) -> None:
        self._inner, self._theme = inner, theme

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        """As Jinja asks for it. Raises RenderError for mark-up that cannot be inlined."""
        source, filename, current = self._inner.get_source(environment, template)
        if template.endswith(".html"):
            written, file, _ = self._inner.get_source(environment, STYLE)
            style, palette = self._theme.css(written)
            style = coloured(style, palette, file or STYLE)
            source = coloured(source, palette, filename or template)
            source = inline(source, style, filename or template)
        return source, filename, current

    def list_templates(self) -> list[str]:
        """All names."""
        return self._inner.list_templates()


def inline(source: str, style: str, name: str) -> str:
    """A template's source with the style sheet in its elements' own style attributes."""
    constructs: list[str] = []

    def mark(found: re.Match[str]) -> str:
        constructs.append(found[0])
        place = len(constructs) - 1
        return f"jinja{place}x" if found[0].startswith("{{") else f"<!--jinja{place}-->"

    marked = _CONSTRUCT.sub(mark, source)
    whole = "<html" in marked
    begin, end = ("", "") if whole else _FRAGMENT
    inlined = _premailed(begin + marked + end, style, name)
    if whole:
        inlined = DOCTYPE + inlined[inlined.index("<html") :]
    else:
        inlined = inlined[inlined.index(begin[12:]) + len(begin[12:]) : inlined.rindex("</div>")]
    seen = [found[1] or found[2] for found in _MARK.finditer(inlined)]
    if sorted(map(int, seen)) != list(range(len(constructs))):
        raise RenderError(f"{name}: a Jinja construct stands where HTML allows none")
    return _MARK.sub(lambda found: constructs[int(found[1] or found[2])], inlined)


def _premailed(html: str, style: str, name: str) -> str:
    cssutils.ser.prefs.minimizeColorHash = False  # bgcolor="#fff" is black to some clients
    try:
        return str(
            Premailer(
                html,
                css_text=style,
                allow_network=False,
                disable_validation=True,
                disable_leftover_css=True,
                disable_link_rewrites=True,
                cssutils_logging_level=logging.CRITICAL,
            ).transform(pretty_print=False)
        )
    except Exception as error:  # premailer, lxml and cssutils raise whatever they meet
        raise RenderError(f"{name}: its CSS cannot be inlined: {error}") from error


def explained(error: TemplateError) -> RenderError:
    """A template's fault with file and line.

    What fails while a template is printed (an undefined name) has its place in the traceback,
    which Jinja writes in terms of the template.
    """
    name: str | None = getattr(error, "filename", None) or getattr(error, "name", None)
    line: int | None = getattr(error, "lineno", None)
    if line is None:
        frames = [f for f in extract_tb(error.__traceback__) if f.filename.endswith(_SUFFIXES)]
        if frames:
            name, line = frames[-1].filename, frames[-1].lineno
    return RenderError(f"{name or 'a template'}{f', line {line}' if line else ''}: {error.message}")
