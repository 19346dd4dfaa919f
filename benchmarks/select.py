"""What choosing for many readers costs: `python -m benchmarks select [--readers N] [--stored N]`.

First the arrays alone: a million readers with three topics of their own among 5,000, 1,000 papers,
and two papers that each must not get, so that no two choices can be shared. Then the whole stage
on SQLite, beside a program that only reads the same readers and writes rows of the same length.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from digest.model import Collection, Manner, Paper, Run, Subscriber, Topic, Verdict
from digest.rank.decisions import NONE, Decisions, strongest
from digest.rank.merge import Readers, Shelf, merge
from digest.rank.parameters import DEFAULT
from digest.rank.shelves import DEEPEST
from digest.stages.batches import batches
from digest.stages.select import BATCH, Select
from digest.store.feedback import FeedbackStore
from digest.store.papers import PaperStore
from digest.store.selection_row import pack
from digest.store.selections import SelectionStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

TOPICS, PAPERS, ASKED, BLOCKED, PLACES, SEED = 5_000, 1_000, 3, 2, 10, 0
GOAL = 5.0
"""Seconds of one core for a million readers."""
DAY = date(2026, 9, 25)
NOW = datetime(2026, 9, 26, 1, tzinfo=UTC)
WORDS = 400
"""Of the language that the stored papers are written in."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, default=100_000)
    options = parser.parse_args()
    arrays(options.readers)
    stored(options.stored)


def arrays(count: int) -> None:
    random = np.random.default_rng(SEED)
    relevant = random.random((TOPICS, PAPERS)) < 0.1
    scores = np.where(relevant, random.random((TOPICS, PAPERS)), 0).astype(np.float32)
    told = np.round(scores * 255).astype(np.uint8)
    spent, size, start = {"merge": 0.0, "reasons": 0.0, "pack": 0.0}, 0, time.process_time()
    shelf = Shelf.of(scores, DEEPEST)
    spent["best of each topic"] = time.process_time() - start
    for first in range(0, count, BATCH):
        readers = some(random, min(BATCH, count - first))
        marks = [time.process_time()]
        chosen = merge(shelf, readers, DEFAULT.depth)
        marks.append(time.process_time())
        reasons = strongest(chosen, readers, told)
        marks.append(time.process_time())
        size += sum(map(len, packed(chosen, readers, reasons)))
        marks.append(time.process_time())
        for name, (before, after) in zip(spent, pairwise(marks), strict=False):
            spent[name] += after - before
    print(f"{count:,} readers, {PAPERS:,} papers, {TOPICS:,} topics, one core:")
    for name, seconds in spent.items():
        print(f"  {name:<20}{seconds:6.2f} s")
    total, per = sum(spent.values()), size / count
    verdict = f"at most {GOAL * count / 1e6:.2f} s are wanted"
    print(f"  {'in all':<20}{total:6.2f} s ({verdict}), {per:.0f} bytes a reader, {peak()}")


def some(random: np.random.Generator, count: int) -> Readers:
    return Readers(
        np.arange(0, count * ASKED + 1, ASKED),
        random.integers(0, TOPICS, count * ASKED),
        np.arange(0, count * BLOCKED + 1, BLOCKED),
        random.integers(0, PAPERS, count * BLOCKED),
        np.full(count, PLACES),
    )


def packed(chosen, readers, reasons) -> list[bytes]:
    count = len(readers)
    decisions = Decisions(
        range(count),
        range(PAPERS),
        range(TOPICS),
        np.zeros(count, np.uint8),
        np.full(count, PAPERS),
        chosen.papers,
        reasons.relevance,
        np.where(chosen.papers == NONE, 0, 99).astype(np.uint8),
        readers.topics.reshape(count, ASKED).astype(np.int32),
        reasons.first,
        reasons.second,
        reasons.strength,
        chosen.near,
    )
    return pack(decisions, np.arange(PAPERS) + 9_000, np.arange(TOPICS) + 1, 90_000)


def stored(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = SqliteDatabase(Path(folder) / "digest.db")
        database.make()
        subscribers = SubscriberStore(database)
        selections, papers = SelectionStore(database), PaperStore(database)
        papers.add(Collection("made", DAY, Verdict.COMPLETE, 0, 0, 0, NOW), written())
        for batch in batches(asking(count), 5_000):
            subscribers.put(batch, NOW)
        stage = Select(
            papers, subscribers, selections, FeedbackStore(database), Manner(), None, lambda _: None
        )
        run, start = Run(DAY, backfill=True), time.process_time()
        warm = [Subscriber(f"w{n}@w.example", topics=tuple(topics())) for n in range(1)]
        stage.choose(DAY, warm[0], NOW)
        ready = time.process_time()
        for batch in stage.pending(run, NOW):
            stage.perform(run, batch, NOW)
        done = time.process_time()
        bare(database, subscribers)
        floor = time.process_time() - done
        database.close()
    each = (done - ready) / count * 1e6
    print(f"{count:,} readers stored in SQLite, {PAPERS:,} papers, {TOPICS:,} topics:")
    print(f"  each topic once     {ready - start:6.2f} s")
    print(f"  the stage           {done - ready:6.2f} s, {each:.1f} µs a reader, {peak()}")
    print(f"  reading and writing {floor:6.2f} s: the stage takes {(done - ready) / floor:.2f} ×")


def bare(database: SqliteDatabase, subscribers: SubscriberStore) -> None:
    """What cannot be saved: every reader is read, every row is written."""
    database.execute("CREATE TABLE bare (reader TEXT, day INTEGER, chosen BLOB)")
    sql = "INSERT INTO bare VALUES (:address, 1, :chosen)"
    for batch in batches(subscribers.active(), BATCH):
        database.many(sql, ({"address": reader.address, "chosen": b"x" * 45} for reader in batch))


def topics() -> Iterator[Topic]:
    """5,000 pairs of words."""
    return (Topic.parse(f"w{n % WORDS}x w{n // WORDS + n % 7}x") for n in range(TOPICS))


def asking(count: int) -> Iterator[Subscriber]:
    random, every = np.random.default_rng(SEED), list(topics())
    for number in range(count):
        wishes = tuple(every[n] for n in random.integers(0, TOPICS, ASKED))
        yield Subscriber(f"r{number:07}@d{number % 50}.example", topics=wishes)


def written() -> Iterator[Paper]:
    """Papers of words that are as rare as words are."""
    random = np.random.default_rng(SEED)
    for number in range(PAPERS):
        words = [f"w{n}x" for n in (random.zipf(1.3, 120) - 1) % WORDS]
        title, abstract = " ".join(words[:8]), " ".join(words[8:])
        yield Paper(f"arxiv:2609.{number:05}", title, abstract, upvotes=number % 97, observed=NOW)


def peak() -> str:
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


if __name__ == "__main__":
    main()
