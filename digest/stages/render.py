"""Render: every mail is proved before the first one is sent."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from digest.model import Advanced, Message, Mood, Run, Selection, Stage, Subscriber
from digest.ports import Ledger, Observer, Readers, Selections
from digest.stages.batches import batches
from digest.stages.press import Press


class Render:
    """Builds each mail once, and keeps a checksum that sending will compare."""

    stage = Stage.RENDER

    def __init__(
        self,
        subscribers: Readers,
        selections: Selections,
        ledger: Ledger,
        press: Press,
        observer: Observer,
    ) -> None:
        """A fault in a template or in what it prints stops here, with nothing sent."""
        self._subscribers, self._selections, self._ledger = subscribers, selections, ledger
        self._press, self._observer = press, observer

    def pending(self, run: Run, now: datetime) -> Iterator[list[Subscriber]]:
        """Readers with something to send and no checksum yet, in batches."""
        for batch in batches(r for r in self._subscribers.active() if run.due(r, now)):
            addresses = [reader.address for reader in batch]
            unproved = self._ledger.open(addresses, run.day, now)
            proved = self._selections.proofs(unproved, run.day)
            wanted = set(unproved) - proved.keys()
            chosen = self._selections.several(sorted(wanted), run.day)
            if waiting := [r for r in batch if _printable(r, chosen)]:
                yield waiting

    def perform(self, run: Run, batch: Sequence[Subscriber], now: datetime) -> int:
        """Builds and proves; returns how many. Raises RenderError."""
        del now  # a mail is dated by its selection
        chosen = self._selections.several([reader.address for reader in batch], run.day)
        proofs = {m.address: checksum(m) for m in self._press.messages(batch, chosen)}
        self._selections.prove(proofs, run.day)
        self._observer(Advanced(self.stage, len(proofs)))
        return len(proofs)


def checksum(message: Message) -> bytes:
    """Eight octets that stand for a message; to hash its content costs more than to make it."""
    return message.seal or blake2b(message.content, digest_size=8).digest()


def _printable(reader: Subscriber, chosen: Mapping[str, Selection]) -> bool:
    selection = chosen.get(reader.address)
    return selection is not None and selection.mood is not Mood.SKIP
