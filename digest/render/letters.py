"""Letters: the few mails that are no edition, each an answer to what somebody asked of an address.

Whoever asked may be a stranger to the address, so nothing that they wrote (a name, topics) is in
the letter: a form that mails a stranger's words to a third person is a gift to spammers.
"""

from datetime import date, datetime
from typing import Any

from jinja2 import Environment

from digest.mail import headers
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import HALF, Names, boundary
from digest.mail.tokens import Scope, Signer, Token
from digest.model import Message
from digest.model.life import CONFIRM_WITHIN
from digest.model.request import Asked, LetterKind
from digest.render.alternative import Alternative
from digest.render.languages import N_, language

SUBJECTS = {
    LetterKind.CONFIRM: N_("Please confirm: %(product)s in your inbox"),
    LetterKind.KNOWN: N_("You already read %(product)s"),
}


class Letters:
    """Prints letters; holds the compiled templates."""

    def __init__(
        self,
        identity: Identity,
        signer: Signer,
        base_url: str,
        environment: Environment,
        locale: str = "en",
    ) -> None:
        """`base_url`: where links lead to; `locale`: of who named none. Raises RenderError."""
        self._identity, self._signer, self._locale = identity, signer, locale
        self._base = base_url.rstrip("/")
        self._printed = {
            kind: Alternative(environment, kind.value)
            for kind in (LetterKind.CONFIRM, LetterKind.KNOWN)
        }

    def letter(self, asked: Asked) -> Message:
        """What an address gets for a request: a function of the request alone. Raises RenderError.

        A confirmation is answered by its link, or by a reply.
        """
        words = language(asked.wishes.locale, self._locale)
        subject = words.gettext(SUBJECTS[asked.letter], product=self._identity.name)
        said = {
            "product": self._identity.name,
            "address": asked.wishes.address,
            "subject": subject,
            "imprint": self._identity.imprint,
            "home": f"{self._base}/",
            "url": self._url(asked),
            "until": words.day(asked.day + CONFIRM_WITHIN),
            "language": words,
        }
        return self._message(asked, subject, said)

    def reply_to(self, asked: Asked) -> Mailbox:
        """Where a reply that confirms goes."""
        tag = self._signer.tag(Token(Scope.CONFIRM, asked.reader, asked.day))
        return Mailbox(f"confirm+{tag}", self._identity.domain)

    def _url(self, asked: Asked) -> str:
        if asked.letter is LetterKind.CONFIRM:
            token = Token(Scope.CONFIRM, asked.reader, asked.day)
            return f"{self._base}/confirm/{self._signer.sign(token)}"
        return (
            f"{self._base}/manage/{self._signer.sign(Token(Scope.MANAGE, asked.reader, asked.day))}"
        )

    def _message(self, asked: Asked, subject: str, said: dict[str, Any]) -> Message:
        address, identity = asked.wishes.address, self._identity
        names = _names(identity, asked.letter, asked.day)
        digits = names.digits(address.encode())
        name = names.message_id(digits[:HALF])
        reply = self.reply_to(asked) if asked.letter is LetterKind.CONFIRM else identity.mailbox
        header = _header(identity, Mailbox.parse(address), subject, asked.at, name, reply)
        limit = boundary(digits[HALF:])
        bounce = self._signer.tag(Token(Scope.BOUNCE, asked.reader, asked.day))
        return Message(
            address=address,
            day=asked.day,
            message_id=name,
            reverse_path=f"bounces+{bounce}@{identity.bounce_domain}",
            forward_path=address,
            content=self._printed[asked.letter].content(header, limit, said),
        )


def _names(identity: Identity, kind: LetterKind, day: date) -> Names:
    """A Message-ID like those of editions (32 digits), but never the same as one of them."""
    return Names(f"{identity.list_label} {kind.value}", day, identity.domain)


def _header(
    identity: Identity, to: Mailbox, subject: str, at: datetime, name: str, reply: Mailbox
) -> str:
    """No List-* fields: a letter is no list's (and RFC 8058 has nothing to unsubscribe from)."""
    return "".join(
        (
            headers.address("From", identity.name, identity.mailbox),
            headers.address("To", "", to),
            headers.address("Reply-To", "", reply),
            headers.unstructured("Subject", subject),
            headers.date(at),
            headers.field("Message-ID", [name]),
            headers.field("Auto-Submitted", ["auto-generated"]),  # RFC 3834 §5
            headers.field("X-Auto-Response-Suppress", ["OOF,", "AutoReply"]),
            headers.field("MIME-Version", ["1.0"]),
        )
    )
