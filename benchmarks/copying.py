"""A whole installation from SQLite to PostgreSQL and back: is anything lost, and how long it takes.

`python -m benchmarks copying [--readers N] [--days N]`. Both ways are verified row for row by the
copy itself; at the end the first store and the last are compared once more, by SQLite alone.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.postgres_server import server
from digest.model import Collection, Paper, Verdict
from digest.store.copying import copy
from digest.store.papers import PaperStore
from digest.store.postgres import PostgresDatabase
from digest.store.sqlite import SqliteDatabase

NOW = datetime(2026, 9, 26, 1, tzinfo=UTC)
DAY = date(2026, 9, 25)
PAPERS = 60
DURABLE = ("max_wal_size=4GB", "shared_buffers=256MB")


def fill(database: SqliteDatabase, readers: int, days: int) -> None:
    """Readers, and who got what on each day."""
    dice = random.Random(7)  # noqa: S311
    at = int(NOW.timestamp())
    listed = [DAY - timedelta(days=n) for n in range(days)]
    with database.transaction():
        database.fill("readers", ["id", "address"], people(readers))
        database.execute(
            "INSERT INTO subscribers (reader, name, topics, mute, authors, liked, papers, timezone,"
            " send_at, rhythm, locale, state, consent, created, updated)"
            " SELECT id, 'Reader ' || id, '[\"robots\", \"' || address || '\"]', '[]', '[]', '[]',"
            " 10, 'Europe/Berlin', '07:30', 'daily', 'en', 'active', 'operator', 1, 2 FROM readers"
        )
        for day in listed:
            found = [
                Paper(f"arxiv:{day:%y%m}.{n:05}", f"Paper {n}\t“of” {day}") for n in range(PAPERS)
            ]
            fetched = Collection("benchmark", day, Verdict.COMPLETE, 0, 0, 0, NOW)
            PaperStore(database).add(fetched, found)
            number = day.toordinal()
            keys = ["attempts", "day", "doubts", "reader", "state", "updated"]
            rows = ((1, number, 0, n, dice.choice((3, 3, 3, 5, 6)), at) for n in people_of(readers))
            database.fill("deliveries", keys, rows)
            chosen = (
                (dice.randbytes(60), number, dice.randbytes(8), n) for n in people_of(readers)
            )
            database.fill("selections", ["chosen", "day", "proof", "reader"], chosen)
        database.execute(
            "INSERT INTO replies (day, reader, reply) SELECT day, reader, '550 5.1.1 no such ü'"
            " FROM deliveries WHERE state = 5"
        )


def people(readers: int) -> Iterator[tuple[int, str]]:
    """Numbers and addresses."""
    return ((n, f"r{n:07}@d{n % 50}.example") for n in people_of(readers))


def people_of(readers: int) -> range:
    """Numbers."""
    return range(1, readers + 1)


def alike(first: Path, second: Path) -> bool:
    """Whether two SQLite stores hold the same rows, as SQLite sees it."""
    database = SqliteDatabase(first)
    database.execute("ATTACH :path AS other", {"path": str(second)})
    try:
        return all(
            not database.all(f"SELECT 1 FROM ({both}) LIMIT 1")  # noqa: S608 - its own names
            for table in database.tables()
            for both in (
                f"SELECT * FROM main.{table} EXCEPT SELECT * FROM other.{table}",  # noqa: S608
                f"SELECT * FROM other.{table} EXCEPT SELECT * FROM main.{table}",  # noqa: S608
            )
        )
    finally:
        database.close()


def timed(what: str, work: Callable[[], dict[str, int] | None]) -> None:
    """Says how long it took."""
    begun = time.monotonic()
    rows = work()
    took = time.monotonic() - begun
    told = (
        f", {sum(rows.values()):,} rows, {sum(rows.values()) / took:,.0f} a second" if rows else ""
    )
    print(f"copying {what}: {took:.0f} s{told}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=30)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory, server(DURABLE) as running:
        first, last = Path(directory) / "first.db", Path(directory) / "last.db"
        here, there, back = SqliteDatabase(first), PostgresDatabase(running.url()), None
        here.migrate()
        timed("filling", lambda: fill(here, options.readers, options.days))
        timed("SQLite to PostgreSQL", lambda: copy(here, there))
        back = SqliteDatabase(last)
        timed("PostgreSQL to SQLite", lambda: copy(there, back))
        for database in (here, there, back):
            database.close()
        lossless = alike(first, last)
    print(
        f"copying {options.readers:,} readers, {options.days} days there and back: "
        f"{'nothing is lost: met' if lossless else 'MISSED'}"
    )
    if not lossless:
        sys.exit(1)


if __name__ == "__main__":
    main()
