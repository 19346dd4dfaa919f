"""The header is complete and right, as RFCs and large providers ask."""

import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime

from digest.render.lint.document import Document, Field, Voice
from digest.render.lint.finding import Finding

REQUIRED = ("from", "to", "subject", "date", "message-id", "mime-version", "content-type")
"""RFC 5322 §3.6, RFC 2045 §4, and To: a mail without it looks like spam."""
LISTED = ("list-id", "list-unsubscribe", "list-unsubscribe-post")
"""Without them Gmail and Yahoo refuse what goes to many."""
ADVISED = (
    *("list-help", "list-subscribe", "list-owner", "list-archive", "list-post", "archived-at"),
    *("feedback-id", "precedence"),
)
"""What readers' tools, postmasters and vacation programs look for."""
_STRUCTURED = frozenset((*LISTED, *ADVISED, "message-id", "date", "mime-version", "auto-submitted"))
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")
_FEEDBACK = re.compile(r"[\w.-]*:[\w.-]*:[\w.-]*:[\w.-]{5,15}")
_LIST_ID = re.compile(r"(?:.*\s)?<[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+>", re.DOTALL)
_WORD = re.compile(rb"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")
_FAKE = re.compile(r"\s*(?:re|fwd?|aw|wg|sv)\s*:", re.IGNORECASE)
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x1f]")
SUBJECT = (8, 90)
VISIBLE = 60
"""Characters of a subject that phones show."""


def fields(document: Document) -> Iterator[Finding]:
    """Every field that must be there is; what lists and postmasters need, too."""
    voice = Voice("fields", document, "header")
    listed, advised = ((), ()) if document.is_answer else (LISTED, ADVISED)
    for name in (*REQUIRED, *listed):
        if not document.fields(name):
            yield voice.error("header", f"no {_title(name)}")
    for name in (*advised, "auto-submitted"):
        if not document.fields(name):
            yield voice.warning("header", f"no {_title(name)}")


def strays(document: Document) -> Iterator[Finding]:
    """No field stands twice (RFC 5322 §3.6), none is there that tells of others."""
    voice = Voice("strays", document, "header")
    for name in sorted({*REQUIRED, *LISTED, *ADVISED, "auto-submitted", "reply-to", "sender"}):
        if len(document.fields(name)) > 1:
            yield voice.error(_title(name), f"{len(document.fields(name))} times: have it once")
    for name in ("bcc", ""):
        if document.fields(name):
            yield voice.error(_title(name) or "header", "a field that no mail may have")


def lines(document: Document) -> Iterator[Finding]:
    """Lines are short, ASCII, and encoded words whole (RFC 5322 §2.1.1, RFC 2047 §2)."""
    voice = Voice("lines", document, "header")
    for found in document.header or ():
        name = _title(found.name)
        if not found.raw.isascii():
            yield voice.error(name, "octets that are not ASCII: write RFC 2047 words")
        longest = max(map(len, found.raw.split(b"\n")))
        if longest > 998:
            yield voice.error(name, f"a line of {longest} octets: 998 at most")
        elif longest > 78 and _can_be_folded(found):
            yield voice.warning(name, f"a line of {longest} characters: 78 are advised")
        if any(len(word) > 75 for word in _WORD.findall(found.raw)):
            yield voice.error(name, "an encoded word of more than 75 characters")
        if found.name in _STRUCTURED and b"=?" in found.raw and found.name != "list-id":
            yield voice.error(name, "an encoded word where readers look for an address or a link")


def sender(document: Document) -> Iterator[Finding]:
    """One From, one reader in To, a Message-ID and a Date as RFC 5322 has them."""
    voice = Voice("sender", document, "header")
    for name in ("from", "to"):
        count = len(_addresses(document, name))
        if count != 1:
            yield voice.error(_title(name), f"{count} addresses: exactly one")
    if not _MESSAGE_ID.fullmatch(document.field("message-id")):
        yield voice.error(
            "Message-ID", f"{document.field('message-id')!r} is none (RFC 5322 §3.6.4)"
        )
    if not _is_date(document.field("date")):
        yield voice.error("Date", f"{document.field('date')!r} is no date with a zone")


def subject(document: Document) -> Iterator[Finding]:
    """It can be read on a phone, pretends to be no answer and hides nothing."""
    voice, text = Voice("subject", document, "header"), decoded(document.field("subject"))
    if not SUBJECT[0] <= len(text) <= SUBJECT[1]:
        yield voice.error("Subject", f"{len(text)} characters: {SUBJECT[0]} to {SUBJECT[1]}")
    elif len(text) > VISIBLE:
        yield voice.warning("Subject", f"{len(text)} characters: phones show {VISIBLE}")
    if _FAKE.match(text) and not document.is_answer:
        yield voice.error("Subject", f"{text[:20]!r} pretends to be an answer")
    if _UNSEEN.search(text):
        yield voice.error("Subject", "invisible or direction-changing characters")


def unsubscribing(document: Document) -> Iterator[Finding]:
    """One-click unsubscription works (RFC 8058), and its mailto twin (RFC 2369)."""
    found = document.field("list-unsubscribe")
    if not found or document.is_answer:
        return
    voice = Voice("one-click", document, "header")
    uris = re.findall(r"<([^<>]*)>", found)
    secure = [uri for uri in uris if uri.startswith("https://")]
    if len(secure) != 1:
        yield voice.error(
            "List-Unsubscribe", f"{len(secure)} https links: exactly one (RFC 8058 §3.1)"
        )
    if not any(uri.startswith("mailto:") for uri in uris):
        yield voice.warning("List-Unsubscribe", "no mailto: link: some readers know no other")
    if document.field("list-unsubscribe-post") != "List-Unsubscribe=One-Click":
        yield voice.error("List-Unsubscribe-Post", "must be List-Unsubscribe=One-Click (RFC 8058)")
    for address in _addresses(document, "to"):
        if address and address.lower() in found.lower():
            yield voice.error("List-Unsubscribe", "the reader's address stands in it: use a token")


def list_fields(document: Document) -> Iterator[Finding]:
    """List-Id (RFC 2919) and Feedback-ID have the form that is looked for."""
    if document.is_answer:
        return
    voice = Voice("lists", document, "header")
    for name, pattern, wanted in (
        ("list-id", _LIST_ID, "NAME <label.domain> (RFC 2919 §3)"),
        ("feedback-id", _FEEDBACK, "four fields, the last of 5 to 15 characters"),
    ):
        found = document.field(name)
        if found and not pattern.fullmatch(found):
            yield voice.error(_title(name), f"{found!r}: wanted {wanted}")


def decoded(value: str) -> str:
    """A field's text with its encoded words read."""
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return value


def _can_be_folded(found: Field) -> bool:
    whole = found.name in {"dkim-signature", "list-unsubscribe"}
    return not whole and b" " in found.raw.strip().partition(b": ")[2]


def _addresses(document: Document, name: str) -> list[str]:
    return [address for _, address in getaddresses([document.field(name)]) if "@" in address]


def _is_date(value: str) -> bool:
    try:
        return parsedate_to_datetime(value).tzinfo is not None
    except ValueError:
        return False


def _title(name: str) -> str:
    words = "-".join(part.capitalize() for part in name.split("-"))
    return words.replace("-Id", "-ID").replace("List-ID", "List-Id").replace("Mime", "MIME")
