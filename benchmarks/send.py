"""The whole of sending, durably: claimed, printed, handed over, marked, recorded; all processes.

`python -m benchmarks send [--readers N] [--rounds N] [--processes N]`: mails a second, and CPU a
mail (user and system, of every process but the sink), in interleaved rounds, to a cheap sink of
ours and to postfix's `smtp-sink`, against `smtp-source -s 8 -d` with mails of the same size.
"""

import argparse
import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.room import RUN, Room, fill, settings
from benchmarks.smtp import sink
from digest.app import open_app
from digest.clock import SystemClock
from digest.engine.crew import Crew

GOALS = {"smtp-sink": 0.95, "our sink": 1.2}
"""The whole job's mails a second, as a multiple of smtp-source's."""


class Program:
    """A job for a child process: everything but collecting."""

    def __init__(self, home: Path, port: int, processes: int) -> None:
        self.home, self.port, self.processes = home, port, processes

    def __call__(self, _, stop) -> int:
        """The nightly run."""
        chosen = settings(self.home, self.port, processes=self.processes)
        with open_app(chosen, SystemClock(), lambda _: None, stop, Room) as app:
            return app.nightly(RUN, collect=False).exit_status


def whole(home: Path, port: int, options: argparse.Namespace) -> None:
    """A run of the program in a process of its own, as cron has it."""
    (status,) = Crew(lambda: False, lambda _: None).work([Program(home, port, options.processes)])
    if status != 0:
        raise SystemExit(f"the run ended with status {status}")


def source(home: Path, port: int, options: argparse.Namespace) -> None:
    """Postfix's own load generator: 8 sessions kept open (-d), one size."""
    size = (home / "size").read_text()
    command = ["smtp-source", "-s", "8", "-d", "-l", size, "-m", str(options.readers)]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)


@contextmanager
def smtp_sink() -> Iterator[int]:
    """The port of postfix's sink, in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user = ["-u", "nobody"] if os.getuid() == 0 else []
    process = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{port}", "1024"])
    try:
        until_open(port)
        yield port
    finally:
        process.kill()
        process.wait()


def until_open(port: int) -> None:
    """Waits until something listens."""
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on port {port}")


def spent() -> float:
    """Seconds of CPU of this process and all of its children that have ended."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, whose))


def measure(way: Callable[..., None], home: Path, port: int, options) -> tuple[float, float]:
    """Mails a second, and microseconds of CPU a mail."""
    cpu, wall = spent(), time.perf_counter()
    way(home, port, options)
    took, used = time.perf_counter() - wall, spent() - cpu
    return options.readers / took, used / options.readers * 1e6


def afresh(filled: Path, home: Path) -> None:
    """A store in which nobody has their mail yet."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(filled, home)


def figures(options: argparse.Namespace) -> dict[str, dict[str, tuple[float, float]]]:
    """Medians by sink and by way: mails a second, µs of CPU a mail."""
    sinks = {"our sink": lambda: sink(None)}
    ways = {"whole job": whole}
    if shutil.which("smtp-source"):
        sinks["smtp-sink"], ways["smtp-source"] = smtp_sink, source
    found = {}
    with tempfile.TemporaryDirectory() as directory:
        filled, home = Path(directory) / "filled", Path(directory) / "home"
        fill(filled, options.readers, options.size)
        for name, opened in sinks.items():
            rounds: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
            with opened() as port:
                for _ in range(options.rounds):
                    for way, job in ways.items():
                        afresh(filled, home)
                        rounds[way].append(measure(job, home, port, options))
            found[name] = {
                way: tuple(map(statistics.median, zip(*each, strict=True)))
                for way, each in rounds.items()
            }
    return found


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--size", type=int, default=62_000)
    options = parser.parse_args(arguments)
    told = {}
    for name, ways in figures(options).items():
        for way, (rate, cpu) in ways.items():
            print(f"send   {way:12} to {name:9} {rate:8,.0f} mails/s {cpu:7.1f} µs CPU a mail")
            told[f"{way} to {name}, mails/s"], told[f"{way} to {name}, µs CPU"] = rate, cpu
        if "smtp-source" in ways:
            ratio = told[f"ratio to {name}"] = ways["whole job"][0] / ways["smtp-source"][0]
            met = "met" if ratio >= GOALS[name] else "MISSED"
            print(f"send   whole job : smtp-source to {name} = {ratio:.2f}; ≥ {GOALS[name]}: {met}")
    return told


if __name__ == "__main__":
    main()
