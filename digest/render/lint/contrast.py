"""All text can be read: in light, in the authored dark, and when a client inverts the colours."""

from collections.abc import Iterator

from digest.render.colour import contrast
from digest.render.lint.cascade import Paint, Scheme, in_force, paint
from digest.render.lint.document import Document, Voice
from digest.render.lint.element import Element
from digest.render.lint.finding import Finding
from digest.render.views.inversion import Inversion, inverted

LEAST = 4.5
"""WCAG 2.2 §1.4.3, level AA, for text of any size."""
SMALLEST = 14.0
"""Pixels below which text is a burden."""


def light(document: Document) -> Iterator[Finding]:
    """Text stands out in light."""
    yield from _readable(document, document, Scheme.LIGHT, "light")


def dark(document: Document) -> Iterator[Finding]:
    """There are dark styles, and text stands out in them."""
    if not any("prefers-color-scheme" in rule.condition for rule in document.rules):
        yield Voice("contrast", document).warning(1, "no styles of its own for the dark")
    yield from _readable(document, document, Scheme.DARK, "dark")


def inversion(document: Document) -> Iterator[Finding]:
    """Text stands out when a client turns the colours around by itself, wholly or in part."""
    for kind in Inversion:
        turned = Document.of_page(document.name, inverted(document.html, kind))
        yield from _readable(document, turned, Scheme.LIGHT, f"{kind} inversion")


def sizes(document: Document) -> Iterator[Finding]:
    """No text is set smaller than 14 px."""
    voice = Voice("type", document)
    for element in document.markup.all():
        size = element.value("font-size")
        if size.endswith("px") and _number(size) < SMALLEST and element.text:
            yield voice.error(element.line, f"text of {size}: nothing under {SMALLEST:.0f}px")


def _readable(
    document: Document, shown: Document, scheme: Scheme, called: str
) -> Iterator[Finding]:
    voice, rules = Voice("contrast", document), in_force(shown.rules, scheme)
    said: set[Paint] = set()
    for element in shown.markup.all():
        if not _has_words(element):
            continue
        seen = paint(element, rules, scheme)
        if contrast(*seen) < LEAST and seen not in said:
            said.add(seen)
            yield voice.error(
                element.line,
                f"in {called}, {seen.ink} on {seen.ground} has a contrast of "
                f"{contrast(*seen):.1f}: at least {LEAST}",
            )


def _has_words(element: Element) -> bool:
    return any(text.words.strip() for text in element.texts()) and not element.hidden


def _number(size: str) -> float:
    try:
        return float(size.removesuffix("px"))
    except ValueError:
        return SMALLEST
