"""`digest rank`: a whole collection of documents, ranked for topics."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from digest.encoders.static import installed
from digest.errors import Misuse
from digest.rank.collection import rank_collection

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--docs", required=True, type=FILE, help="JSON Lines: id, title, abstract, …")
@click.option("--topics", required=True, type=FILE, help="JSON Lines: id, kind, text or liked.")
@click.option(
    "--run",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Where to write the rankings, one JSON line a topic.",
)
@click.option("--plain", is_flag=True, help="Without word vectors, even where they are installed.")
def rank(docs: Path, topics: Path, run: Path, plain: bool) -> None:
    """Rank the documents of a collection for its topics, on the code of the nightly run.

    Example: digest rank --docs docs.jsonl --topics topics.jsonl --run run.jsonl
    """
    table = None if plain else installed()
    with run.open("w", encoding="utf-8") as out:
        for topic, ranking in rank_collection(_records(docs), _records(topics), table):
            line = {"topic": topic, "ranking": ranking}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _record(path, number, line)


def _record(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise Misuse(f"{path}, line {number}: not JSON ({error})") from error
    if not isinstance(record, dict) or "id" not in record:
        raise Misuse(f"{path}, line {number}: expected an object with an id")
    return record
