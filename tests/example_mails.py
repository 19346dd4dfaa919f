"""How tests make a mail of an example edition."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Signer
from digest.model import Digest, Message
from digest.render.examples import Example
from digest.render.html import Html
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


def renderer(identity: Identity = IDENTITY, html: Html | None = None) -> Renderer:
    return Renderer(identity, SIGNER, BASE, html)


def render(renderer: Renderer, example: Example, reader: int = 1) -> Edition:
    mail = example.subscriber, example.selection, example.papers, reader
    message = renderer.message(*mail)
    parsed = cast("EmailMessage", message_from_bytes(message.content, policy=policy.default))
    links = renderer.links(reader, example.selection.day)
    return Edition(example, links, renderer.digest(*mail), message, parsed)
