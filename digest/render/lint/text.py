"""The text edition is there, and as good as the other."""

import re
from collections.abc import Iterator

from digest.render.columns import COLUMNS, width
from digest.render.lint.document import Document, Voice
from digest.render.lint.finding import Finding

COVERED = 0.95
"""Share of the page's words that the text must hold."""
_MARKUP = re.compile(r"&(?:amp|lt|gt|nbsp|quot|#\d+);|</?(?:p|b|i|br|div|span|td|table)\b[^>]*>")
_WORD = re.compile(r"\w{4,}")


def parts(document: Document) -> Iterator[Finding]:
    """Plain text first, HTML after it, and nothing that a mail reader stumbles over."""
    voice = Voice("parts", document, "header")
    if document.text is None:
        yield voice.error("Content-Type", "no text part: some read nothing else")
    kinds = [part for part in document.parts if part.startswith("text/")]
    if document.text is not None and kinds[0] != "text/plain" and document.html:
        yield voice.error("Content-Type", "text/html before text/plain (RFC 2046 §5.1.4)")
    if document.html and "multipart/alternative" not in document.parts:
        yield voice.error("Content-Type", "no multipart/alternative")
    for defect in document.defects:
        yield voice.error("Content-Type", f"the mail is malformed: {defect}")


def columns(document: Document) -> Iterator[Finding]:
    """Lines of at most 72 columns, but for links, which are never broken."""
    voice = Voice("columns", document, "text")
    for number, line in enumerate((document.text or "").splitlines(), 1):
        if width(line) > COLUMNS and "://" not in line:
            yield voice.error(number, f"{width(line)} columns: {COLUMNS} at most")


def links(document: Document) -> Iterator[Finding]:
    """Every link of the page stands in the text, too."""
    if document.text is None:
        return
    voice, missing = Voice("text-links", document, "text"), {}
    for link in document.markup.all("a"):
        address = link.get("href")
        if address.startswith(("http:", "https:")) and address not in document.text:
            missing[address] = link.text
    for address, words in missing.items():
        yield voice.error(1, f"the link {words!r} is not in the text: {address[:80]}")


def words(document: Document) -> Iterator[Finding]:
    """What the page says, the text says; and no mark-up is left in it."""
    if document.text is None:
        return
    voice = Voice("text-words", document, "text")
    body = next(iter(document.markup.all("body")), document.markup.root)
    said = set(_WORD.findall(body.text.casefold()))
    told = set(_WORD.findall(document.text.casefold()))
    if said and len(said & told) < COVERED * len(said):
        share = len(said & told) / len(said)
        yield voice.error(1, f"{share:.0%} of the page's words: at least {COVERED:.0%}")
    if document.html and (left := _MARKUP.search(document.text)):
        yield voice.warning(1, f"it looks as if mark-up were left in the text: {left[0]}")
