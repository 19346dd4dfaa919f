"""The templates are whole; what is wrong is told with file and line."""

from collections.abc import Iterator
from contextlib import suppress

from jinja2 import BaseLoader, TemplateError

from digest.errors import RenderError
from digest.render.lint.finding import Finding, Level
from digest.render.templates import environment, explained
from digest.render.text import Text
from digest.render.themes import FILE

_SUFFIXES = (".html", ".txt")
_ELSEWHERE = ("examples/", "lab/", "web/")
"""What is no part of a mail."""


def broken(loader: BaseLoader) -> Iterator[Finding]:
    """A theme that cannot be meant, and templates that cannot be read, compiled, or inlined."""
    try:
        pages = environment(loader)
    except RenderError as error:
        yield fault(error, FILE)
        return
    with suppress(RenderError):
        Text(pages)  # its filters are part of the language that templates are written in
    for name in loader.list_templates():
        if not name.endswith(_SUFFIXES) or name.startswith(_ELSEWHERE):
            continue
        try:
            pages.get_template(name)
        except TemplateError as error:
            yield fault(explained(error), name)
        except RenderError as error:
            yield fault(error, name)


def fault(error: RenderError, name: str) -> Finding:
    """A template's error as a finding; `name` is what was rendered."""
    where, colon, message = str(error).partition(": ")
    if not colon:
        where, message = name, str(error)
    return Finding("template", Level.ERROR, message, where)
