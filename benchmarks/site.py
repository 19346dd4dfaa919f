"""What `digest web` stands: ten thousand posts, and whether its clock tells who subscribes.

The whole program in a process of its own, asked over loopback as a reverse proxy would ask.
"""

import argparse
import http.client
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlencode, urlsplit

from digest.sources.sample import DAY, sample

NETWORKS, ADDRESSES = 50, 1_000
FORM = {"content-type": "application/x-www-form-urlencoded", "host": "127.0.0.1"}


@dataclass
class Site:
    """A running `digest web`."""

    port: int
    process: "subprocess.Popen[str]"
    home: Path
    connection: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, path: str, body: str = "", address: str = "10.0.0.1"
    ) -> tuple[int, str, float]:
        """Status, page, and seconds."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        begun = time.perf_counter()
        try:
            headers = {**FORM, "x-forwarded-for": address}
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            page = answer.read().decode()
        except (http.client.HTTPException, OSError):
            self.connection.close()
            self.connection = None
            return self.ask(method, path, body, address)
        return answer.status, page, time.perf_counter() - begun

    def ticket(self) -> str:
        """One of the first page's form."""
        found = re.search(r'name="ticket" value="([^"]+)"', self.ask("GET", "/")[1])
        return found[1] if found else ""

    def subscribe(self, ticket: str, email: str, address: str) -> tuple[int, float]:
        """Status and seconds of a request from an address."""
        body = urlencode({"ticket": ticket, "email": email, "topics": "robots, agents"})
        status, _, seconds = self.ask("POST", "/", body, address)
        return status, seconds

    @property
    def letters(self) -> int:
        """How many were posted."""
        new = self.home / "outbox" / "new"
        return sum(1 for _ in new.iterdir()) if new.is_dir() else 0

    @property
    def memory(self) -> int:
        """Megabytes that it held at most."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+)", status)
        return int(found[1]) // 1024 if found else 0


@contextmanager
def running(known: int = 0) -> Iterator[Site]:
    """A site over a home with a day in it, and with so many readers."""
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("DIGEST")},
            "DIGEST_HOME": str(home / "var"),
            "DIGEST__OUTBOX": f"maildir:{home}/outbox",
            "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        }

        def digest(*words: str) -> list[str]:
            return [sys.executable, "-m", "digest", *words]

        (home / "day.json").write_bytes(sample())
        collect = digest("collect", "--day", f"{DAY}", "--from", str(home / "day.json"))
        subprocess.run(collect, env=environment, check=True, capture_output=True)
        readers = "".join(f"known{n}@reader.example\n" for n in range(known))
        (home / "known.csv").write_text("email\n" + readers)
        if known:
            add = digest("subscribers", "import", str(home / "known.csv"))
            subprocess.run(add, env=environment, check=True, capture_output=True)
        process = subprocess.Popen(
            digest("web", "--bind", "127.0.0.1:0"),
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield Site(urlsplit(line.split()[2]).port or 0, process, home)
        finally:
            process.terminate()
            process.wait(30)


def flood(posts: int) -> None:
    """Ten thousand posts from 50 networks for 1,000 addresses."""
    with running() as site:
        ticket = site.ticket()
        statuses: dict[int, int] = {}
        seconds: list[float] = []
        begun, before = time.perf_counter(), site.memory
        for n in range(posts):
            network = f"10.{n % NETWORKS}.0.{n % 250}"
            status, took = site.subscribe(ticket, f"reader{n % ADDRESSES}@flood.example", network)
            statuses[status] = statuses.get(status, 0) + 1
            seconds.append(took)
        rate = posts / (time.perf_counter() - begun)
        settled = -1
        while settled != site.letters:  # until no letter comes any more
            settled = site.letters
            time.sleep(5)
        seconds.sort()
        print(f"{posts} posts, {NETWORKS} networks, {ADDRESSES} addresses: {settled} letters")
        print(f"answers {statuses}, {rate:.0f} a second")
        middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
        worst = f"1 % over {1e3 * late:.1f} ms, at most {seconds[-1]:.2f} s"
        print(f"an answer takes {1e3 * middle:.1f} ms, {worst}")
        print(f"memory {before} MB before, {site.memory} MB at most")
        if settled > ADDRESSES:
            sys.exit("an address got two letters")


def clock(pairs: int) -> None:
    """How often a known address is answered later than an unknown one: a half, if all is well."""
    random = Random(7)  # noqa: S311 - which of two is asked first
    with running(known=pairs) as site:
        ticket = site.ticket()
        times: dict[str, list[float]] = {"known": [], "unknown": []}
        for n in range(pairs):
            for kind in random.sample(sorted(times), 2):
                network = f"10.{n // 250}.{n % 250}.{1 if kind == 'known' else 2}"
                _, took = site.subscribe(ticket, f"{kind}{n}@reader.example", network)
                times[kind].append(took)
        known, unknown = times["known"], times["unknown"]
        later = sum(a > b for a, b in zip(known, unknown, strict=True)) / pairs
        error = 0.5 / pairs**0.5
        one, other = (1e3 * statistics.median(kind) for kind in (known, unknown))
        print(f"known {one:.3f} ms, unknown {other:.3f} ms")
        print(f"known later in {later:.1%} of {pairs} pairs; chance is 50.0% ± {2 * error:.1%}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=2_000)
    parser.add_argument("--pairs", type=int, default=500)
    wanted = parser.parse_args()
    flood(wanted.posts)
    clock(wanted.pairs)
    print(f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.0f} s of CPU")


if __name__ == "__main__":
    main()
