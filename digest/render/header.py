"""The header fields of a digest, and what stands around the two parts of its body."""

from datetime import date

from digest.mail import headers
from digest.mail.identity import Identity
from digest.model import Mood
from digest.render.links import Links


def header(
    to: str,
    subject: str,
    dated: str,
    name: str,
    edition: tuple[date, Mood],
    links: Links,
    identity: Identity,
) -> str:
    """All fields but those of the body's own structure, in the order that people read them.

    `to`, `subject` and `dated` are whole fields; `name` is the Message-ID.
    """
    day, mood = edition
    return "".join(
        (
            headers.address("From", identity.name, identity.mailbox),
            _reply_to(identity),
            to,
            subject,
            dated,
            headers.field("Message-ID", [name]),
            _list_fields(links, identity),
            headers.feedback_id(f"{day}", mood, "digest", _sender(identity.domain)),
            headers.field("Auto-Submitted", ["auto-generated"]),  # RFC 3834 §5
            headers.field("Precedence", ["bulk"]),
            headers.field("X-Auto-Response-Suppress", ["OOF,", "AutoReply"]),
            headers.field("MIME-Version", ["1.0"]),
        )
    )


def _reply_to(identity: Identity) -> str:
    reply_to = identity.reply_to
    return "" if reply_to is None else headers.address("Reply-To", "", reply_to)


def opening(boundary: str) -> str:
    """Content-Type, and the header's end (RFC 2046 §5.1.4: text first, what is richer last)."""
    written = ["multipart/alternative;", f'boundary="{boundary}"']
    return headers.field("Content-Type", written) + headers.CRLF


def part(boundary: str, subtype: str) -> str:
    """What stands before a part, which is quoted-printable and ends with a line."""
    return (
        f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )


def closing(boundary: str) -> str:
    """What stands after the last part."""
    return f"--{boundary}--\r\n"


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
