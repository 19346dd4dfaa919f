"""From selections to finished digests and messages, for whoever needs some.

Render proves each message and send rebuilds it: both ask here, so both get the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from digest.mail.identity import Identity
from digest.mail.tokens import Signer
from digest.model import Digest, Message, Paper, Selection, Subscriber
from digest.ports import Papers, Subscribers
from digest.render.compose import compose
from digest.render.links import Links
from digest.render.message import Renderer

INERT = 0
"""The number of no reader: tokens made with it open nothing."""


class Press:
    """Looks up what selections speak of, and prints them."""

    def __init__(
        self,
        papers: Papers,
        subscribers: Subscribers,
        renderer: Renderer,
        signer: Signer,
        base_url: str,
    ) -> None:
        """`base_url`: where the links of a mail lead to."""
        self._papers, self._subscribers, self._renderer = papers, subscribers, renderer
        self._signer, self._base_url = signer, base_url

    @property
    def identity(self) -> Identity:
        """Who the digests are from."""
        return self._renderer.identity

    def messages(
        self, readers: Sequence[Subscriber], selections: Mapping[str, Selection]
    ) -> Iterator[Message]:
        """The mail of each reader; doing it again gives the same bytes.

        All is looked up at once; each is printed when it is taken, in whatever thread.
        """
        numbers = self._subscribers.numbers([reader.address for reader in readers])
        chosen = [selections[reader.address] for reader in readers]
        known = self._known(chosen)
        return (
            self._print(reader, choice, known[choice.at], numbers[reader.address])[1]
            for reader, choice in zip(readers, chosen, strict=True)
        )

    def proof(self, reader: Subscriber, selection: Selection) -> tuple[Digest, Message]:
        """One reader's digest and mail with inert links: safe to show to anybody."""
        return self._print(reader, selection, self._known([selection])[selection.at], INERT)

    def test_copy(
        self, reader: Subscriber, selection: Selection, address: str, now: datetime
    ) -> Message:
        """The proof, addressed to somebody who wants to see it in their mail reader."""
        _, message = self.proof(replace(reader, address=address), selection)
        return self._renderer.test_copy(message, now)

    def _print(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> tuple[Digest, Message]:
        links = self._links(number, selection)
        digest = compose(selection, papers, reader, links, self.identity)
        return digest, self._renderer.message(
            digest, reader.address, selection, links, dated(selection)
        )

    def _links(self, number: int, selection: Selection) -> Links:
        return Links.of(self._base_url, self.identity, self._signer, number, selection.day)

    def _known(self, selections: Iterable[Selection]) -> dict[datetime | None, Mapping[str, Paper]]:
        """Per instant of choice, the papers chosen then, with their votes as they stood."""
        wanted: dict[datetime | None, set[str]] = {}
        for selection in selections:
            ids = wanted.setdefault(selection.at, set())
            ids.update(choice.paper for choice in selection.choices)
        return {at: self._papers.get(sorted(ids), at) for at, ids in wanted.items()}


def dated(selection: Selection) -> datetime:
    """The Date of a mail: when its papers were chosen, so that it never changes."""
    return selection.at or datetime.combine(selection.day, time(), UTC)
