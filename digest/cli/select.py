"""`digest select`: the choice for one reader."""

from datetime import date

import click

from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.readers import for_or_topic, reader
from digest.cli.session import Session, pass_session
from digest.model import Choice, Paper, Reason


@click.command()
@day
@for_or_topic
@click.option("--top", type=click.IntRange(1, 1000), help="How many papers at most.")
@as_json
@pass_session
def select(
    session: Session,
    day: date | None,
    address: str | None,
    topics: tuple[str, ...],
    top: int | None,
    as_json: bool,
) -> None:
    """Which papers a reader would get, best first. Records nothing.

    For an edition that was already sent to that reader it repeats the recorded choice.

    Example: digest select --topic "diffusion models" --topic cat:cs.RO --top 5
    """
    with session.app() as app:
        who = reader(app, address, topics, top)
        selection = app.selection(who, day or app.newest_day())
        choices = selection.choices[:top]
        papers = app.papers.get([choice.paper for choice in choices])
    rows = [_record(choice, papers[choice.paper]) for choice in choices]
    show(rows, as_json, ("id", "score", "relevance", "trending", "title"))


def _record(choice: Choice, paper: Paper) -> dict[str, object]:
    return {
        "id": choice.paper,
        "title": paper.title,
        "score": round(choice.score, 6),
        "relevance": round(choice.relevance, 6),
        "trending": round(choice.trending, 6),
        "reasons": [reason(r) for r in choice.reasons],
    }


def reason(given: Reason) -> dict[str, object]:
    """A reason as a record."""
    return {
        "kind": given.kind.value,
        "label": given.label,
        "value": round(given.value, 6),
        "words": given.words,
    }
