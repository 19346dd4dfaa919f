"""Who the digest is from: `mail.from`, its List-Id (RFC 2919) and what follows from them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from digest.errors import BadAddress, BadSetting
from digest.mail.characters import one_line, without_joiners
from digest.mail.mailbox import Mailbox

_LIST_LABEL = re.compile(r"(?=.{3,200}\Z)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
"""RFC 2919 §2: a list-label, a dot, a namespace."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """`[mail]` of digest.toml; `from_` is its key `from`."""

    from_: str = "Paper Digest <digest@localhost>"
    """The one From of every mail; it must be able to receive."""
    list_id: str = ""
    """List-Id; default `NAME <daily.papers.DOMAIN>`."""
    bounce_domain: str = ""
    """Where bounces go to; default the domain of `from`."""
    imprint: str = ""
    """Postal address or other legal line, printed at the foot."""
    reply_to: str = ""
    """Where answers go; default `from`."""
    locale: str = "en"
    """The language of readers who asked for none (BCP 47)."""
    theme: Path | None = None
    """The folder of a theme: templates, or colours, logo and footer in `theme.toml`."""
    images: bool = False
    """Whether papers show a picture; to load one tells its host who reads."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The sender, read and checked."""

    name: str
    mailbox: Mailbox
    list_name: str
    list_label: str
    """What stands between the angle brackets of List-Id."""
    bounce_domain: str
    imprint: str = ""
    reply_to: Mailbox | None = None
    """None: answers go to From."""

    @classmethod
    def of(cls, settings: MailSettings) -> Self:
        """Reads settings. Raises BadSetting, which names the key."""
        name, mailbox = _from(settings.from_)
        list_name, label = _list_id(settings.list_id, name, mailbox.domain)
        bounce = settings.bounce_domain or mailbox.domain
        try:
            bounce = Mailbox.parse(f"bounces@{bounce}").domain
        except BadAddress as error:
            raise BadSetting("mail.bounce_domain", error.problem) from error
        imprint, reply_to = one_line(settings.imprint), _reply_to(settings.reply_to)
        return cls(name, mailbox, list_name, label, bounce, imprint, reply_to)

    @property
    def domain(self) -> str:
        """The domain of From: Message-ID and the command addresses live under it."""
        return self.mailbox.domain


def _from(written: str) -> tuple[str, Mailbox]:
    name, bracket, rest = written.rpartition("<")
    try:
        mailbox = Mailbox.parse(rest.strip().removesuffix(">") if bracket else written)
    except BadAddress as error:
        problem = error.problem.partition(";")[0]
        hint = "write it as 'Paper Digest <digest@example.org>'"
        raise BadSetting("mail.from", f"{written!r}: {problem}", hint) from error
    return without_joiners(one_line(name.strip().strip('"'))) or "Paper Digest", mailbox


def _reply_to(written: str) -> Mailbox | None:
    if not written:
        return None
    _, bracket, rest = written.rpartition("<")
    try:
        return Mailbox.parse(rest.strip().removesuffix(">") if bracket else written)
    except BadAddress as error:
        raise BadSetting("mail.reply_to", f"{written!r}: {error.problem}") from error


def _list_id(written: str, name: str, domain: str) -> tuple[str, str]:
    phrase, bracket, rest = written.rpartition("<")
    label = (rest.rstrip("> ") if bracket else written).strip() or f"daily.papers.{domain}"
    if not _LIST_LABEL.fullmatch(label):
        hint = "write it as 'Paper Digest <daily.papers.example.org>'"
        raise BadSetting("mail.list_id", f"{label!r} is not a List-Id (RFC 2919 §2)", hint)
    return without_joiners(one_line(phrase.strip(' "'))) or name, label.lower()
