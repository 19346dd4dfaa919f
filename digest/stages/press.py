"""From selections to finished digests and messages, for whoever needs some.

Render proves each message and send rebuilds it: both ask here, so both get the same bytes.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from zlib import crc32

from digest.mail.identity import Identity
from digest.model import CONSEQUENCES, Digest, Message, Paper, Selection, Subscriber
from digest.ports import Papers, Subscribers
from digest.render.renderers import Renderers

INERT = 0x8000_0000
"""Readers' numbers stay below it: tokens made with one above open nothing."""
MOMENTS = 256
"""Days and instants of choice of which is held who had not answered."""
INSTANTS = 4
"""Instants of choice whose papers are held: a run has one, what it resumes has others."""


class Press:
    """Looks up what selections speak of, and prints them."""

    def __init__(self, papers: Papers, subscribers: Subscribers, renderer: Renderers) -> None:
        self._papers, self._subscribers, self._renderer = papers, subscribers, renderer
        self._held: OrderedDict[datetime, dict[str, Paper]] = OrderedDict()
        self._lacking: dict[tuple[date, datetime | None], tuple[str, ...]] = {}

    @property
    def identity(self) -> Identity:
        """Who the digests are from."""
        return self._renderer.identity

    def messages(
        self, readers: Sequence[Subscriber], selections: Mapping[str, Selection]
    ) -> Iterator[Message]:
        """The mail of each reader; doing it again gives the same bytes.

        All is looked up at once; each is printed when it is taken, in whatever thread, while the
        memory that the last one leaves is still warm.
        """
        numbers = self._subscribers.numbers([reader.address for reader in readers])
        chosen = [self._honest(selections[reader.address]) for reader in readers]
        known = self._known(chosen)
        return self._renderer.messages(
            readers,
            chosen,
            [known[choice.at] for choice in chosen],
            [numbers[reader.address] for reader in readers],
        )

    def proof(self, reader: Subscriber, selection: Selection) -> tuple[Digest, Message]:
        """One reader's digest and mail with inert links: safe to show to anybody."""
        selection = self._honest(selection)
        shown = reader, selection, self._known([selection])[selection.at], inert(reader)
        message = self._renderer.message(*shown)
        if not self._subscribers.numbers([reader.address]):  # nobody's: told apart by its topics
            message = self._renderer.renamed(message, _wishes(reader))
        return self._renderer.digest(*shown), message

    def test_copy(
        self, reader: Subscriber, selection: Selection, address: str, now: datetime
    ) -> Message:
        """The proof, addressed to somebody who wants to see it in their mail reader."""
        _, message = self.proof(replace(reader, address=address), selection)
        return self._renderer.test_copy(message, now)

    def _honest(self, selection: Selection) -> Selection:
        """The selection with the sources that had failed us when it was made."""
        when = selection.day, selection.at
        if when not in self._lacking:
            if len(self._lacking) > MOMENTS:
                self._lacking.clear()
            fetches = self._papers.collections(*when)
            told = (f.source for f in fetches if CONSEQUENCES[f.verdict].told)
            self._lacking[when] = tuple(sorted(told))
        lacking = self._lacking[when]
        return replace(selection, lacking=lacking) if lacking else selection

    def _known(self, selections: Iterable[Selection]) -> dict[datetime | None, Mapping[str, Paper]]:
        """Per instant of choice, the papers chosen then, with their votes as they stood."""
        wanted: dict[datetime | None, set[str]] = {}
        for selection in selections:
            ids = wanted.setdefault(selection.at, set())
            ids.update([choice.paper for choice in selection.choices])
            ids.update(selection.near)
        return {at: self._as_of(at, ids) for at, ids in wanted.items()}

    def _as_of(self, at: datetime | None, ids: set[str]) -> Mapping[str, Paper]:
        """What was known at an instant does not change, so it is asked for once."""
        if at is None:
            return self._papers.get(sorted(ids))
        held = self._held.setdefault(at, {})
        self._held.move_to_end(at)
        while len(self._held) > INSTANTS:
            self._held.popitem(last=False)
        if missing := sorted(ids - held.keys()):
            held.update(self._papers.get(missing, at))
        return held


def inert(reader: Subscriber) -> int:
    """A number of no reader, alike for the same address and topics, so that no two share links."""
    return INERT | crc32(f"{reader.address}\n{_wishes(reader)}".encode("utf-8", "replace"))


def _wishes(reader: Subscriber) -> str:
    return "\n".join(map(str, reader.topics))
