"""A fleet in a storm: who got what, by the server's account.

`python -m benchmarks storm [--readers N] [--cut S] [--restarts N] [--every S]`. Three processes
`digest worker` share one PostgreSQL and one SMTP server that writes down every final dot. All along
one of them is killed (SIGKILL) every second and started again; the database is restarted, hard; the
network is cut, and when it comes back half of the connections are gone. Then the storm ends, and
what the server saw is compared with what the ledger says:

    doubles    readers whose final dot the server saw twice: must be none
    wrong      accepted by the ledger and not seen, or the other way round, or missing: must be none
    in doubt   the mails that were between dot and answer when something died
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

from benchmarks.postgres_server import Server, server
from digest.app import open_app
from digest.clock import SystemClock
from digest.config import load
from digest.errors import TryAgainLater
from digest.model import DeliveryState, Run, Subscriber, Topic
from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample
from digest.stages.batches import batches

WORKERS, SESSIONS = 3, 8
DELAY = 0.004
DURABLE = ("max_connections=100",)
RUN = Run(DAY, backfill=True)
DONE = {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
TOPICS = ("robot manipulation", "diffusion", "reasoning", "agents", "video", "language models")
DOMAINS = ("gmail.com", "outlook.com", "yahoo.com", *(f"d{n}.example" for n in range(40)))


@dataclass
class Storm:
    """One fleet, and what is done to it."""

    home: Path
    database: Server
    hub: str
    ports: dict[str, int] = field(default_factory=dict)
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def truth(self) -> Path:
        """What the server saw."""
        return self.home / "truth"

    def environment(self, port: int) -> dict[str, str]:
        """Settings of a process that reaches the database through a port."""
        return {
            "DIGEST_HOME": str(self.home),
            "DIGEST__STORE": self.database.url(port=port),
            "DIGEST__ENGINE": "fleet",
            "DIGEST__OUTBOX": "smtp",
            "DIGEST__SMTP__HOST": "127.0.0.1",
            "DIGEST__SMTP__PORT": str(self.ports["smtp"]),
            "DIGEST__SMTP__SECURITY": "none",
            "DIGEST__SMTP__SESSIONS": str(SESSIONS),
            "DIGEST__DELIVERY__RETRY_AFTER": "3",
            "DIGEST__SOURCES__HUGGINGFACE__URL": self.hub,
        }

    def app(self):
        """The installation, for the planner: it reaches the database by a way that is not cut."""
        environment = self.environment(self.database.port)
        settings = load(None, environment, {"home": str(self.home)}, self.home)
        return open_app(settings, SystemClock(), lambda _: None)

    def start(self, index: int) -> None:
        """Starts a worker, in the place of one that is no more."""
        log = (self.home / f"worker{index}.log").open("ab")
        with log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "digest", "worker", "--name", f"worker {index}"],
                env={**os.environ, **self.environment(self.ports["database"])},
                stderr=log,
                stdout=log,
            )
        self.workers[index : index + 1] = [worker]

    def kill(self) -> None:
        """Ends one at random, and starts it again."""
        index = random.randrange(len(self.workers))  # noqa: S311
        self.workers[index].kill()
        self.workers[index].wait()
        self.faults["kill"] += 1
        self.start(index)

    def kill_on(self, every: float, over: Event) -> None:
        """Kills until the storm is over."""
        while not over.wait(every):
            self.kill()

    def restart(self) -> None:
        """The database, as hard as a crash."""
        self.database.stop("immediate")
        self.database.start()
        self.faults["database restarted"] += 1

    def cut(self, proxy: "subprocess.Popen[str]", seconds: float) -> None:
        """The network, for some time."""
        for command, pause in (("cut", seconds), ("mend", 0)):
            proxy.stdin.write(f"{command}\n")
            proxy.stdin.flush()
            time.sleep(pause)
        self.faults[f"network cut for {seconds:g} s"] += 1

    def plan(self) -> set[DeliveryState]:
        """What `digest schedule` does once a minute; the states that deliveries are in."""
        try:
            with self.app() as app:
                app.fleet(lambda _: None).plans.plan(RUN)
                return {state for state, count in app.states(DAY).items() if count}
        except TryAgainLater:
            return {DeliveryState.PLANNED}


def fill(storm: Storm, readers: int) -> None:
    """That many readers, with topics, at large and small providers."""
    with storm.app() as app:
        addresses = (f"r{n:06}@{DOMAINS[n % len(DOMAINS)]}" for n in range(readers))
        for some in batches(addresses, 5_000):
            app.subscribers.put(
                [Subscriber(a, topics=(Topic.parse(TOPICS[int(a[1:7]) % 6]),)) for a in some],
                SystemClock().now(),
            )


def rage(storm: Storm, options: argparse.Namespace, proxy: "subprocess.Popen[str]") -> None:
    """The storm itself, until all is sent in spite of it, or for as long as is asked."""
    over = Event()
    killer = Thread(target=lambda: storm.kill_on(options.every, over))
    killer.start()
    begun = time.monotonic()
    deeds = [(begun + 15 * (n + 1), storm.restart) for n in range(options.restarts)]
    if options.cut:
        deeds.append((begun + 8, lambda: storm.cut(proxy, options.cut)))
    try:
        for at, deed in sorted(deeds, key=lambda pair: pair[0]):
            time.sleep(max(0.0, at - time.monotonic()))
            deed()
        while time.monotonic() < begun + options.seconds or storm.plan() - DONE:
            if time.monotonic() > begun + 600:
                break
            time.sleep(2)
    finally:
        over.set()
        killer.join()


def calm(storm: Storm) -> None:
    """Lets them finish, then stops them in order."""
    deadline = time.monotonic() + 300
    while storm.plan() - DONE and time.monotonic() < deadline:
        time.sleep(3)
    for worker in storm.workers:
        worker.terminate()
    storm.faults["stopped in order"] = sum(worker.wait(60) == 0 for worker in storm.workers)


@dataclass(frozen=True)
class Verdict:
    """What it came to."""

    readers: int
    seen: int
    doubles: int
    wrong: int
    doubts: int
    doubts_in_vain: int
    journals: int

    @property
    def good(self) -> bool:
        """Whether the promise was kept."""
        return not (self.doubles or self.wrong or self.journals)


def verdict(storm: Storm) -> Verdict:
    """What the server saw, beside what the ledger says."""
    got = Counter(line.rstrip("!") for line in storm.truth.read_text().split())
    with storm.app() as app:
        states = {d.address: d.state for d in app.ledger.deliveries(DAY)}
        readers = [reader.address for reader in app.subscribers.active()]
    doubted = [a for a in readers if states.get(a) is DeliveryState.IN_DOUBT]
    sure = set(readers) - set(doubted)
    return Verdict(
        readers=len(readers),
        seen=sum(got.values()),
        doubles=sum(count > 1 for count in got.values()),
        wrong=sum((got[a], states.get(a)) != (1, DeliveryState.ACCEPTED) for a in sure),
        doubts=len(doubted),
        doubts_in_vain=sum(not got[a] for a in doubted),
        journals=len(list((storm.home / "journal").glob("*"))),
    )


def trial(home: Path, options: argparse.Namespace) -> tuple[Storm, Verdict]:
    """All of it."""
    with server(DURABLE) as database, Replay({DAY: sample()}) as hub:
        storm = Storm(home, database, hub.url)
        helpers: list[subprocess.Popen[str]] = []
        try:
            witness = helper("benchmarks.witness", str(storm.truth), "0", f"--delay={DELAY}")
            helpers.append(witness)
            smtp = witness.stdout.readline().strip()
            proxy = helper("benchmarks.proxy", smtp, str(database.port))
            helpers.append(proxy)
            there = map(int, proxy.stdout.readline().split())
            storm.ports = dict(zip(("smtp", "database"), there, strict=True))
            fill(storm, options.readers)
            storm.plan()
            for index in range(WORKERS):
                storm.start(index)
            rage(storm, options, proxy)
            calm(storm)
        finally:
            for process in [*storm.workers, *helpers]:
                process.kill()
                process.wait()
        return storm, verdict(storm)


def helper(*words: str) -> "subprocess.Popen[str]":
    """A program that serves until its input closes."""
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=60, help="of storm at least")
    parser.add_argument("--every", type=float, default=1.0, help="seconds from kill to kill")
    parser.add_argument("--restarts", type=int, default=2, help="of the database")
    parser.add_argument("--cut", type=float, default=20, help="seconds without network")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--logs", action="store_true", help="show what the workers said")
    options = parser.parse_args(arguments)
    random.seed(options.seed)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        storm, found = trial(Path(directory), options)
        if options.logs:
            for log in sorted(Path(directory).glob("*.log")):
                print(log.read_text())
    print(f"storm {found.readers:,} readers, {WORKERS} workers, {time.monotonic() - begun:.0f} s")
    print("storm", ", ".join(f"{count} × {fault}" for fault, count in storm.faults.items()))
    print(
        f"storm {found.doubles} doubles, {found.wrong} wrong, {found.seen:,} seen by the server, "
        f"{found.doubts} in doubt, {found.doubts_in_vain} of them never sent, "
        f"{found.journals} journals left: {'met' if found.good else 'MISSED'}"
    )
    if not found.good:
        sys.exit(1)


if __name__ == "__main__":
    main()
