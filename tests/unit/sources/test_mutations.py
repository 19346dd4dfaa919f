"""Every recorded page of every source, damaged: a right answer or a named verdict, never silence.

A run damages some hundred; `make soak` 20,000.
"""

import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random

import pytest
from mutations import mutated
from shared import SHARED

from digest.model import Precedent, Response, Saved, Verdict
from digest.sources.registry import everyone
from digest.sources.saved import _source
from digest.stages.collect import _read

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
CHUNKS = 20
CASES = (20_000 if SOAK else 400) // CHUNKS
AT, TODAY = datetime(2026, 11, 24, tzinfo=UTC), date(2026, 11, 24)
WEEKDAY = date(2026, 6, 12)
SOURCES = everyone({})
LARGE = 120_000
"""Bytes; of longer pages a run damages one in ten, for they take long to read."""
KINDS = (
    "hf/daily_papers_api/2024-06-0*.json", "hf/daily_papers_api/2026-08-1*.json",
    "hf/daily_papers_api_recrawls/*/*.json", "hf/api_other/*", "hf/html/*", "hf/feed_rss/*",
    "arxiv/*/*", "semanticscholar/*.json", "semanticscholar/envelopes/*", "hackernews/*",
)  # fmt: skip


def recorded() -> list[Path]:
    root = SHARED / "recorded"
    return sorted(path for kind in KINDS for path in root.glob(kind))


Ended = tuple[Verdict, dict[str, str], str]
"""Verdict, titles by id, and why."""


def ended(path: Path, body: bytes) -> Ended:
    """What a saved file with that content ends as on a working day."""
    source = _source(path, body, SOURCES)
    file = Saved(source.name, Response(str(path), body, AT), WEEKDAY, None)
    haul = _read(source, file)
    told, why = haul.judge(TODAY, Precedent())
    return told, {paper.id: paper.title for paper in haul.papers.values()}, why


@cache
def whole(path: Path) -> Ended:
    return ended(path, path.read_bytes())


def check(path: Path, body: bytes, case: str) -> None:
    """A list that is `complete` holds the papers of the whole one, whatever else was damaged.

    An id that is changed the same way wherever it stands is no damage that anybody could see, so a
    paper is a known one by its id or by its title.
    """
    told, papers, why = ended(path, body)
    _, known, _ = whole(path)
    if told is Verdict.COMPLETE:
        assert papers, case
        titles = set(known.values())
        strange = [i for i, title in papers.items() if i not in known and title not in titles]
        assert len(strange) <= 3 + len(papers) // 10, (case, strange[:5])
        short = len(known) - len(papers)
        assert short <= max(3, len(known) // 10) or why, (case, len(known), len(papers))
    elif told is Verdict.EMPTY:
        assert not known, (case, "a list became a silent empty day")
    else:
        assert why, case


@pytest.mark.shared
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_damaged_page_ends_in_a_right_answer_or_a_named_verdict(chunk: int):
    paths = recorded()
    if not paths:
        pytest.skip("needs ../shared/recorded, which is not beside this checkout")
    for number in range(CASES):
        case = chunk * CASES + number
        random = Random(case)  # noqa: S311
        path = random.choice(paths)
        while path.stat().st_size > LARGE and random.random() < 0.9:
            path = random.choice(paths)
        check(path, mutated(path.read_bytes(), random), f"{path} #{case}")
