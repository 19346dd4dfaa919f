"""The mail that tells an operator what is wrong: plain text, from us, to one address."""

from datetime import datetime

from digest.mail import headers
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import HALF, Names
from digest.model import Message
from digest.render.quoted import quoted


def alert_mail(
    identity: Identity, operator: Mailbox, subject: str, text: str, now: datetime
) -> Message:
    """The mail; with the null reverse-path, so that it never comes back (RFC 5321 §4.5.5)."""
    address, day = str(operator), now.date()
    names = Names(f"{identity.list_label} alert {now.isoformat()}", day, identity.domain)
    name = names.message_id(names.digits(address.encode())[:HALF])
    header = "".join(
        (
            headers.address("From", identity.name, identity.mailbox),
            headers.address("To", "", operator),
            headers.unstructured("Subject", f"{identity.name}: {subject}"),
            headers.date(now),
            headers.field("Message-ID", [name]),
            headers.field("Auto-Submitted", ["auto-generated"]),  # RFC 3834 §5
            headers.field("MIME-Version", ["1.0"]),
            headers.field("Content-Type", ["text/plain;", "charset=utf-8"]),
            headers.field("Content-Transfer-Encoding", ["quoted-printable"]),
        )
    )
    content = header.encode() + b"\r\n" + quoted(text)
    return Message(address, day, name, "", address, content)
