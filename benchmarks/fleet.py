"""What a fleet costs beside the local engine: the same mails, the same machine, the same sink.

`python -m benchmarks fleet [--readers N] [--rounds N] [--workers N]`: mails a second from the first
process's start to the last one's end, of the local engine on SQLite and on PostgreSQL, and of a
fleet of as many workers as the local engine has processes. The database, the sink and all of them
share the cores. Every mail has the same body, chosen and proved beforehand: what differs is the
plan, the queue and the store.
"""

import argparse
import itertools
import os
import resource
import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

import psycopg

from benchmarks.postgres_server import Server, Unavailable, server
from benchmarks.room import DAY, NOW, RUN, Room, SameBody, nothing, settings
from benchmarks.send import measure
from benchmarks.smtp import sink
from digest.app import open_app
from digest.app.fleet import TASKS
from digest.clock import SystemClock
from digest.config import Engine, Settings, StoreUrl
from digest.engine.crew import Crew
from digest.model import Collection, DeliveryState, Paper, Subscriber, Verdict
from digest.stages.batches import batches
from digest.stages.render import checksum

DURABLE = ("shared_buffers=256MB", "max_wal_size=4GB", "max_connections=100")
"""Everything that was committed survives a power cut, as with SQLite."""
SIZE = 62_000
SIZES = """SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relname IN ('readers', 'subscribers', 'selections', 'deliveries')
ORDER BY relname"""


def fill(chosen: Settings, readers: int) -> None:
    """Readers, what is chosen for each, and what their mails must be."""
    chosen.home.mkdir(parents=True, exist_ok=True)
    (chosen.home / "size").write_text(str(SIZE))
    press = SameBody(SIZE)
    with open_app(chosen, SystemClock(), lambda _: None, kind=Room) as room:
        fetched = Collection("benchmark", DAY, Verdict.COMPLETE, 0, 0, 0, NOW)
        room.papers.add(fetched, [Paper("arxiv:1", "A paper")])
        for some in batches((f"r{n:07}@d{n % 50}.example" for n in range(readers)), 5_000):
            room.subscribers.put((Subscriber(address) for address in some), NOW)
            room.selections.put(nothing(some), DAY, NOW)
            room.selections.prove({a: checksum(press.message(a)) for a in some}, DAY)
        room.database.vacuum()


class Local:
    """The nightly run, as cron has it: the parent of its own processes."""

    def __init__(self, chosen: Settings) -> None:
        self.chosen = chosen

    def __call__(self, _, stop) -> int:
        """A job for a child process."""
        with open_app(self.chosen, SystemClock(), lambda _: None, stop, Room) as room:
            return room.nightly(RUN, collect=False).exit_status


class Worker(Local):
    """One worker of a fleet, until nothing is left to do."""

    def __call__(self, _, stop) -> int:
        """A job for a child process."""
        with open_app(self.chosen, SystemClock(), lambda _: None, stop, Room) as room:
            room.fleet(print).work(TASKS, stop, f"worker {os.getpid()}", once=True)
        return 0


def local(chosen: Settings, workers: int) -> None:
    """With its own processes."""
    many = replace(chosen, smtp=replace(chosen.smtp, processes=workers))
    Crew(lambda: False, lambda _: None).work([Local(many)])


def fleet(chosen: Settings, workers: int) -> None:
    """Plans, and starts workers that share the sessions."""
    few = replace(chosen.smtp, sessions=chosen.smtp.sessions // workers)
    with open_app(chosen, SystemClock(), lambda _: None, kind=Room) as room:
        room.fleet(print).plans.plan(RUN, collect=False)
    Crew(lambda: False, lambda _: None).work([Worker(replace(chosen, smtp=few))] * workers)


class Stores:
    """Filled stores, and copies of them in which nobody has their mail yet."""

    def __init__(self, directory: Path, database: Server, port: int, readers: int) -> None:
        self.directory, self.database = directory, database
        self.sqlite = settings(directory / "sqlite", port)
        self.postgres = replace(
            settings(directory / "postgres", port),
            store=StoreUrl.parse(self.url("filled")),
        )
        self.make("filled", "")
        for chosen in (self.sqlite, self.postgres):
            fill(chosen, readers)
        self.names = (f"copy{n}" for n in itertools.count())

    def url(self, name: str) -> str:
        """How a database is reached."""
        return self.database.url(name)

    def make(self, name: str, how: str) -> None:
        """A database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as maker:
            maker.execute(f"CREATE DATABASE {name} {how}")
            maker.execute("CHECKPOINT")

    def written(self) -> int:
        """Octets of write-ahead log so far."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as asker:
            found = asker.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").fetchone()
        return int(found[0])

    def sizes(self, url: str, readers: int) -> list[tuple[str, float]]:
        """Octets a reader of the largest tables, their indexes among them."""
        with psycopg.connect(url, autocommit=True) as asker:
            rows = asker.execute(SIZES).fetchall()
        return [(name, size / readers) for name, size in rows]

    def afresh(self, kind: str) -> Settings:
        """Settings of a copy."""
        name = next(self.names)
        home = self.directory / name
        if kind == "sqlite":
            shutil.copytree(self.sqlite.home, home)
            chosen = settings(home, self.sqlite.smtp.port)
        else:
            shutil.copytree(self.postgres.home, home)
            self.make(name, "TEMPLATE filled STRATEGY file_copy")
            chosen = replace(self.postgres, home=home, store=StoreUrl.parse(self.url(name)))
        return replace(chosen, engine=Engine.FLEET if kind == "fleet" else Engine.LOCAL)


def check(chosen: Settings, readers: int) -> None:
    """Everybody has their mail, or the figures mean nothing."""
    with open_app(chosen, SystemClock(), lambda _: None, kind=Room) as room:
        if room.ledger.count(DAY) != {DeliveryState.ACCEPTED: readers}:
            raise SystemExit(f"not everybody got their mail: {room.ledger.count(DAY)}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    try:
        compare(options)
    except Unavailable as reason:
        print(f"fleet is not measured: {reason}")


def compare(options: argparse.Namespace) -> None:
    """In interleaved rounds."""
    ways = {"sqlite": local, "postgres": local, "fleet": fleet}
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in ways}
    written: dict[str, float] = {}
    served: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory() as directory,
        server(DURABLE) as database,
        sink(None) as port,
    ):
        stores = Stores(Path(directory), database, port, options.readers)
        for _ in range(options.rounds):
            for kind, way in ways.items():
                chosen = stores.afresh(kind)

                def once(_home, _port, chosen_options, way=way, chosen=chosen) -> None:
                    way(chosen, chosen_options.workers)

                before, spent = stores.written(), database.cpu()
                found[kind].append(measure(once, chosen.home, port, options))
                served[kind] = (database.cpu() - spent) / options.readers * 1e6
                written[kind] = (stores.written() - before) / options.readers
                check(chosen, options.readers)
        sizes = stores.sizes(chosen.store.postgresql, options.readers)
    rates = {kind: statistics.median(rate for rate, _ in rounds) for kind, rounds in found.items()}
    for kind, rounds in found.items():
        cpu = statistics.median(cpu for _, cpu in rounds)
        name = {"sqlite": "local, SQLite", "postgres": "local, PostgreSQL"}.get(kind, kind)
        print(
            f"fleet {name:18} {rates[kind]:8,.0f} mails/s {cpu:8.1f} µs of clients' CPU a mail, "
            f"{served[kind]:.1f} µs of the database's"
        )
    for kind in ("sqlite", "postgres"):
        over = rates[kind] / rates["fleet"] - 1
        print(f"fleet takes {over:+.0%} of the time of the local engine on {kind}")
    wal = ", ".join(f"{kind} {octets:,.0f}" for kind, octets in written.items() if octets)
    print(f"fleet octets of write-ahead log a mail: {wal}")
    print("fleet octets on disk a reader:", ", ".join(f"{n} {size:,.0f}" for n, size in sizes))
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"fleet largest process {largest / 1024:.0f} MiB")
    print(f"fleet on {os.cpu_count()} cores, the sink and the database among them")


if __name__ == "__main__":
    main()
