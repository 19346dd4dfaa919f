"""Digest → the octets of a message, as a function of the reader, the day and the digest."""

from dataclasses import replace
from datetime import datetime

from digest.mail import headers
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import boundary, message_id
from digest.model import Digest, Message, Selection
from digest.render.html import Html
from digest.render.links import Links
from digest.render.quoted import quoted
from digest.render.templates import environment
from digest.render.text import Text


class Renderer:
    """Makes messages; holds compiled templates and the cards rendered so far."""

    def __init__(self, identity: Identity, html: Html | None = None, text: Text | None = None):
        """Loads the program's own templates unless others are given. Raises RenderError."""
        self.identity = identity
        self.html = html or Html(environment())
        self.text = text or Text(environment())

    def message(
        self, digest: Digest, address: str, selection: Selection, links: Links, instant: datetime
    ) -> Message:
        """The message of one reader; `instant` (the edition's) becomes Date."""
        fitted = self.html.fit(digest)
        key = (self.identity.list_label, address, selection.day)
        name = message_id(*key, self.identity.domain)
        head = header(fitted.digest, address, name, selection, links, self.identity, instant)
        text = quoted(self.text.page(fitted.digest))
        body = alternative(text, fitted.encoded, boundary(*key))
        return Message(
            address=address,
            day=selection.day,
            message_id=name,
            reverse_path=links.reverse_path,
            forward_path=address,
            content=head.encode() + body,
        )

    def test_copy(self, message: Message, instant: datetime) -> Message:
        """The same mail under a Message-ID of its own, made of the instant.

        A mailbox that holds a Message-ID already drops the second mail of that name, and that
        would be the real one.
        """
        label = f"{self.identity.list_label} test {instant.isoformat()}"
        name = message_id(label, message.address, message.day, self.identity.domain)
        content = message.content.replace(message.message_id.encode(), name.encode(), 1)
        return replace(message, message_id=name, content=content)


def header(
    digest: Digest,
    address: str,
    name: str,
    selection: Selection,
    links: Links,
    identity: Identity,
    instant: datetime,
) -> str:
    """All fields but those of the body's own structure, in the order that people read them."""
    mailbox = Mailbox.parse(address)
    return "".join(
        (
            headers.address("From", identity.name, identity.mailbox),
            headers.address("To", "", mailbox),
            headers.unstructured("Subject", digest.subject),
            headers.date(instant),
            headers.field("Message-ID", [name]),
            _list_fields(links, identity),
            headers.feedback_id(
                f"{selection.day}", selection.mood, "digest", _sender(identity.domain)
            ),
            headers.field("Auto-Submitted", ["auto-generated"]),  # RFC 3834 §5
            headers.field("Precedence", ["bulk"]),
            headers.field("X-Auto-Response-Suppress", ["OOF,", "AutoReply"]),
            headers.field("MIME-Version", ["1.0"]),
        )
    )


def alternative(text: bytes, html: bytes, limit: str) -> bytes:
    """The body with its Content-Type: text first, what is richer last (RFC 2046 §5.1.4).

    Both parts are quoted-printable already.
    """
    opening = headers.field("Content-Type", ["multipart/alternative;", f'boundary="{limit}"'])
    pieces = [opening.encode(), b"\r\n"]
    for subtype, content in (("plain", text), ("html", html)):
        pieces += [
            f"--{limit}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n\r\n".encode(),
            content,
        ]
    return b"".join([*pieces, f"--{limit}--\r\n".encode()])


def _list_fields(links: Links, identity: Identity) -> str:
    """RFC 2369, 2919 and 8058."""
    owner = f"mailto:{identity.mailbox}"
    fields = [
        headers.list_id(identity.list_name, identity.list_label),
        headers.list_unsubscribe([links.one_click, links.unsubscribe_mail]),
        headers.field("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"]),
        headers.uris("List-Help", [links.home]),
        headers.uris("List-Subscribe", [links.home]),
        headers.uris("List-Owner", [owner]),
        headers.uris("List-Archive", [links.archive]),
        headers.field("List-Post", ["NO"]),  # RFC 2369 §3.4: posting is not allowed
        headers.uris("Archived-At", [links.web]),  # RFC 5064
    ]
    return "".join(fields)


def _sender(domain: str) -> str:
    """The sender's name in Feedback-ID, 5 to 15 characters."""
    return domain.replace(".", "-")[-15:].strip("-").ljust(5, "-")
