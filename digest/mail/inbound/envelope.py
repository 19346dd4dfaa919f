"""How a mail came: its reverse-path and recipients, as far as the door or its header tells."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from digest.errors import BadAddress
from digest.mail.inbound.incoming import Incoming
from digest.mail.mailbox import normalise

_TAG = re.compile(r"([a-z]+)\+([0-9a-f]{48})@", re.IGNORECASE)
_LINK = re.compile(r"/unsubscribe/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])")
_PATH = re.compile(r"<?\s*([^<>\s]*)\s*>?")
_BATV = re.compile(r"^(?:prvs|btv1)=+[^=]*=+", re.IGNORECASE)
_ENVELOPE = ("x-original-to", "delivered-to", "envelope-to", "x-envelope-to", "to", "cc")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stood around a mail (RFC 5321 §2.3.1)."""

    sender: str | None
    """The reverse-path; "" is the null one, None: nobody knows."""
    recipients: tuple[str, ...]

    @classmethod
    def of(
        cls, mail: Incoming, sender: str | None = None, recipients: Sequence[str] = ()
    ) -> "Envelope":
        """The door's word, else the header's: Return-Path (RFC 5321 §4.4), Delivered-To, To."""
        named = [r.lower() for r in recipients if r] + mail.addresses(*_ENVELOPE)
        return cls(_reverse_path(mail, sender), tuple(dict.fromkeys(named)))

    def tags(self) -> list[tuple[str, str]]:
        """The tagged addresses of ours among the recipients: what stands before +, and the tag."""
        return [(m[1].lower(), m[2].lower()) for r in self.recipients for m in _TAG.finditer(r)]


def _reverse_path(mail: Incoming, sender: str | None) -> str | None:
    if sender is None:
        written = [value for name, value in mail.headers if name == "return-path"]
        if not written:
            return None
        sender = written[0]
    found = _PATH.search(sender)
    path = found[1] if found else ""
    if "@" not in path:  # null, or the name that a pipe has for it (MAILER-DAEMON)
        return ""
    return _BATV.sub("", path).lower()


def returned_tags(mail: Incoming) -> list[str]:
    """Tags in the reverse-path of a message that came back."""
    text = mail.returned_text
    return [m[2].lower() for m in _TAG.finditer(text) if m[1].lower() == "bounces"][:5]


def returned_tokens(mail: Incoming) -> list[str]:
    """Tokens of unsubscribe links in a message that came back."""
    return list(dict.fromkeys(_LINK.findall(mail.returned_text)))[:5]


def claimed(mail: Incoming, envelope: Envelope) -> str:
    """Who says to have sent a mail, normalised; "" for nobody that can be answered.

    The From line says who; the reverse-path must be the same address, or at least of the same
    domain, for answers go there (RFC 3834 §4). Without a reverse-path From is all there is.
    """
    found = [address for address in map(_normalised, mail.addresses("from")) if address]
    author, path = (found[0] if len(found) == 1 else ""), envelope.sender
    if path is None:
        return author
    back = _normalised(path)
    if author and back and author.rpartition("@")[2] == back.rpartition("@")[2]:
        return author
    return back


def _normalised(address: str) -> str:
    try:
        return normalise(address)
    except BadAddress:
        return ""


def name_of(mail: Incoming, octets: bytes) -> str:
    """What a mail is known again by, whichever door it comes through and whatever they added.

    Its Message-ID with what makes it this mail; servers on the way change neither.
    """
    fields: Iterable[str] = (mail.get(n) for n in ("message-id", "date", "from", "to", "subject"))
    body = octets.replace(b"\r\n", b"\n").partition(b"\n\n")[2].rstrip(b"\n")
    made = sha256("\0".join(fields).encode("utf-8", "replace") + b"\0" + body)
    return made.hexdigest()
