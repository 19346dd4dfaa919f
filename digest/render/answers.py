"""Answers to mails, printed: an answer is a function of what it says."""

from hashlib import sha256
from typing import Any

from jinja2 import Environment

from digest.mail import headers
from digest.mail.identity import Identity
from digest.mail.mailbox import Mailbox
from digest.mail.message_id import HALF, Names, boundary
from digest.mail.tokens import Scope, Signer, Token
from digest.model import Message
from digest.model.answer import Answer, Line, Told
from digest.render.alternative import Alternative
from digest.render.languages import N_, Language, language

SAID = {
    Told.DONE: N_("Done: %(what)s"),
    Told.ALREADY: N_("It was so already: %(what)s"),
    Told.REFUSED: N_("Not done: %(what)s"),
    Told.ASKED: N_("You asked for: %(what)s"),
    Told.WELCOME: N_("Welcome: your digest is on its way, as often as you wish."),
    Told.LEFT: N_("You have left: you get no more mail from us."),
    Told.LATE: N_("What you said yes to is over. Please ask again."),
    Told.REVIVE: N_("We stopped writing to you on %(more)s, for our mail kept coming back."),
    Told.STRANGER: N_("Nobody reads here under your address. Write `subscribe` to begin."),
    Told.TOPIC: N_("Topic: %(what)s"),
    Told.SETTING: "%(what)s: %(more)s",
    Told.PAPER: "%(what)s",
}
"""What each line says."""
EMPTY = {
    Told.TOPIC: N_("You have no topics: you get whatever trends."),
    Told.PAPER: N_("No digest has been made for you yet."),
}
"""What a line says that has nothing to say."""
COMMANDS = (
    ("subscribe TOPIC; TOPIC", N_("begin, or add topics")),
    ("add TOPIC", N_("add a topic")),
    ("del TOPIC", N_("drop a topic")),
    ("topics", N_("list your topics")),
    ("daily, weekdays, weekly", N_("how often")),
    ("at 07:30 Europe/Paris", N_("not before that hour")),
    ("papers 15", N_("how many papers at most")),
    ("pause 2 weeks", N_("no mail for a while")),
    ("resume", N_("mail again")),
    ("status", N_("what you asked for")),
    ("why", N_("why the last papers were yours")),
    ("unsubscribe", N_("no more mail")),
)
"""What can be asked for, and what it does."""


class Answers:
    """Prints answers; holds the compiled templates."""

    def __init__(
        self,
        identity: Identity,
        signer: Signer,
        base_url: str,
        environment: Environment,
        locale: str = "en",
    ) -> None:
        """`locale`: of those who chose none. Raises RenderError."""
        self._identity, self._signer = identity, signer
        self._base, self._locale = base_url.rstrip("/"), locale
        self._printed = Alternative(environment, "answer")

    def answer(self, answer: Answer) -> Message:
        """The mail: from the digest, to whoever asked, below what they wrote. Raises RenderError.

        Its reverse-path is null, so that whatever answers it answers nobody (RFC 3834 §3.3).
        """
        day = answer.at.date()
        key = repr(answer.record())
        names = Names(f"{self._identity.list_label} answer {_digits(key)}", day, self._domain)
        digits = names.digits(answer.address.encode())
        name, limit = names.message_id(digits[:HALF]), boundary(digits[HALF:])
        header = self._header(answer, name)
        return Message(
            address=answer.address,
            day=day,
            message_id=name,
            reverse_path="",
            forward_path=answer.address,
            content=self._printed.content(header, limit, self._said(answer)),
        )

    @property
    def _domain(self) -> str:
        return self._identity.domain

    def _header(self, answer: Answer, name: str) -> str:
        identity = self._identity
        thread = headers.field("In-Reply-To", [answer.in_reply_to]) + headers.field(
            "References", [answer.in_reply_to]
        )
        return "".join(
            (
                headers.address("From", identity.name, identity.mailbox),
                headers.address("To", "", Mailbox.parse(answer.address)),
                headers.address("Reply-To", "", self._reply_to(answer)),
                headers.unstructured("Subject", _subject(answer, self._words(answer))),
                headers.date(answer.at),
                headers.field("Message-ID", [name]),
                thread if _is_message_id(answer.in_reply_to) else "",
                headers.field("Auto-Submitted", ["auto-replied"]),  # RFC 3834 §5
                headers.field("X-Auto-Response-Suppress", ["All"]),
                headers.field("MIME-Version", ["1.0"]),
            )
        )

    def _reply_to(self, answer: Answer) -> Mailbox:
        """Where a yes goes, or the next command: the reader's own address, that proves them."""
        if answer.item and answer.day:
            token = Token(Scope.OBEY, answer.reader, answer.day, answer.item)
            return Mailbox(f"confirm+{self._signer.tag(token)}", self._domain)
        if answer.reader:
            tag = self._signer.tag(Token(Scope.MANAGE, answer.reader, answer.at.date()))
            return Mailbox(f"commands+{tag}", self._domain)
        return self._identity.mailbox

    def _words(self, answer: Answer) -> Language:
        return language(answer.locale or self._locale)

    def _said(self, answer: Answer) -> dict[str, Any]:
        words, token = self._words(answer), None
        if answer.reader:
            token = self._signer.sign(Token(Scope.MANAGE, answer.reader, answer.at.date()))
        return {
            "language": words,
            "subject": _subject(answer, words),
            "product": self._identity.name,
            "imprint": self._identity.imprint,
            "home": f"{self._base}/",
            "url": token and f"{self._base}/manage/{token}",
            "lines": [_line(line, words) for line in answer.lines],
            "waits": bool(answer.item),
            "commands": [(c, words.gettext(does)) for c, does in COMMANDS if answer.commands],
        }


def _digits(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _line(line: Line, words: Language) -> dict[str, str]:
    """A line's sentence, and the detail below it."""
    empty = EMPTY.get(line.told) if not line.what else None
    sentence = words.gettext(empty or SAID[line.told], what=line.what, more=line.more)
    detail = line.more if line.told in {Told.REFUSED, Told.PAPER} else ""
    return {"sentence": sentence, "detail": detail}


def _subject(answer: Answer, words: Language) -> str:
    """Theirs, answered; else a subject of our own."""
    plain = headers.clean(answer.subject)[:120]
    if not plain or plain.lower().startswith("unsubscribe-"):
        return words.gettext("Your mail")
    return plain if plain.lower().startswith("re:") else f"Re: {plain}"


def _is_message_id(written: str) -> bool:
    """Whether it may stand in In-Reply-To (RFC 5322 §3.6.4): a stranger wrote it."""
    inner = written[1:-1]
    plain = written.isascii() and written.isprintable() and " " not in written
    return (
        plain
        and written[:1] == "<"
        and written[-1:] == ">"
        and "@" in inner
        and not {
            "<",
            ">",
        }
        & set(inner)
    )
