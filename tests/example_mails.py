"""How tests make a mail of an example edition."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Signer
from digest.model import Digest, Message
from digest.render.compose import compose
from digest.render.examples import Example
from digest.render.links import Links
from digest.render.message import Renderer

IDENTITY = Identity.of(
    MailSettings(
        from_="Paper Digest <digest@papers.example.org>",
        imprint="Example Lab, 1 Research Way, 12345 Exampleton",
    )
)
SIGNER = Signer([b"a key for tests, of 32 octets ..."])
BASE = "https://papers.example.org"


@dataclass(frozen=True)
class Edition:
    example: Example
    links: Links
    digest: Digest
    """Composed, and made to fit."""
    message: Message
    parsed: EmailMessage

    @property
    def html(self) -> str:
        return self.part("html")

    @property
    def text(self) -> str:
        return self.part("plain")

    def part(self, subtype: str) -> str:
        body = self.parsed.get_body((subtype,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


def render(renderer: Renderer, example: Example, reader: int = 1) -> Edition:
    links = Links.of(BASE, IDENTITY, SIGNER, reader, example.selection.day)
    digest = compose(example.selection, example.papers, example.subscriber, links, IDENTITY)
    message = renderer.message(
        digest, example.subscriber.address, example.selection, links, example.instant
    )
    parsed = cast("EmailMessage", message_from_bytes(message.content, policy=policy.default))
    return Edition(example, links, renderer.html.fit(digest).digest, message, parsed)
