"""A desk over a store in memory: mails go in, and what it mails comes out."""

import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from lives import BASE, ENVIRONMENT, KEY, World

from digest.inbound.clerk import Books, Clerk
from digest.inbound.correspondence import Correspondence
from digest.inbound.desk import Desk
from digest.inbound.returns import Returns
from digest.mail.erasure import Erasure
from digest.mail.identity import Identity, MailSettings
from digest.mail.tokens import Scope, Token
from digest.render.answers import Answers
from digest.stages.joining import Joining, Limits
from digest.stages.suppressing import Suppressing
from digest.store.inbox import InboxStore
from digest.store.ledger import LedgerStore
from digest.store.suppressions import SuppressionStore

DOMAIN = "example.org"
ANN = "ann@reader.example"
DAY = date(2026, 8, 20)


class InboundWorld(World):
    """An installation that takes in mail."""

    def __init__(self, limits=None):
        super().__init__(limits)
        self.suppressions = SuppressionStore(self.database)
        self.inbox = InboxStore(self.database)
        self.ledger = LedgerStore(self.database)
        self.joining = Joining(
            self.book,
            self.signer,
            Erasure([KEY]),
            self.clock,
            limits or Limits(10**6, 10**6),
            self.suppressions.barred,
        )
        commit = self.database.transaction
        self.suppressing = Suppressing(
            self.suppressions, self.joining, self.readers.intern, commit, self.clock
        )
        returns = Returns(self.joining, self.suppressing, self.ledger.bounce, self.clock)
        books = Books(
            self.readers,
            self.joining,
            self.suppressing,
            self.suppressions,
            self.inbox,
            lambda reader: [("A paper", "RL")],
        )
        clerk = Clerk(books, self.clock, lambda address: address.endswith(f"@{DOMAIN}"))
        self.desk = Desk(returns, clerk, self.inbox, commit, self.requests.take, self.clock)
        identity = Identity.of(MailSettings("Paper Digest <digest@example.org>"))
        answers = Answers(identity, self.signer, BASE, ENVIRONMENT)
        self.correspondence = Correspondence(self.inbox, lambda: answers, self.take, self.clock)
        self.number = 0

    def later(self, **span):
        self.clock.instant += timedelta(**span)

    def mail(self, subject="", body="", sender=ANN, to=f"digest@{DOMAIN}", path=None, **fields):
        """The octets of a mail, with a Message-ID of its own."""
        self.number += 1
        made = EmailMessage()
        if path is None:
            path = sender
        made["Return-Path"] = f"<{path}>"
        made["From"], made["To"], made["Subject"] = sender, to, subject
        made["Message-ID"] = f"<{self.number}@reader.example>"
        for name, value in fields.items():
            made[name.replace("_", "-")] = value
        made.set_content(body or "\n")
        return made.as_bytes()

    def send(self, subject="", body="", **more):
        """Takes in a mail; returns what became of it, in words."""
        return self.desk.take(self.mail(subject, body, **more)).words

    def post(self):
        """Hands over what waits; returns the mails, parsed."""
        self.mailed.clear()
        self.correspondence.post()
        self.postbox.empty()
        return [message_from_bytes(m.content, policy=policy.default) for m in self.mailed]

    def text(self, message):
        return message.get_body(("plain",)).get_content()

    def reply(self, message, body="yes", sender=ANN, **more):
        """What a mail program sends when its user replies."""
        subject = f"Re: {message['Subject']}"
        return self.send(subject, body, sender=sender, to=str(message["Reply-To"]), **more)

    def join(self, address=ANN, *topics):
        """Makes an address a reader, by mail."""
        self.send("subscribe " + "; ".join(topics), sender=address)
        (letter,) = self.post()
        self.reply(letter, sender=address)
        self.post()
        return self.readers.get(address)

    def tag(self, scope, address=ANN, day=DAY):
        return self.signer.tag(Token(scope, self.readers.intern(address), day))

    def token(self, scope, address=ANN, day=DAY):
        return self.signer.sign(Token(scope, self.readers.intern(address), day))

    def commands_address(self, address=ANN):
        return f"commands+{self.tag(Scope.MANAGE, address)}@{DOMAIN}"

    def dsn(
        self, words="550 5.1.1 no such user", action="failed", status="5.1.1", day=DAY, to=None
    ):
        """A DSN for the mail of an edition to Ann."""
        self.number += 1
        to = to or f"bounces+{self.tag(Scope.BOUNCE, day=day)}@{DOMAIN}"
        return "\r\n".join(
            [
                "Return-Path: <>",
                "From: MAILER-DAEMON@mx.example",
                f"To: {to}",
                f"Message-ID: <{self.number}@mx.example>",
                "Subject: Undelivered Mail",
                "MIME-Version: 1.0",
                'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
                "",
                "--b",
                "Content-Type: text/plain",
                "",
                "It did not arrive.",
                "--b",
                "Content-Type: message/delivery-status",
                "",
                "Reporting-MTA: dns; mx.example",
                "",
                f"Final-Recipient: rfc822; {ANN}",
                f"Action: {action}",
                f"Status: {status}",
                f"Diagnostic-Code: smtp; {words}",
                "",
                "--b--",
                "",
            ]
        ).encode()


def link(text, path):
    """The token of a link in a text."""
    return re.search(rf"/{path}/([A-Za-z0-9_-]{{32}})", text)[1]
