"""The same mails through other ways that a Python program has, one session each.

`python -m benchmarks peers [--mails N]`: jinja2 + premailer + EmailMessage handed to smtplib or to
aiosmtplib, against our press and our wire; mails a second to the cheap sink, in one process.
"""

import argparse
import asyncio
import random
import smtplib
import statistics
import time
from collections.abc import Iterator

import aiosmtplib

from benchmarks.build import IDENTITY, Plain, letters, papers, selections, topic_sets
from benchmarks.smtp import settings, sink
from digest.mail.tokens import Signer
from digest.model import Message
from digest.render.message import Renderer
from digest.transport.loop import deliver_all
from digest.transport.relays import Relay
from digest.transport.smtp import SmtpTransport
from digest.transport.supply import Course


class Supply:
    """The same edition for each way: a few mails for the plain ones, many for ours."""

    def __init__(self, mails: int) -> None:
        chance = random.Random(7)  # noqa: S311 - a repeatable workload
        self.known, sets = papers(200), topic_sets(200, chance)
        chosen = selections(sets, self.known, chance)
        self.renderer = Renderer(IDENTITY, Signer([b"k" * 32]), "https://papers.example.org")
        self.plain = Plain(self.renderer)
        self.few = list(letters(mails, sets, chosen))
        self.many = list(letters(mails * 100, sets, chosen))

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """The plain way's."""
        for reader, choice in self.few:
            yield reader.address, self.plain.message(reader, choice, self.known)

    def messages(self) -> Iterator[Message]:
        """Ours."""
        readers, choices = zip(*self.many, strict=True)
        count = len(readers)
        return self.renderer.messages(readers, choices, [self.known] * count, range(count))


def by_smtplib(port: int, supply: Supply) -> int:
    with smtplib.SMTP("127.0.0.1", port) as client:
        for address, content in supply.contents():
            client.sendmail(str(IDENTITY.mailbox), [address], content)
    return len(supply.few)


def by_aiosmtplib(port: int, supply: Supply) -> int:
    async def each() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for address, content in supply.contents():
                await client.sendmail(str(IDENTITY.mailbox), [address], content)

    asyncio.run(each())  # noqa: TID251 - a program of its own
    return len(supply.few)


def by_us(port: int, supply: Supply) -> int:
    course = Course([Relay(SmtpTransport(settings(port, None)), 16)])
    deliver_all(course, supply.messages(), lambda _: None, lambda _: None)
    return len(supply.many)


WAYS = {"smtplib": by_smtplib, "aiosmtplib": by_aiosmtplib, "ours, one process": by_us}


def main(arguments: list[str] | None = None) -> dict[str, float]:
    """Prints the figures, and returns them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    supply = Supply(options.mails)
    rates: dict[str, list[float]] = {name: [] for name in WAYS}
    with sink(None) as port:
        for _ in range(options.rounds):
            for name, way in WAYS.items():
                begun = time.perf_counter()
                count = way(port, supply)
                rates[name].append(count / (time.perf_counter() - begun))
    found = {name: statistics.median(each) for name, each in rates.items()}
    for name, rate in found.items():
        print(f"peers  {name:20} {rate:9,.0f} mails/s")
    return found


if __name__ == "__main__":
    main()
