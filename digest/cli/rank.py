"""`digest rank`: ranks a collection of documents, on the code that the nightly run uses."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from digest.encoders.static import installed
from digest.errors import DigestError, Misuse
from digest.rank.collection import rank_collection

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--docs", required=True, type=FILE, help="Documents, JSON Lines: id title abstract …")
@click.option("--topics", required=True, type=FILE, help="Topics, JSON Lines: id kind text liked …")
@click.option(
    "--run",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write the rankings, a topic a line.",
)
@click.option("--no-vectors", is_flag=True, help="Without word vectors, though they are installed.")
def rank(docs: Path, topics: Path, target: Path, no_vectors: bool) -> None:
    """Rank the documents of a collection for each of its topics.

    Kinds of topic: `topic` (words), `liked` (papers somebody liked), `trend`, and `digest`
    (relevant and rising). Nothing is stored.
    """
    table = None if no_vectors else installed()
    rankings = rank_collection(_records(docs), _records(topics), table)
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            for topic, ranking in rankings:
                file.write(json.dumps({"topic": topic, "ranking": ranking}) + "\n")
        unfinished.replace(target)
    except OSError as error:
        raise DigestError(f"{target} cannot be written: {error.strerror or error}") from error


def _records(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file. Raises Misuse, naming the line."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise Misuse(f"{file}, line {number}: no JSON: {error}") from error
            if not isinstance(record, dict) or "id" not in record:
                raise Misuse(f"{file}, line {number}: expected an object with an id")
            yield record
