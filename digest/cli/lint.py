"""`digest lint`: what the lab says of a mail, without a browser."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import click
from jinja2 import BaseLoader

from digest.app import App, Specimens
from digest.cli.options import as_json
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.errors import Misuse, RenderError
from digest.render.lint import Document, Finding, Level, check
from digest.render.lint.templates import broken, fault
from digest.render.templates import templates

Command = TypeVar("Command", bound=Callable[..., Any])
COLUMNS = ("level", "check", "message", "where")
_FILES = click.Path(path_type=Path, exists=True, dir_okay=False)


def overriding(session: Session | App, folder: Path | None) -> BaseLoader:
    """The program's templates, before them the theme's, and before those a folder's."""
    return templates(folder, session.settings.mail.theme)


def templates_option(command: Command) -> Command:
    """`--templates DIR`."""
    return click.option(
        "--templates",
        "folder",
        type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Templates of your own; what is not in there comes from the program.",
    )(command)


@click.command()
@click.argument("files", nargs=-1, type=_FILES, metavar="[EML|HTML]...")
@templates_option
@as_json
@pass_session
def lint(session: Session, files: tuple[Path, ...], folder: Path | None, as_json: bool) -> None:
    """Check mails, or every example edition and the templates; exit status 1 when a check fails.

    Client support, markup, links, contrast in light, dark and forced inversion, sizes, headers,
    one-click unsubscription and the text part. Notes (polish that some clients leave out) are
    counted, and shown with --json.

    Example: digest lint preview/digest.eml
    """
    documents = list(map(read, files)) if files else []
    findings = [found for document in documents for found in check(document)]
    checked = len(documents)
    if not files:
        loader = overriding(session, folder)
        findings = list(broken(loader))
        checked, found = _examples(session, loader) if not findings else (0, [])
        findings += found
    shown = findings if as_json else [one for one in findings if one.level is not Level.NOTE]
    show([asdict(one) for one in shown], as_json, COLUMNS)
    click.echo(closing(findings, checked), err=True)
    if any(one.level is Level.ERROR for one in findings):
        click.get_current_context().exit(1)


def read(file: Path) -> Document:
    """A file as a mail or as a page, whichever its content is. Raises Misuse."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Misuse(f"{file} cannot be read: {error.strerror or error}") from error
    if content.lstrip()[:1] == b"<":
        return Document.of_page(str(file), content.decode("utf-8", "replace"))
    document = Document.of_mail(str(file), content)
    if not any(found.name for found in document.header or ()):
        raise Misuse(f"{file} is neither a mail (header fields first) nor a page (HTML)")
    return document


def closing(findings: list[Finding], checked: int) -> str:
    """The last line: how many of each level, in how many documents."""
    times = Counter(found.level for found in findings)
    counts = ", ".join(f"{times[level]} {level}s" for level in Level)
    return f"digest lint: {counts} in {checked} documents"


def _examples(session: Session, loader: BaseLoader) -> tuple[int, list[Finding]]:
    specimens = Specimens(session.settings, loader)
    found = [(name, list(_of_example(specimens, name))) for name in specimens.names]
    return len(found), [finding for _, findings in found for finding in findings]


def _of_example(specimens: Specimens, name: str) -> Iterator[Finding]:
    try:
        message = specimens.message(name)
    except RenderError as error:
        yield fault(error, name)
    else:
        yield from check(Document.of_mail(name, message.content))
