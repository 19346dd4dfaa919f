"""A post room for measuring: the whole program, except that every mail has the same body.

Readers, choices and proofs are written down beforehand, so that a run begins to send at once.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

import numpy as np

from digest.app import App, open_app
from digest.clock import SystemClock
from digest.config import Outbox, OutboxKind, Settings, StoreUrl
from digest.config.sections import DeliverySettings
from digest.model import Collection, Message, Mood, Run, Subscriber, Verdict
from digest.rank.decisions import MOODS, NONE, Decisions
from digest.stages.batches import batches
from digest.stages.render import checksum
from digest.transport.settings import Security, SmtpSettings

DAY = date(2026, 9, 25)
NOW = datetime(2026, 9, 26, 1, tzinfo=UTC)
LINE = b"A digest's text, quoted-printable =E2=80=93 seventy-six octets a line, <a>=\r\n"
RUN = Run(DAY, backfill=True)


class SameBody:
    """What stands in for the press: a head of their own for each, a body for all."""

    def __init__(self, size: int) -> None:
        self._body = b"\r\n" + LINE * (size // len(LINE))

    def message(self, address: str) -> Message:
        """The mail of one reader."""
        head = f"From: <digest@news.example>\r\nTo: <{address}>\r\nSubject: 10 papers\r\n".encode()
        sender = "bounces+t@news.example"
        content = head + self._body
        return Message(address, DAY, f"<{address}>", sender, address, content, seal=b"as ever")

    def messages(self, readers, _) -> Iterator[Message]:
        """As the press has it."""
        return (self.message(reader.address) for reader in readers)


class Room(App):
    """The program, with another press; `home` holds the size of a mail."""

    @cached_property
    def press(self) -> SameBody:
        """Prints without looking."""
        return SameBody(int((self.settings.home / "size").read_text()))


def settings(home: Path, port: int, sessions: int = 16, processes: int = 0) -> Settings:
    """Settings for a relay on loopback; what is deferred is due again at once."""
    return Settings(
        home=home,
        store=StoreUrl.parse(f"sqlite:///{home}/digest.db"),
        outbox=Outbox(OutboxKind.SMTP),
        smtp=SmtpSettings(
            host="127.0.0.1",
            port=port,
            security=Security.NONE,
            sessions=sessions,
            processes=processes,
        ),
        delivery=DeliverySettings(retry_after=0),
    )


def fill(home: Path, readers: int, size: int) -> None:
    """Writes down that many readers, what is chosen for each, and what their mails must be."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "size").write_text(str(size))
    press = SameBody(size)
    with open_app(settings(home, 25), SystemClock(), lambda _: None, kind=Room) as room:
        for some in batches((f"r{n:07}@d{n % 50}.example" for n in range(readers)), 5_000):
            room.subscribers.put((Subscriber(address) for address in some), NOW)
            room.selections.put(nothing(some), DAY, NOW)
            room.selections.prove({a: checksum(press.message(a)) for a in some}, DAY)
        room.papers.add(Collection("benchmark", DAY, Verdict.EMPTY, 0, 0, 0, NOW), [])


def nothing(addresses: Sequence[str]) -> Decisions:
    """A quiet edition without papers for each."""
    count = len(addresses)
    none, numbers = np.zeros((count, 0), np.uint8), np.full((count, 0), NONE, np.int32)
    moods, considered = np.full(count, MOODS.index(Mood.QUIET), np.uint8), np.zeros(count, np.int64)
    what = (addresses, (), (), moods, considered)
    return Decisions(*what, numbers, none, none, numbers, none, none, none, near=numbers)
