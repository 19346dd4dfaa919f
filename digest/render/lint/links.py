"""Links lead where they say, and a reader can leave."""

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from digest.mail.characters import one_line
from digest.mail.domain import is_loopback
from digest.render.lint.document import Document, Voice
from digest.render.lint.element import Element
from digest.render.lint.finding import Finding

SCHEMES = frozenset({"https", "http", "mailto"})
LONGEST = 2048
"""Characters that every client follows."""
VAGUE = frozenset({"here", "click here", "more", "read more", "link", "this", "go", "details"})
LEAVE = re.compile(
    r"unsubscribe|opt.?out|désabonner|abmelden|abbestellen|darse de baja|退订|إلغاء", re.I
)
"""What a link to leave by is called, in the languages of the digest."""
_SHOWN = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#]|:\d|\Z)", re.IGNORECASE)
_ODD = re.compile(r"[\s\"'<>`\\\x00-\x1f]")


def targets(document: Document) -> Iterator[Finding]:
    """Only http(s) and mailto, no user information, no odd characters, nothing overlong."""
    voice = Voice("targets", document)
    for link in document.markup.all("a"):
        address = link.get("href")
        if problem := _problem(address):
            yield voice.error(link.line, f"a link to {one_line(address)[:60]!r}: {problem}")


def purpose(document: Document) -> Iterator[Finding]:
    """A link's own words tell where it leads, and the same words lead to one place."""
    voice = Voice("purpose", document)
    places: dict[str, set[str]] = defaultdict(set)
    for link in document.markup.all("a"):
        words = link.text
        if not words:
            yield voice.error(link.line, f"a link without words to {link.get('href')[:60]!r}")
            continue
        places[words.casefold()].add(link.get("href"))
        if len(places[words.casefold()]) == 2:
            yield voice.error(link.line, f"links that all read {words!r} lead to different places")
        if words.casefold() in VAGUE:
            yield voice.error(link.line, f"{words!r} does not say where the link leads")
        if problem := _deceit(link, words):
            yield voice.error(link.line, problem)


def leaving(document: Document) -> Iterator[Finding]:
    """A visible link to unsubscribe, in the page and in the text."""
    if document.is_answer:
        return
    voice = Voice("leaving", document)
    if not any(_leaves(link) for link in document.markup.all("a")):
        yield voice.error(1, "no visible link to unsubscribe (Gmail and Yahoo require one)")
    if document.text is not None and not LEAVE.search(document.text):
        yield Voice("leaving", document, "text").error(1, "no way to unsubscribe in the text part")


def _problem(address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in SCHEMES:
        return "only http(s): and mailto: may leave" if address else "it leads nowhere"
    if _ODD.search(address):
        return "characters that must be percent-encoded"
    if parts.scheme != "mailto" and "@" in parts.netloc:
        return "user information may deceive"
    if parts.scheme == "http" and not is_loopback(host):
        return "unencrypted: write https:"
    return f"longer than {LONGEST} characters" if len(address) > LONGEST else ""


def _deceit(link: Element, words: str) -> str:
    shown = _SHOWN.match(words)
    host = urlsplit(link.get("href")).hostname if not _problem(link.get("href")) else None
    if not shown or not host or host.endswith(shown[1].lower().removeprefix("www.")):
        return ""
    return f"a link that shows {shown[1]} and leads to {host}"


def _leaves(link: Element) -> bool:
    return not link.hidden and bool(LEAVE.search(f"{link.text} {link.get('href')}"))
