"""`digest why`: the sum behind one choice."""

import json
from dataclasses import asdict
from datetime import date

import click

from digest.app import App
from digest.cli.options import day
from digest.cli.output import table
from digest.cli.readers import subscriber
from digest.cli.select import reason
from digest.cli.session import Session, pass_session
from digest.config.subscriber_fields import paper_id
from digest.errors import Unknown
from digest.mail.characters import one_line
from digest.model import Paper
from digest.rank.explaining import Explanation, Weighing


@click.command()
@click.argument("paper")
@click.option("--for", "address", required=True, metavar="ADDRESS", help="A subscriber.")
@day
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
@pass_session
def why(session: Session, paper: str, address: str, day: date | None, as_json: bool) -> None:
    """Why PAPER was chosen for a reader, or why not: the whole sum.

    Example: digest why arxiv:2608.16590 --for ann@example.org --day 2026-08-20
    """
    with session.app() as app:
        edition, found = _find(app, paper, day)
        weighing = app.explain(subscriber(app, address), found, edition)
    if as_json:
        click.echo(json.dumps(_record(weighing, found), ensure_ascii=False))
        return
    _print(weighing, found)


def _find(app: App, written: str, day: date | None) -> tuple[date, Paper]:
    """The paper, however its id is written, and the edition: its newest, if none is named."""
    try:
        id_ = paper_id(written)
    except ValueError as error:
        raise Unknown(f"{written!r} is not {error}: see `digest papers`") from error
    found = app.papers.get([id_]).get(id_)
    if found is None:
        raise Unknown(f"{id_} was never collected: see `digest papers`")
    return day or found.day or app.newest_day(), found


def _record(weighing: Weighing, paper: Paper) -> dict[str, object]:
    choice = weighing.choice
    return {
        "id": choice.paper,
        "title": paper.title,
        "verdict": weighing.verdict,
        "score": choice.score,
        "relevance": choice.relevance,
        "trending": choice.trending,
        "reasons": [reason(given) for given in choice.reasons],
        "sums": [asdict(each) for each in weighing.explanations],
    }


def _print(weighing: Weighing, paper: Paper) -> None:
    choice = weighing.choice
    click.secho(one_line(paper.title), bold=True)
    click.echo(f"{paper.id}: {weighing.verdict}\n")
    rows = [
        (given.kind.value, given.label, given.value, ", ".join(given.words))
        for given in choice.reasons
    ]
    table(rows, ("reason", "what", "strength", "matching words"))
    formula = "relevance × (1 + 0.8 × trending) / 1.8" if choice.relevance else "trending"
    click.echo(
        f"\nrelevance {choice.relevance:.3f}, trending {choice.trending:.3f}: "
        f"score = {formula} = {choice.score:.3f}"
    )
    for each in weighing.explanations:
        click.echo()
        table(_addends(each), (one_line(each.wish), "adds"))
        click.echo(f"relevance {each.relevance:.3f}, needed for a place {each.needed:.3f}")
        if each.neighbours:
            click.echo(f"nearest papers: {', '.join(each.neighbours)}")


def _addends(explanation: Explanation) -> list[tuple[str, float]]:
    """The raw score's parts, that of the words word by word, and their sum."""
    rows: list[tuple[str, float]] = []
    for part, value in explanation.parts.items():
        rows.append((PARTS.get(part, part), value))
        if part == "stems":
            rows += [(f"· {word} (BM25F)", share) for word, share in explanation.words.items()]
    return [*rows, ("sum", explanation.raw)]


PARTS = {
    "stems": "its words",
    "surface": "as they are written",
    "letters": "groups of letters",
    "pairs": "pairs of words",
    "literal": "word for word",
    "latent": "meaning, from the papers",
    "terms": "words near to the topic's",
    "sentence": "its best sentence",
    "company": "its nearest papers",
    "feedback": "words of the best papers",
    "near": "near to liked papers",
    "contrast": "apart from all others",
    "holds": "true of the paper",
}
"""Parts of the sum, as a reader would call them."""
