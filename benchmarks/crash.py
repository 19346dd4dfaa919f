"""Runs that are killed, paused, starved of disk and cut off: who got what, by the server's account.

`python -m benchmarks crash [--kills N] [--readers N] [--seed N]`. Each round starts the whole
program over the same store, waits until mails flow, and does something to it at a random instant.
At the end it is let to finish, and what the server saw is compared with what the ledger says:

    doubles    readers whose final dot the server saw twice: must be none
    in doubt   at most the open connections for each kill, one for each connection that was cut
    missing    anyone else without exactly one mail: must be none
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.room import DAY, RUN, Room, fill, settings
from digest.app import open_app
from digest.clock import SystemClock
from digest.engine.stopping import until_stopped
from digest.errors import DigestError
from digest.model import DeliveryState

SESSIONS, PROCESSES = 16, 2
SIZE = 4_000
DELAY = 0.004
"""Seconds that the server takes for a mail, on average."""
ROOM_LEFT = 150_000
"""Bytes that a file may still grow in a run that meets a full disk."""


def run(home: Path, port: int, disk_full: bool) -> int:
    """The program: what is started and killed."""
    if disk_full:
        files = [home / "digest.db", home / "digest.db-wal"]
        most = max(file.stat().st_size for file in files if file.exists())
        resource.setrlimit(resource.RLIMIT_FSIZE, (most + ROOM_LEFT, resource.RLIM_INFINITY))
    chosen = settings(home, port, SESSIONS, PROCESSES)
    try:
        with (
            until_stopped() as stop,
            open_app(chosen, SystemClock(), lambda _: None, stop, Room) as app,
        ):
            return app.nightly(RUN, collect=False).exit_status
    except DigestError as error:
        print(f"digest: {error}", file=sys.stderr)
        return error.exit_status


@dataclass
class Trial:
    """One store, one server, and what was done to them."""

    home: Path
    drop: float
    port: int = 0
    log: int = subprocess.DEVNULL
    """Where the program's words go."""
    faults: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    server: "subprocess.Popen[str] | None" = None

    @property
    def truth(self) -> Path:
        """What the server saw."""
        return self.home / "truth"

    def serve(self) -> None:
        """Starts the server, again on its port."""
        words = ["benchmarks.witness", str(self.truth), str(self.port), f"--delay={DELAY}"]
        self.server = subprocess.Popen(
            [sys.executable, "-m", *words, f"--drop={self.drop}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.server.stdout.readline())

    def end_server(self) -> None:
        """Kills it; it has no say."""
        self.server.kill()
        self.server.wait()
        self.server.stdin.close()
        self.server.stdout.close()

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        """The program in a process group of its own."""
        command = [sys.executable, "-m", "benchmarks.crash", "--run", str(self.home)]
        return subprocess.Popen(
            [*command, str(self.port), *words], start_new_session=True, stderr=self.log
        )

    def flows(self, process: "subprocess.Popen[bytes]") -> bool:
        """Waits until mails flow; False: it ended before."""
        before = self.truth.stat().st_size if self.truth.exists() else 0
        while process.poll() is None:
            if self.truth.exists() and self.truth.stat().st_size > before:
                return True
            time.sleep(0.005)
        return False

    def hit(self, fault: str) -> bool:
        """One round; False: there was nothing left to send."""
        process = self.start(*(["--disk-full"] if fault == "disk full" else []))
        flowed = self.flows(process)
        family = children(process.pid)
        if flowed:
            time.sleep(random.uniform(0, 0.5))  # noqa: S311
            FAULTS[fault](self, process)
            self.faults[fault] += 1
        self.statuses[ended(process)] += 1
        wait_until_gone(family)
        return flowed

    def finish(self) -> None:
        """Lets it run in peace, until nobody is left to wait for."""
        for _ in range(20):
            self.statuses[self.start().wait()] += 1
            if not self.states() - {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}:
                return

    def states(self) -> set[DeliveryState]:
        """The states of the ledger."""
        with open_app(settings(self.home, self.port), SystemClock(), lambda _: None) as app:
            return {state for state, count in app.states(DAY).items() if count}

    def verdict(self) -> "Verdict":
        """What the server saw, beside what the ledger says."""
        lines = self.truth.read_text().split()
        got = Counter(line.rstrip("!") for line in lines)
        with open_app(settings(self.home, self.port), SystemClock(), lambda _: None) as app:
            states = {d.address: d.state for d in app.ledger.deliveries(DAY)}
            readers = {reader.address for reader in app.subscribers.active()}
            left = len(list((self.home / "journal").glob("*")))
        return Verdict(
            readers=len(readers),
            doubles=sum(count > 1 for count in got.values()),
            doubts=sum(state is DeliveryState.IN_DOUBT for state in states.values()),
            doubts_in_vain=sum(
                state is DeliveryState.IN_DOUBT and not got[address]
                for address, state in states.items()
            ),
            wrong=sum(
                states.get(address) is not DeliveryState.IN_DOUBT
                and (got[address], states.get(address)) != (1, DeliveryState.ACCEPTED)
                for address in readers
            ),
            cut=sum(line.endswith("!") for line in lines),
            kills=sum(count for fault, count in self.faults.items() if fault in LOSING),
            journals=left,
        )


@dataclass(frozen=True)
class Verdict:
    """What it came to."""

    readers: int
    doubles: int
    doubts: int
    doubts_in_vain: int
    """In doubt, though the server never saw the dot."""
    wrong: int
    """Neither in doubt nor accepted and taken exactly once."""
    cut: int
    """Connections that the server cut between dot and answer."""
    kills: int
    journals: int

    @property
    def most_doubts(self) -> int:
        """How many there may be."""
        return self.kills * SESSIONS + self.cut

    @property
    def good(self) -> bool:
        """Whether the promise was kept."""
        kept = not (self.doubles or self.wrong or self.journals)
        return kept and self.doubts <= self.most_doubts


def ended(process: "subprocess.Popen[bytes]") -> int:
    """The exit status of a run; one that survives is told to finish: others want mails, too."""
    try:
        return process.wait(1.0)
    except subprocess.TimeoutExpired:
        process.terminate()
        return process.wait()


def wait_until_gone(pids: list[int]) -> None:
    """Children end with their parent, though not at the very same instant."""
    deadline = time.monotonic() + 15
    while any(map(lives, pids)):
        if time.monotonic() > deadline:
            raise SystemExit("a child has outlived its parent")
        time.sleep(0.005)


def lives(pid: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """The processes that one has begun."""
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def kill_all(_: Trial, process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)


def kill_parent(_: Trial, process: "subprocess.Popen[bytes]") -> None:
    process.kill()


def kill_child(_: Trial, process: "subprocess.Popen[bytes]") -> None:
    for child in children(process.pid)[:1]:
        os.kill(child, signal.SIGKILL)


def pause_and_kill(trial: Trial, process: "subprocess.Popen[bytes]") -> None:
    """What stood still goes on for a moment, and must not do what is no longer its business."""
    stopped = [process.pid, *children(process.pid)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(0.3)
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    time.sleep(random.uniform(0, 0.1))  # noqa: S311
    kill_all(trial, process)


def kill_server(trial: Trial, _: "subprocess.Popen[bytes]") -> None:
    trial.end_server()
    time.sleep(0.2)
    trial.serve()


def drain(_: Trial, process: "subprocess.Popen[bytes]") -> None:
    process.terminate()


def wait(_: Trial, process: "subprocess.Popen[bytes]") -> None:
    """The disk is full: it ends by itself."""


FAULTS: dict[str, Callable[[Trial, "subprocess.Popen[bytes]"], None]] = {
    "kill all": kill_all,
    "kill parent": kill_parent,
    "kill child": kill_child,
    "pause and kill": pause_and_kill,
    "kill server": kill_server,
    "disk full": wait,
    "SIGTERM": drain,
}
LOSING = frozenset(FAULTS) - {"SIGTERM"}
"""After these, mails between dot and answer may be in doubt."""


def trial(
    home: Path, kills: int, readers: int, drop: float, log: int = subprocess.DEVNULL
) -> tuple[Trial, Verdict]:
    """All of it."""
    fill(home, readers, SIZE)
    tried = Trial(home, drop, log=log)
    tried.serve()
    try:
        faults = list(FAULTS)
        while tried.faults.total() < kills:
            # Half of them are plain kills; the others take turns.
            turn = tried.faults.total()
            fault = "kill all" if turn % 2 == 0 else faults[turn // 2 % len(faults)]
            if not tried.hit(fault):
                break
        tried.finish()
    finally:
        tried.end_server()
    return tried, tried.verdict()


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints what it came to, and returns it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--readers", type=int, default=60_000)
    parser.add_argument("--drop", type=float, default=0.0003, help="of connections, per mail")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--verbose", action="store_true", help="show what the program says")
    parser.add_argument("--run", nargs=2, metavar=("HOME", "PORT"), help=argparse.SUPPRESS)
    parser.add_argument("--disk-full", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.run:
        sys.exit(run(Path(options.run[0]), int(options.run[1]), options.disk_full))
    random.seed(options.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        tried, found = trial(
            Path(directory) / "home",
            options.kills,
            options.readers,
            options.drop,
            2 if options.verbose else -3,
        )
    took = time.monotonic() - begun
    print(f"crash {found.readers:,} readers, {tried.faults.total()} faults, {took:.0f} s")
    print("crash", ", ".join(f"{count} × {fault}" for fault, count in tried.faults.items()))
    print("crash exit statuses", dict(tried.statuses))
    print(
        f"crash {found.doubles} doubles, {found.wrong} wrong, {found.doubts} in doubt "
        f"(at most {found.most_doubts}), {found.doubts_in_vain} of them never sent, "
        f"{found.cut} connections cut: {'met' if found.good else 'MISSED'}"
    )
    if not found.good:
        sys.exit(1)
    return {
        "faults": tried.faults.total(),
        "doubles": found.doubles,
        "doubts": found.doubts,
        "most": found.most_doubts,
    }


if __name__ == "__main__":
    main()
