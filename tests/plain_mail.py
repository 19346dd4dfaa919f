"""The plain way to make a mail: whole pages, and the standard library's EmailMessage.

Sixteen times a thousand times slower, and the oracle of what `Renderer.message` joins from pieces.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from digest.mail.headers import clean
from digest.mail.message_id import message_id
from digest.model import Paper, Selection, Subscriber
from digest.render.message import Renderer
from digest.render.personal import dated

POLICY = SMTP.clone(max_line_length=76)


def plain_mail(
    renderer: Renderer,
    reader: Subscriber,
    selection: Selection,
    papers: dict[str, Paper],
    number: int,
) -> EmailMessage:
    """The mail of one reader."""
    identity, day = renderer.identity, selection.day
    digest = renderer.digest(reader, selection, papers, number)
    links = renderer.links(number, day)
    mail = EmailMessage(POLICY)
    mail["From"] = Address(identity.name, addr_spec=str(identity.mailbox))
    mail["To"] = Address(addr_spec=reader.address)
    mail["Subject"] = clean(digest.subject)
    mail["Date"] = dated(selection)
    mail["Message-ID"] = message_id(identity.list_label, reader.address, day, identity.domain)
    mail["List-Id"] = f'"{identity.list_name}" <{identity.list_label}>'
    mail["List-Unsubscribe"] = f"<{links.one_click}>, <{links.unsubscribe_mail}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["List-Help"] = mail["List-Subscribe"] = f"<{links.home}>"
    mail["List-Owner"] = f"<mailto:{identity.mailbox}>"
    mail["List-Archive"] = f"<{links.archive}>"
    mail["List-Post"] = "NO"
    mail["Archived-At"] = f"<{links.web}>"
    mail["Feedback-ID"] = f"{day}:{selection.mood}:digest:ers-example-org"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Precedence"] = "bulk"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail.set_content(renderer.text.page(digest), cte="quoted-printable")
    mail.add_alternative(renderer.html.page(digest), subtype="html", cte="quoted-printable")
    return mail
