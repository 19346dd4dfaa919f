"""`digest collect`: the day's papers."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import click

from digest.cli.options import as_json, day, dry_run
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.cli.status import COLUMNS, collected
from digest.sources.saved import open_saved


def kept_at(file: Path) -> datetime:
    """When a file was saved, as far as the file system knows."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


@click.command()
@day
@click.option("--source", "names", multiple=True, help="Only this source; repeatable.")
@click.option(
    "--from",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read a saved page or answer instead of asking; repeatable, and more may follow.",
)
@click.argument("more", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--period",
    metavar="YYYY-Wnn|YYYY-MM",
    help="Back-fill a week or a month of Hugging Face's in one go.",
)
@as_json
@dry_run
@pass_session
def collect(  # noqa: PLR0913, PLR0917 - one parameter an option
    session: Session,
    day: date | None,
    names: tuple[str, ...],
    files: tuple[Path, ...],
    more: tuple[Path, ...],
    period: str | None,
    as_json: bool,
    dry_run: bool,
) -> None:
    """Fetch the papers of a day, or read saved pages and API answers.

    Source and kind of a saved file are recognised from its content; its day is --day, else the
    one it tells, else the one in its name. Exit status 1 when a source failed or has changed.

    Example: digest collect --from pages/2026-08-20.html pages/2026-08-21.html
    """
    if more and not files:
        raise click.UsageError("files stand behind --from: digest collect --from FILE…")
    with session.app() as app:
        now, wanted = app.clock.now(), app.run(day)
        sources = app.every_source() if files and not names else app.sources(names)
        if dry_run:
            asked = ", ".join(source.name for source in sources)
            read = f"would read {len(files) + len(more)} files of {asked}"
            click.echo(read if files else f"would ask {asked} for {wanted.day}")
            return
        stage = app.collecting(sources)
        if period:
            request = app.huggingface.period(_period(period))
            collections = stage.period(app.huggingface, request, now)
        elif files:
            saved = [open_saved(file, sources, day, kept_at(file)) for file in (*files, *more)]
            collections = stage.take_in(saved, now)
        else:
            collections = stage.perform(wanted, sources, now)
    show(map(collected, collections), as_json, COLUMNS)
    if any(collection.verdict.failure for collection in collections):
        click.get_current_context().exit(1)


def _period(written: str) -> str:
    """A week or a month, as it must be written."""
    if not re.fullmatch(r"\d{4}-(?:W\d\d|\d\d)", written):
        raise click.UsageError(f"{written!r} is no period: write 2026-W31 or 2026-07")
    return written
