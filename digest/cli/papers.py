"""`digest papers`: what was collected."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import click

from digest.app import App
from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.model import Page, Paper, Sighting
from digest.model.paper import stars_gained
from digest.render.series import sparkline

NOTHING: Mapping[str, Sequence[Sighting]] = {}


@click.command()
@day
@click.option("--source", help="Only what this source lists.")
@click.option("--search", metavar="WORDS", help="Ask Hugging Face for some words instead, once.")
@click.option("--trending", is_flag=True, help="Ask Hugging Face what trends there instead, once.")
@as_json
@pass_session
def papers(
    session: Session,
    day: date | None,
    source: str | None,
    search: str | None,
    trending: bool,
    as_json: bool,
) -> None:
    """What a day lists, most votes first, and how its votes grew.

    Example: digest papers --day 2026-08-20
    """
    with session.app() as app:
        if search or trending:
            _show(_asked(app, search).papers, NOTHING, as_json)
            return
        known = [each.name for each in app.sources([source] if source else [])]
        edition = day or app.newest_day()
        found = app.papers.of_day(edition, known[0] if source else None)
        series = app.papers.series(edition)
    if not found:
        click.echo(
            f"nothing is collected for {edition}: `digest collect --day {edition}`", err=True
        )
    _show(found, series, as_json)


def _asked(app: App, search: str | None) -> Page:
    """What Hugging Face shows for some words, or trends there; nothing is stored."""
    where = app.huggingface
    return app.ask_once(where.search(search) if search else where.trending())


def _show(found: Iterable[Paper], series: Mapping[str, Sequence[Sighting]], as_json: bool) -> None:
    columns = ["id", "upvotes", "title"]
    if not as_json and sys.stdout.isatty() and series:
        columns.insert(2, "votes")
    show((_record(paper, series.get(paper.id, ())) for paper in found), as_json, columns)


def _record(paper: Paper, series: Sequence[Sighting]) -> dict[str, object]:
    seen = [(each.at, each.upvotes) for each in series if each.upvotes is not None]
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": paper.authors,
        "upvotes": paper.upvotes,
        "published": paper.published,
        "sources": paper.sources,
        "url": paper.url,
        "also": paper.also,
        "venue": paper.venue,
        "signals": dict(paper.signals),
        "stars": paper.stars,
        "stars_gained": stars_gained(series),
        "series": [{"at": at.isoformat(), "upvotes": upvotes} for at, upvotes in seen],
        "votes": sparkline([float(upvotes) for _, upvotes in seen]),
    }
