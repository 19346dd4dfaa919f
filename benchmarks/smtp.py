"""Client CPU per mail: our pipelined path against aiosmtplib's own `sendmail`, plain and TLS.

`python -m benchmarks.smtp [--mails N] [--rounds N] [--sessions N]`: medians of interleaved rounds
against the sink, which is another process. CPU is this process's own (user and system).
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import aiosmtplib
import trustme

from digest.model import DeliveryState, Message
from digest.transport.loop import deliver_all
from digest.transport.relays import Relay
from digest.transport.settings import Security, SmtpSettings
from digest.transport.smtp import SmtpTransport
from digest.transport.supply import Course

DAY = date(2026, 9, 25)
LINE = b"A digest's text, quoted-printable =E2=80=93 seventy-six octets a line, <a>=\r\n"
GOALS = {"plain": 90.0, "tls": 200.0}
"""µs of client CPU a mail on the pipelined path."""


def mails(count: int, size: int) -> Iterator[Message]:
    """Messages of one content, in the cache as one just composed is; envelopes differ."""
    head = b"From: <digest@news.example>\r\nTo: <reader@x.example>\r\nSubject: 10 papers\r\n\r\n"
    content = head + LINE * (size // len(LINE))
    for number in range(count):
        address = f"reader{number}@d{number % 50}.example"
        sender = f"bounces+{number}@news.example"
        yield Message(address, DAY, f"<{number}@news.example>", sender, address, content)


@contextmanager
def sink(pem: Path | None) -> Iterator[int]:
    """The port of a sink in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.sink"] + (["--tls", str(pem)] if pem else [])
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def settings(port: int, ca: Path | None) -> SmtpSettings:
    security = Security.TLS if ca else Security.NONE
    return SmtpSettings(port=port, security=security, ca_file=str(ca or ""))


def ours(port: int, ca: Path | None, messages: list[Message], sessions: int) -> None:
    outcomes = []
    course = Course([Relay(SmtpTransport(settings(port, ca)), sessions)])
    deliver_all(course, messages, lambda _: None, outcomes.append)
    if [o for o in outcomes if o.state is not DeliveryState.ACCEPTED] or len(outcomes) != len(
        messages
    ):
        raise SystemExit("not every mail was accepted")


def theirs(port: int, ca: Path | None, messages: list[Message], sessions: int) -> None:
    supply = iter(messages)
    transport = SmtpTransport(settings(port, ca))

    async def worker() -> None:
        client = aiosmtplib.SMTP(
            hostname="localhost",
            port=port,
            use_tls=ca is not None,
            start_tls=False,
            tls_context=transport.tls,
            local_hostname="bench.example",
        )
        async with client:
            for message in supply:
                await client.sendmail(message.reverse_path, [message.forward_path], message.content)

    async def crew() -> None:
        await asyncio.gather(*(worker() for _ in range(sessions)))

    asyncio.run(crew())  # noqa: TID251 - a program of its own


def measure(way, *arguments) -> tuple[float, float]:
    """Seconds of CPU and of the clock on the wall."""
    cpu, wall = time.process_time(), time.perf_counter()
    way(*arguments)
    return time.process_time() - cpu, time.perf_counter() - wall


def certificates(directory: Path) -> tuple[Path, Path]:
    authority = trustme.CA()
    ca, pem = directory / "ca.pem", directory / "server.pem"
    authority.cert_pem.write_to_path(str(ca))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(str(pem))
    return ca, pem


def compare(name: str, port: int, ca: Path | None, options: argparse.Namespace) -> float:
    """µs of CPU a mail on the pipelined path."""
    messages = list(mails(options.mails, options.size))
    found: dict[str, list[tuple[float, float]]] = {"pipelined": [], "aiosmtplib": []}
    for _ in range(options.rounds):
        for way, label in ((ours, "pipelined"), (theirs, "aiosmtplib")):
            found[label].append(measure(way, port, ca, messages, options.sessions))
    micros = {}
    for label, rounds in found.items():
        cpu = statistics.median(cpu for cpu, _ in rounds) / options.mails * 1e6
        wall = statistics.median(wall for _, wall in rounds) / options.mails * 1e6
        micros[label] = cpu
        print(f"{name:6} {label:11} {cpu:8.1f} µs CPU a mail {1e6 / wall:10.0f} mails/s")
    factor = micros["aiosmtplib"] / micros["pipelined"]
    met = "met" if micros["pipelined"] <= GOALS[name] else "MISSED"
    print(f"{name:6} {factor:.1f} times less; goal ≤ {GOALS[name]:.0f} µs: {met}")
    return micros["pipelined"]


def main() -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=16)
    parser.add_argument("--size", type=int, default=62_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ca, pem = certificates(Path(directory))
        with sink(None) as port:
            plain = compare("plain", port, None, options)
        with sink(pem) as port:
            return {"plain": plain, "tls": compare("tls", port, ca, options)}


if __name__ == "__main__":
    main()
