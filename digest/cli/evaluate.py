"""`digest evaluate`: how the selection would have done on past days."""

from pathlib import Path

import click

from digest.cli.options import as_json
from digest.cli.output import show
from digest.cli.plot import bars
from digest.cli.session import Session, pass_session
from digest.errors import DigestError, Unknown
from digest.rank.replay import Evaluation, Tally, Way

COLUMNS = ("way", "ndcg", "on_topic", "final_place", "liked_found")


@click.command()
@click.option("--days", type=click.IntRange(1, 366), default=30, help="How many; default 30.")
@click.option(
    "--plot",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw it, too, as an SVG picture.",
)
@as_json
@pass_session
def evaluate(session: Session, days: int, plot: Path | None, as_json: bool) -> None:
    """How the selection would have done on past days, beside simpler ways to choose.

    Each day is chosen anew for the readers there are, with the votes as they were first read, and
    held against the votes as last read and what readers liked since. Records nothing.

    ndcg: 1 when the papers on topic that came to the most votes stand first. on_topic: the share
    of papers that are on topic, by our own relevance. final_place: the share of the day's papers
    that had fewer votes in the end. liked_found: the share of papers liked later.

    Example: digest evaluate --days 60 --plot evaluation.svg
    """
    with session.app() as app:
        evaluation = app.evaluate(days)
    if not evaluation.tallies[Way.DIGEST].choices:
        raise Unknown(
            "nothing to evaluate: no past day holds papers on the topics of a reader; see "
            "`digest collect --day` and `digest subscribers add`"
        )
    show([_record(way, evaluation) for way in Way], as_json, COLUMNS)
    if not as_json:
        click.echo(_caption(evaluation))
    if plot:
        _draw(plot, evaluation)


def _record(way: Way, evaluation: Evaluation) -> dict[str, object]:
    tally: Tally = evaluation.tallies[way]
    return {
        "way": way.value,
        "ndcg": round(tally.ndcg, 4),
        "on_topic": round(tally.topical, 4),
        "final_place": round(tally.final, 4),
        "liked_found": None if tally.recall is None else round(tally.recall, 4),
        "choices": tally.choices,
        "days": len(evaluation.days),
        "papers": evaluation.papers,
        "votes_changed": evaluation.grown,
    }


def _caption(evaluation: Evaluation) -> str:
    tally = evaluation.tallies[Way.DIGEST]
    return (
        f"{len(evaluation.days)} days, {evaluation.papers} papers, {tally.choices} choices; "
        f"the votes of {evaluation.grown} papers changed after they were first read"
    )


def _draw(file: Path, evaluation: Evaluation) -> None:
    rows = [(way.value, evaluation.tallies[way].ndcg) for way in Way]
    try:
        file.write_text(bars("nDCG by final votes", rows, _caption(evaluation)), encoding="utf-8")
    except OSError as error:
        raise DigestError(f"{file} cannot be written: {error.strerror or error}") from error
