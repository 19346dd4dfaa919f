"""The ledger alone: deliveries a second, claimed and recorded durably, and what they take on disk.

`python -m benchmarks ledger [--readers N] [--rounds N]`: the way a run does it (one commit records
the batch before and claims the batch after, each delivery with its two marks in the journal)
against a commit for each step of each delivery, on the same disk, in interleaved rounds.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from digest.model import DeliveryState, Outcome, Subscriber
from digest.stages.batches import batches
from digest.store.journal import Journals
from digest.store.ledger import LedgerStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

DAY = date(2026, 9, 25)
NOW = datetime(2026, 9, 26, 1, tzinfo=UTC)
SIZES = (500, 1_000, 2_000)
EACH = 100
"""Deliveries that are timed with a commit for each step: they take milliseconds."""
GOAL, BYTES = 50_000, 40


def addresses(count: int) -> list[str]:
    return [f"reader{number:07}@d{number % 50}.example" for number in range(count)]


def in_batches(home: Path, ledger: LedgerStore, day: date, readers: list[str], size: int) -> None:
    journals = Journals(home / "journal")
    ended, journal = [], None
    for batch in batches(readers, size):
        following = journals.begin()
        with ledger.one_commit():
            ledger.record(ended, NOW)
            claims = ledger.claim(batch, day, NOW, following.number)
        if journal:
            journal.remove()
        journal, ended = following, []
        for claim in claims:
            outcome = Outcome(claim.address, day, DeliveryState.ACCEPTED, "250 2.0.0 queued")
            journal.dot(claim)
            journal.ended(claim, outcome)
            ended.append((claim, outcome))
    ledger.record(ended, NOW)
    journal.remove()


def one_by_one(home: Path, ledger: LedgerStore, day: date, readers: list[str], size: int) -> None:
    del home, size
    for number, address in enumerate(readers):
        for claim in ledger.claim([address], day, NOW, number + 1):
            outcome = Outcome(address, day, DeliveryState.ACCEPTED)
            ledger.record([(claim, outcome)], NOW)


def rate(way: Callable[..., None], ledger: LedgerStore, *rest, readers: list[str]) -> float:
    home, day, size = rest
    begun = time.perf_counter()
    way(home, ledger, day, readers, size)
    return len(readers) / (time.perf_counter() - begun)


def size_of(database: SqliteDatabase) -> dict[str, int]:
    """Bytes of the ledger's tables and indexes, by SQLite's dbstat."""
    rows = database.all(
        "SELECT name, sum(pgsize) FROM dbstat WHERE name LIKE 'deliveries%' GROUP BY name"
    )
    return dict(rows)


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    readers = addresses(options.readers)
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        database = SqliteDatabase(home / "digest.db")
        database.migrate()
        SubscriberStore(database).put((Subscriber(a) for a in readers), NOW)
        ledger = LedgerStore(database)
        found: dict[int, list[float]] = {size: [] for size in (1, *SIZES)}
        day = DAY.toordinal()
        for _ in range(options.rounds):
            for size, rates in found.items():
                way, some = (one_by_one, readers[:EACH]) if size == 1 else (in_batches, readers)
                day += 1
                rest = (home, date.fromordinal(day), size)
                rates.append(rate(way, ledger, *rest, readers=some))
        single = statistics.median(found[1])
        for size, rates in found.items():
            middle = statistics.median(rates)
            print(f"ledger {size:5} a commit {middle:10,.0f} deliveries/s {middle / single:8.1f} ×")
        best = max(statistics.median(rates) for rates in found.values())
        rows = database.all("SELECT count(*) FROM deliveries")[0][0]
        for name, octets in size_of(database).items():
            print(f"ledger {octets / rows:6.1f} bytes a delivery in {name}")
        each = sum(size_of(database).values()) / rows
        print(f"ledger goal ≥ {GOAL:,} deliveries/s: {'met' if best >= GOAL else 'MISSED'}")
        met = "met" if each <= BYTES else "MISSED"
        print(f"ledger {each:.1f} bytes an accepted delivery; goal ≤ {BYTES}: {met}")
        database.close()
        return {"deliveries": best, "bytes": each}


if __name__ == "__main__":
    main()
