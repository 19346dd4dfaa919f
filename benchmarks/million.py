"""A million readers, end to end: chosen for, printed, proved, sent, recorded; memory of it all.

`python -m benchmarks million [--readers N] [--papers N] [--topics N]`: the real press and the real
selection; a cheap sink of ours on the same machine. Seconds by stage, the largest sum of PSS of all
processes of the program, and what ledger and selections take on disk.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.build import papers as example_papers
from benchmarks.room import DAY, NOW, RUN, settings
from benchmarks.smtp import sink
from digest.app import open_app
from digest.clock import SystemClock
from digest.model import (
    Advanced,
    Collection,
    DeliveryState,
    Event,
    Finished,
    Started,
    Subscriber,
    Topic,
    Verdict,
)

MEMORY, LEDGER, SELECTION = 150, 40, 60
"""MB in all; bytes of an accepted delivery, and of its selection."""
EVERY = 1.0
"""Seconds between two looks at the memory."""


def readers(count: int, topics: list[Topic], chance: random.Random) -> Iterator[Subscriber]:
    """Each with topics of their own."""
    for number in range(count):
        wished = tuple(sorted(chance.sample(topics, chance.randint(2, 5))))
        yield Subscriber(f"reader{number:07}@d{number % 997}.example", f"Reader {number}", wished)


def words(known: dict) -> list[str]:
    """What papers speak of."""
    said = {word for paper in known.values() for word in paper.title.lower().split()}
    return sorted(word for word in said if word.isalpha() and len(word) > 4)


def fill(home: Path, options: argparse.Namespace) -> None:
    """Papers of the day, and who reads."""
    chance = random.Random(7)  # noqa: S311 - a repeatable workload
    known = example_papers(options.papers)
    vocabulary = words(known)
    pairs = {" ".join(sorted(chance.sample(vocabulary, 2))) for _ in range(options.topics * 2)}
    topics = [Topic.parse(pair) for pair in sorted(pairs)[: options.topics]]
    with open_app(settings(home, 25), SystemClock(), lambda _: None) as app:
        at = NOW - timedelta(hours=1)
        fetched = Collection("benchmark", DAY, Verdict.COMPLETE, len(known), len(known), 0, at)
        app.papers.add(fetched, list(known.values()))
        app.subscribers.put(readers(options.readers, topics, chance), NOW)


class Clock:
    """Prints how long each stage took."""

    def __init__(self) -> None:
        self.begun, self.counts = time.monotonic(), {}

    def __call__(self, event: Event) -> None:
        """Takes one event."""
        match event:
            case Started(stage, total):
                self._line(f"{stage} begins, {total}")
            case Advanced(stage, count, _):
                self.counts[stage] = self.counts.get(stage, 0) + count
            case Finished(stage):
                self._line(f"{stage} has ended, {self.counts.get(stage, 0)}")

    def _line(self, words: str) -> None:
        print(f"million {time.monotonic() - self.begun:7.1f} s: {words}", flush=True)


def run(home: Path, port: int) -> int:
    """The program: what is started and watched."""
    with open_app(settings(home, port), SystemClock(), Clock()) as app:
        return app.nightly(RUN, collect=False).exit_status


def family(pid: int) -> list[int]:
    """A process and those that it began."""
    try:
        begun = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(each for child in begun for each in family(int(child)))]


def memory(pids: list[int]) -> int:
    """Kilobytes of all, shared pages counted once (PSS)."""
    total = 0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line[:4] == "Pss:")
    return total


def watched(process: "subprocess.Popen[bytes]") -> int:
    """The most memory that a program and its children had, in MB."""
    most = 0
    while process.poll() is None:
        most = max(most, memory(family(process.pid)))
        time.sleep(EVERY)
    return most // 1024


def sizes(home: Path) -> dict[str, float]:
    """Bytes a row in the ledger and in the selections, and how many were accepted."""
    with open_app(settings(home, 25), SystemClock(), lambda _: None) as app:
        rows = app.database.all(
            "SELECT name, sum(pgsize) FROM dbstat WHERE name LIKE 'deliveries%' GROUP BY name"
        )
        packed = app.database.all("SELECT avg(length(chosen)), count(*) FROM selections")[0]
        accepted = app.ledger.count(DAY).get(DeliveryState.ACCEPTED, 0)
    ledger = sum(octets for _, octets in rows) / max(1, accepted)
    return {"accepted": accepted, "ledger": ledger, "selection": packed[0] or 0.0}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=1_000_000)
    parser.add_argument("--papers", type=int, default=1_000)
    parser.add_argument("--topics", type=int, default=5_000)
    parser.add_argument("--run", nargs=2, metavar=("HOME", "PORT"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        sys.exit(run(Path(options.run[0]), int(options.run[1])))
    with tempfile.TemporaryDirectory() as directory, sink(None) as port:
        home = Path(directory) / "home"
        home.mkdir()
        fill(home, options)
        begun = time.monotonic()
        command = [sys.executable, "-m", "benchmarks.million", "--run", str(home), str(port)]
        process = subprocess.Popen(command)
        most = watched(process)
        took = time.monotonic() - begun
        found = {"seconds": took, "MB": most, "status": process.returncode, **sizes(home)}
    print(f"million {found['accepted']:,} accepted of {options.readers:,} in {took:.0f} s")
    for name, goal in (("MB", MEMORY), ("ledger", LEDGER), ("selection", SELECTION)):
        met = "met" if found[name] <= goal else "MISSED"
        print(f"million {name} {found[name]:.1f}, goal ≤ {goal}: {met}")
    return found


if __name__ == "__main__":
    main()
