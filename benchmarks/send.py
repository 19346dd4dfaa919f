"""The whole of sending, durably: claimed, printed, handed over, marked, recorded; all processes.

`python -m benchmarks send [--readers N] [--rounds N] [--processes N]`: mails a second, CPU a mail
(user and system, of every process but the sink), against the wire alone (the same mails through the
same sessions in one process, nothing written down), in interleaved rounds. `smtp-source` joins in
where it is installed.
"""

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.room import RUN, Room, SameBody, fill, settings
from benchmarks.smtp import sink
from digest.app import open_app
from digest.clock import SystemClock
from digest.engine.crew import Crew
from digest.transport.loop import deliver_all
from digest.transport.smtp import SmtpTransport


def whole(home: Path, port: int, options: argparse.Namespace) -> None:
    """A run of the program in a process of its own, as cron has it."""
    Crew(lambda: False, lambda _: None).work([Program(home, port, options.processes)])


class Program:
    """A job for a child process: everything but collecting."""

    def __init__(self, home: Path, port: int, processes: int) -> None:
        self.home, self.port, self.processes = home, port, processes

    def __call__(self, _, stop) -> int:
        """The nightly run."""
        chosen = settings(self.home, self.port, processes=self.processes)
        with open_app(chosen, SystemClock(), lambda _: None, stop, Room) as app:
            return app.nightly(RUN, collect=False).exit_status


def wire(home: Path, port: int, options: argparse.Namespace) -> None:
    """The same mails, and nothing but the conversation."""
    press = SameBody(int((home / "size").read_text()))
    mails = (press.message(f"r{n:07}@d{n % 50}.example") for n in range(options.readers))
    transport = SmtpTransport(settings(home, port).smtp)
    deliver_all(transport, mails, 16, lambda _: None, lambda _: None)


def source(home: Path, port: int, options: argparse.Namespace) -> None:
    """Postfix's own load generator: 8 sessions kept open (-d), one size."""
    size = (home / "size").read_text()
    command = ["smtp-source", "-s", "8", "-d", "-l", size, "-m", str(options.readers)]
    subprocess.run([*command, f"127.0.0.1:{port}"], check=True)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--size", type=int, default=62_000)
    options = parser.parse_args()
    ways = {"whole": whole, "wire": wire}
    if shutil.which("smtp-source"):
        ways["smtp-source"] = source
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as directory, sink(None) as port:
        filled, home = Path(directory) / "filled", Path(directory) / "home"
        fill(filled, options.readers, options.size)
        for _ in range(options.rounds):
            for name, way in ways.items():
                afresh(filled, home)
                found[name].append(measure(way, home, port, options))
    rates = {}
    for name, rounds in found.items():
        rates[name] = statistics.median(rate for rate, _ in rounds)
        cpu = statistics.median(cpu for _, cpu in rounds)
        print(f"send {name:12} {rates[name]:8,.0f} mails/s {cpu:8.1f} µs CPU a mail")
    for name in list(ways)[1:]:
        print(f"send whole : {name} = {rates['whole'] / rates[name]:.2f}")
    print(f"send on {os.cpu_count()} cores, the sink among them")


if __name__ == "__main__":
    main()
