"""`digest papers`: what was collected."""

from datetime import date

import click

from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.model import Paper


@click.command()
@day
@click.option("--source", help="Only what this source lists.")
@as_json
@pass_session
def papers(session: Session, day: date | None, source: str | None, as_json: bool) -> None:
    """What a day lists, most votes first.

    Example: digest papers --day 2026-08-20
    """
    with session.app() as app:
        known = [each.name for each in app.sources([source] if source else [])]
        edition = day or app.newest_day()
        found = app.papers.of_day(edition, known[0] if source else None)
    if not found:
        click.echo(
            f"nothing is collected for {edition}: `digest collect --day {edition}`", err=True
        )
    show(map(_record, found), as_json, ("id", "upvotes", "title"))


def _record(paper: Paper) -> dict[str, object]:
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": paper.authors,
        "upvotes": paper.upvotes,
        "published": paper.published,
        "sources": paper.sources,
        "url": paper.url,
    }
