"""Messages in the language of each reader: one `Renderer` for every language that is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from digest.mail.identity import Identity
from digest.mail.tokens import Signer
from digest.model import Digest, Message, Paper, Selection, Subscriber
from digest.render.html import Html
from digest.render.languages import Language, language
from digest.render.links import Links
from digest.render.memo import Memo
from digest.render.message import Renderer
from digest.render.templates import environment
from digest.render.text import Text

SPOKEN = 24
"""Languages and regions whose ready cards and frames are held at once."""


class Renderers:
    """Makes messages, whatever the language; the templates are shared."""

    def __init__(
        self,
        identity: Identity,
        signer: Signer,
        base_url: str,
        html: Html | None = None,
        text: Text | None = None,
        locale: str = "en",
    ) -> None:
        """`locale`: what readers get who asked for no language that is spoken."""
        self.identity, self._locale = identity, locale
        self._html, self._text = html or Html(environment()), text or Text(environment())
        self._made: Memo[Language, Renderer] = Memo(
            lambda words: Renderer(identity, signer, base_url, self._html, self._text, words),
            SPOKEN,
        )
        self._languages: Memo[str, Language] = Memo(lambda tag: language(tag, locale), 256)

    def of(self, locale: str) -> Renderer:
        """Who makes the messages of readers of a locale."""
        return self._made[self._languages[locale]]

    def message(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Message:
        """The mail of one reader, whom the store knows by a number."""
        return self.of(reader.locale).message(reader, selection, papers, number)

    def messages(
        self,
        readers: Sequence[Subscriber],
        selections: Sequence[Selection],
        papers: Sequence[Mapping[str, Paper]],
        numbers: Sequence[int],
    ) -> Iterator[Message]:
        """The mails of one edition's readers, in their order, each printed when it is taken."""
        makers = [self.of(reader.locale) for reader in readers]
        rows: dict[Renderer, list[int]] = {}
        for place, maker in enumerate(makers):
            rows.setdefault(maker, []).append(place)
        queues = {
            maker: maker.messages(
                [readers[place] for place in places],
                [selections[place] for place in places],
                [papers[place] for place in places],
                [numbers[place] for place in places],
            )
            for maker, places in rows.items()
        }
        return (next(queues[maker]) for maker in makers)

    def digest(
        self, reader: Subscriber, selection: Selection, papers: Mapping[str, Paper], number: int
    ) -> Digest:
        """What that mail says."""
        return self.of(reader.locale).digest(reader, selection, papers, number)

    def test_copy(self, message: Message, instant: datetime) -> Message:
        """The same mail under a Message-ID of its own, made of the instant."""
        return self.of(self._locale).test_copy(message, instant)

    def renamed(self, message: Message, mark: str) -> Message:
        """The same mail under a Message-ID of its own, made of a mark."""
        return self.of(self._locale).renamed(message, mark)

    def links(self, number: int, day: date) -> Links:
        """The links of a mail."""
        return self.of(self._locale).links(number, day)
