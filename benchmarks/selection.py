"""How well the selection chooses, on collections with public judgements; writes docs/selection.md.

    python -m benchmarks.selection [../shared/relevance] [--only REGEX] [--write]

Each variant is the product with some parameters changed. Intervals are 95 %, bootstrapped over
topics within each collection; a difference is paired by topic.
"""

import argparse
import importlib.util
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from digest.encoders.static import installed
from digest.rank.collection import Collection
from digest.rank.holding import holding, needed
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.score import probability

PAGE = Path(__file__).resolve().parent.parent / "docs" / "selection.md"
GOALS = {"topic": (0.520, 0.490), "liked": (0.415, 0.380), "digest": (0.710, None),
         "trend": (0.905, None)}  # fmt: skip
"""Mean nDCG@10 by kind that was asked for: with word vectors, and without."""
KINDS = tuple(GOALS)
TOPICAL, LIKED, VOTED = ("topic", "digest"), ("liked",), ("digest", "trend")
ABLATIONS: tuple[tuple[str, tuple[str, ...], Mapping[str, float]], ...] = (
    ("title weight", TOPICAL, {"title": 1.0}),
    ("surface words", TOPICAL, {"surface": 0.0}),
    ("letter groups", TOPICAL, {"letters": 0.0}),
    ("pairs of words", TOPICAL, {"pairs": 0.0}),
    ("latent space", TOPICAL, {"latent": 0.0, "kin_latent": 0.0}),
    ("nearest words", TOPICAL, {"terms": 0.0}),
    ("word vectors, best sentence", TOPICAL, {"sentence": 0.0}),
    ("word-for-word bonus", TOPICAL, {"literal": 0, "literal_title": 0, "literal_again": 0}),
    ("neighbours", TOPICAL, {"vouching": 0.0}),
    ("doubt in neighbours where papers hold the topic", TOPICAL, {"trust_neighbours": 1e9}),
    ("doubt in nearness where papers hold the topic", TOPICAL, {"trust_semantics": 1e9}),
    ("feedback", TOPICAL, {"feedback": 0.0}),
    ("latent space", LIKED, {"liked_latent": 0.0, "kin_latent": 0.0}),
    ("word vectors", LIKED, {"liked_vectors": 0.0, "kin_vectors": 0.0}),
    ("regression", LIKED, {"contrast": 0.0}),
    ("feedback", LIKED, {"liked_feedback": 0.0}),
    ("hours since listing", VOTED, {"haste": 0.0}),
    ("votes", VOTED[:1], {"lift": 0.0}),
)
"""What is left out, the kinds it matters to, and how."""
FLOORS: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("one for all", {"lacking": 0.0}),
    ("as shipped: higher where words of the topic are lacking, by how broad it is", {}),
    ("the same, topics taken for half as broad", {"broader": 1.0}),
    ("the same, for half as broad again", {"broader": 3.0}),
)
"""Other rules for what is worth a place."""
SHORT = 5
"""Words of a topic as subscribers type it, at most; the classic collections ask in sentences."""
BOOTSTRAPS, SEED = 1000, 1


@dataclass(frozen=True)
class Measured:
    """What one variant made of one collection."""

    kind: str
    values: Mapping[str, float]
    """nDCG@10 by topic."""
    papers: int
    prepare: float
    """Seconds of CPU until the first topic could be asked for."""
    ask: float
    """Seconds of CPU for all topics."""


def main() -> None:
    options = arguments()
    judge = load(options.folder / "evaluate.py")
    folders = sorted(f.parent for f in options.folder.glob("*/topics.jsonl"))
    folders = [folder for folder in folders if re.search(options.only, folder.name)]
    table = installed()
    shipped = [measure(judge, folder, table, DEFAULT) for folder in folders]
    plain = [measure(judge, folder, None, DEFAULT) for folder in folders]
    parts = [
        headline(shipped, plain),
        collections(folders, shipped, plain),
        cost(shipped, plain),
        floors(judge, folders, table),
    ]
    if not options.quick:
        parts.append(ablations(judge, folders, table, shipped))
    text = "\n\n".join(parts)
    print(text)
    if options.write:
        write(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/relevance"))
    parser.add_argument("--only", default="", help="collections whose name matches")
    parser.add_argument("--quick", action="store_true", help="no ablations")
    parser.add_argument("--write", action="store_true", help="into docs/selection.md")
    return parser.parse_args()


def load(path: Path) -> ModuleType:
    """The judge: the evaluation program that lies with the collections."""
    spec = importlib.util.spec_from_file_location("judge", path)
    if spec is None or spec.loader is None or not path.is_file():
        sys.exit(f"{path} is missing: name the folder of the collections")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(judge: ModuleType, folder: Path, table: Any, parameters: Parameters) -> Measured:
    documents, topics = lines(folder / "docs.jsonl"), lines(folder / "topics.jsonl")
    judged = judge.Collection(str(folder))
    start = time.process_time()
    collection = Collection(documents, table, parameters)
    if judged.kind != "trend":
        _ = collection.likes if judged.kind == "liked" else collection.field
    ready = time.process_time()
    run = {str(topic["id"]): collection.ranking(topic) for topic in topics}
    done = time.process_time()
    if wrong := judged.check(run):
        sys.exit(f"{folder.name}: {wrong}")
    values = {t: judge.score_topic(r, judged.qrels[t])["ndcg@10"] for t, r in run.items()}
    return Measured(judged.kind, values, len(documents), ready - start, done - ready)


def lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def interval(samples: Iterable[list[float]]) -> tuple[float, float, float]:
    """The mean of collections' means, and its 95 % interval over their topics."""
    arrays = [np.array(values) for values in samples]
    random = np.random.default_rng(SEED)
    means = [
        values[random.integers(0, len(values), (BOOTSTRAPS, len(values)))].mean(axis=1)
        for values in arrays
    ]
    low, high = np.percentile(np.mean(means, axis=0), [2.5, 97.5])
    return float(np.mean([values.mean() for values in arrays])), float(low), float(high)


def of_kind(measured: list[Measured], kind: str) -> list[list[float]]:
    return [list(m.values.values()) for m in measured if m.kind == kind]


def headline(shipped: list[Measured], plain: list[Measured]) -> str:
    rows = ["| kind | with word vectors | goal | without | goal |", "|---|---|---|---|---|"]
    for kind in KINDS:
        if of_kind(shipped, kind):
            goal, plain_goal = GOALS[kind]
            rows.append(
                f"| {kind} | {shown(interval(of_kind(shipped, kind)))} | {goal:.3f} "
                f"| {shown(interval(of_kind(plain, kind)))} "
                f"| {'' if plain_goal is None else f'{plain_goal:.3f}'} |"
            )
    return "### Mean nDCG@10 by kind\n\n" + "\n".join(rows)


def collections(folders: list[Path], shipped: list[Measured], plain: list[Measured]) -> str:
    rows = ["| collection | kind | topics | with | without |", "|---|---|---|---|---|"]
    for folder, one, two in zip(folders, shipped, plain, strict=True):
        figures = [shown(interval([list(m.values.values())])) for m in (one, two)]
        rows.append(
            f"| {folder.name} | {one.kind} | {len(one.values)} | " + " | ".join(figures) + " |"
        )
    return "### By collection\n\n" + "\n".join(rows)


def cost(shipped: list[Measured], plain: list[Measured]) -> str:
    rows = ["| | ms a paper, once a day | ms a topic |", "|---|---|---|"]
    for name, measured in (("with word vectors", shipped), ("without", plain)):
        asked = [m for m in measured if m.kind in {"topic", "digest"}]
        papers, topics = sum(m.papers for m in asked), sum(len(m.values) for m in asked)
        if not topics:
            continue
        prepare, ask = sum(m.prepare for m in asked), sum(m.ask for m in asked)
        rows.append(f"| {name} | {1000 * prepare / papers:.2f} | {1000 * ask / topics:.2f} |")
    return "### CPU, one core\n\n" + "\n".join(rows)


def floors(judge: ModuleType, folders: list[Path], table: Any) -> str:
    """What passes the floor against the judgements, over collections of short topics."""
    varied = [(name, replace(DEFAULT, **change)) for name, change in FLOORS]
    found: list[list[tuple[float, float]]] = [[] for _ in varied]
    for folder in folders:
        topics = [topic for topic in lines(folder / "topics.jsonl") if topic.get("text")]
        if not topics or np.median([len(t["text"].split()) for t in topics]) > SHORT:
            continue
        collection = Collection(lines(folder / "docs.jsonl"), table, DEFAULT)
        qrels = judge.Collection(str(folder)).qrels
        passed = np.array([passing(collection, t, qrels[str(t["id"])], varied) for t in topics])
        for n, (shown_, right, relevant) in enumerate(passed.sum(axis=0)):
            found[n].append((right / max(shown_, 1), right / relevant))
    rows = ["| floor | precision | recall | F1 |", "|---|---|---|---|"]
    for (name, _), pairs in zip(varied, found, strict=True):
        if pairs:
            p, r = np.mean(pairs, axis=0)
            rows.append(f"| {name} | {p:.3f} | {r:.3f} | {2 * p * r / (p + r):.3f} |")
    return (
        "### The floor\n\nPapers above it against the judgements, means over the collections of "
        "short topics, with word\nvectors. Judgements are incomplete, so precision is understated."
        "\n\n" + "\n".join(rows)
    )


def passing(
    collection: Collection,
    topic: Mapping[str, Any],
    judged: Mapping[str, float],
    varied: list[tuple[str, Parameters]],
) -> list[tuple[int, int, int]]:
    """For each floor how many papers pass, how many of these are right, and how many are."""
    field = collection.field
    ids = sorted(set(topic.get("candidates") or collection.open))
    rows, text = field.corpus.rows(ids), str(topic["text"])
    relevant = np.array([judged.get(id_, 0) > 0 for id_ in ids])
    raw, share = field.evidence(text).raw, holding(text, field.stems, field.pairs)
    figures = []
    for _, p in varied:
        passed = probability(raw, p.midpoint, p.spread)[rows] >= needed(raw, share, p)[rows]
        figures.append((int(passed.sum()), int((passed & relevant).sum()), int(relevant.sum())))
    return figures


def ablations(judge: ModuleType, folders: list[Path], table: Any, shipped: list[Measured]) -> str:
    rows = ["| left out | topic | liked | digest | trend |", "|---|---|---|---|---|"]
    for name, kinds, change in ABLATIONS:
        known = [(f, m) for f, m in zip(folders, shipped, strict=True) if m.kind in kinds]
        varied = [measure(judge, f, table, replace(DEFAULT, **change)) for f, _ in known]
        cells = [worth([m for _, m in known], varied, kind) for kind in KINDS]
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
        print(rows[-1], file=sys.stderr, flush=True)
    return (
        "### What each ingredient is worth\n\nChange of mean nDCG@10 when it is left out.\n\n"
        + "\n".join(rows)
    )


def worth(shipped: list[Measured], varied: list[Measured], kind: str) -> str:
    pairs = [(a, b) for a, b in zip(shipped, varied, strict=True) if a.kind == kind]
    if not pairs:
        return ""
    differences = [[b.values[t] - a.values[t] for t in a.values] for a, b in pairs]
    return shown(interval(differences), "+.4f")


def shown(figures: tuple[float, float, float], form: str = ".3f") -> str:
    mean, low, high = (format(figure, form) for figure in figures)
    return f"{mean} [{low} {high}]"


def write(text: str) -> None:
    """Puts the measured part into the page, between its marks."""
    begin, end = "<!-- measured -->", "<!-- end of measured -->"
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(begin)[0], page.split(end)[1]
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
