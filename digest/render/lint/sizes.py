"""The mail stays whole in Gmail."""

from collections.abc import Iterator

from digest.render.fit import BUDGET
from digest.render.lint.document import Document, Voice
from digest.render.lint.finding import Finding

CLIP = 102_400
"""Octets after which Gmail clips a mail; the threshold is not published."""
STYLE = 16_384
"""Characters of style elements together, past which Gmail drops them all."""


def weight(document: Document) -> Iterator[Finding]:
    """The HTML part, encoded, is within our budget, and so well below the clip."""
    voice = Voice("size", document)
    if document.weight >= CLIP:
        yield voice.error("", f"HTML of {document.weight:,} octets: Gmail clips at {CLIP:,}")
    elif document.weight > BUDGET:
        yield voice.error("", f"HTML of {document.weight:,} octets: the budget is {BUDGET:,}")


def styles(document: Document) -> Iterator[Finding]:
    """Style elements together are short enough, stand in the head, and fetch nothing."""
    voice = Voice("styles", document)
    sheets = document.markup.sheets
    total = style_length(document)
    if total >= STYLE:
        yield voice.error("", f"{total:,} characters of <style>: Gmail drops all past {STYLE:,}")
    for element in document.markup.all("style"):
        if not any(one.name == "head" for one in element.ancestors()):
            yield voice.error(element.line, "<style> outside <head>: Gmail drops it")
    for sheet, line in sheets:
        if "@import" in sheet or "url(" in sheet:
            yield voice.error(line, "url() or @import in <style>: Gmail drops the element")


def style_length(document: Document) -> int:
    """Characters of all style elements."""
    return sum(len(sheet) for sheet, _ in document.markup.sheets)
