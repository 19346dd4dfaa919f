"""Nothing in the page can act, fetch or deceive."""

import re
from collections.abc import Iterator

from digest.render.lint.document import Document, Voice
from digest.render.lint.finding import Finding

ACTIVE = frozenset(
    "script iframe object embed form input button textarea select link base frame frameset applet"
    " video audio canvas svg math dialog template noscript portal".split()
)
"""Elements that act, ask or fetch: clients drop them, filters mistrust them."""
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "background", "srcset", "poster"})
_FOREIGN = re.compile(r"[\s\x00-\x1f]*(?:javascript|data|vbscript|file|blob|ftp):", re.IGNORECASE)
_FETCHING = re.compile(r"url\s*\(|expression|behavior|@import", re.IGNORECASE)
_UNSEEN = re.compile(
    "[\u202a-\u202e\u200b\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\U000e0000-\U000e007f]"
)


def active(document: Document) -> Iterator[Finding]:
    """No element and no attribute that acts by itself."""
    voice = Voice("active", document)
    for element in document.markup.all():
        refreshes = element.name == "meta" and element.get("http-equiv").lower() == "refresh"
        if element.name in ACTIVE or refreshes:
            yield voice.error(element.line, f"<{element.name}> has no place in a mail")
        for name, value in element.attributes.items():
            if name.startswith("on"):
                yield voice.error(element.line, f"the attribute {name} on <{element.name}>")
            if name in _ADDRESSES and _FOREIGN.match(value):
                yield voice.error(element.line, f"{name}={value[:40]!r}")
            if name == "style" and _FETCHING.search(value):
                yield voice.error(element.line, f"a style that fetches: {value[:60]!r}")


def unseen(document: Document) -> Iterator[Finding]:
    """No character that cannot be seen, or turns what stands around it."""
    for part, content in (("html", document.html), ("text", document.text or "")):
        voice = Voice("unseen", document, part)
        for number, line in enumerate(content.splitlines(), 1):
            if found := _UNSEEN.search(line):
                yield voice.error(number, f"the character U+{ord(found[0]):04X} is invisible")
