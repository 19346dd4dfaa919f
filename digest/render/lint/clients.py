"""The page uses only what mail clients show."""

import re
from collections.abc import Iterator

from digest.render.lint.document import Document, Voice
from digest.render.lint.element import Element
from digest.render.lint.features import features
from digest.render.lint.finding import Finding
from digest.render.lint.support import MAIN, support

GRACEFUL = re.compile(
    r"css-(?:at-media|selector|pseudo-class|border-radius|box-shadow|transition|color-scheme|"
    r"important|letter-spacing|line-height|word|white-space|overflow|hyphens|text-|opacity|"
    r"max-height|min-|table-layout|display-none|cursor|comments)"
    r"|html-(?:aria-|role|lang|dir|body|style|doctype|meta|target|width|semantics)"
)
"""Without them the mail still reads well: nothing is lost but polish."""
CELLS = frozenset({"td", "th"})
_SIDES = re.compile(r"margin(?:-top|-right|-bottom|-left)?\Z")
_NOTHING = re.compile(r"0(?:px)?(?: 0(?:px)?)*\Z")
_FOREIGN = (
    (re.compile(r"\b(?:var|calc|clamp|min|max|env)\("), "a CSS function: Outlook ignores it"),
    (re.compile(r"\d(?:rem|vw|vh|ch|ex)\b"), "a unit that Outlook or Yahoo ignores: write px"),
    (
        re.compile(r"(?:rgba|hsla?|oklch|lab)\(|#[0-9a-f]{8}\b"),
        "a colour that Outlook and Thunderbird cannot read: write #rrggbb",
    ),
)
_PLACING = frozenset({"float", "position"})


def supported(document: Document) -> Iterator[Finding]:
    """Every feature is shown by all main clients, or is polish (caniemail's data)."""
    voice, facts = Voice("clients", document), support()
    for feature, line in features(document).items():
        lacking = facts.without(feature)
        missed = [client for client in lacking if client in MAIN]
        if missed and not GRACEFUL.match(feature):
            yield voice.error(line, f"{feature} is not shown by {', '.join(missed)}")
        elif lacking:
            yield voice.note(line, f"{feature}: polish that {len(lacking)} clients leave out")


def values(document: Document) -> Iterator[Finding]:
    """Inline styles hold only values that the Word engine, Gmail and Thunderbird understand."""
    voice = Voice("values", document)
    for element in document.markup.all():
        for declaration in element.style.values():
            said = f"{declaration.name}: {declaration.value}"
            for pattern, problem in _FOREIGN:
                if pattern.search(declaration.value.lower()):
                    yield voice.error(element.line, f"{said} is {problem}")
            if declaration.name in _PLACING or _lays_out(declaration.name, declaration.value):
                yield voice.error(element.line, f"{said} is lost in Outlook: use a table")
            if _SIDES.match(declaration.name) and re.search(r"(?:^|\s)-\d", declaration.value):
                yield voice.error(element.line, f"{said}: Gmail and Outlook drop negative margins")


def tables(document: Document) -> Iterator[Finding]:
    """Layout tables say that they are layout, and leave nothing to Outlook's own ideas."""
    voice = Voice("tables", document)
    for table in document.markup.all("table"):
        data = any(one.name == "th" for one in table.walk())
        if not data and table.get("role") not in {"presentation", "none"}:
            yield voice.error(table.line, 'a layout table without role="presentation"')
        for name in ("cellpadding", "cellspacing", "border"):
            if name not in table.attributes:
                yield voice.warning(table.line, f'a table without {name}="0": Outlook adds its own')
        if table.value("max-width") and "width" not in table.attributes:
            yield voice.error(
                table.line, "max-width without a width attribute: too wide in Outlook"
            )


def word(document: Document) -> Iterator[Finding]:
    """What Outlook for Windows needs beside: bgcolor, padding on cells alone, fonts, colours."""
    voice = Voice("word", document)
    for element in document.markup.all():
        line = element.line
        if _lacks_bgcolor(element):
            yield voice.warning(line, f"background-color without bgcolor on <{element.name}>")
        if element.name not in CELLS | {"body", "table"} and _padded(element):
            yield voice.warning(line, f"padding on <{element.name}>: put it on a cell")
        if element.name == "a" and not _coloured(element):
            yield voice.warning(line, "a link without an inline colour: blue, whatever the design")
    yield from _fonts(document, voice)


def conditional(document: Document) -> Iterator[Finding]:
    """What stands in Outlook's comments is closed there, too."""
    voice = Voice("conditional", document)
    begun, ended = document.html.count("<!--[if"), document.html.count("<![endif]")
    if begun != ended:
        yield voice.error(1, f"{begun} conditional comments begin and {ended} end")
    inside = "".join(text for _, text in document.markup.conditional)
    line = document.markup.conditional[0][0] if document.markup.conditional else 1
    for name in ("table", "tr", "td"):
        opened = len(re.findall(rf"<{name}[\s>]", inside))
        if opened != (closed := inside.count(f"</{name}>")):
            yield voice.error(line, f"in Outlook's comments {opened} <{name}> open, {closed} close")


def _fonts(document: Document, voice: Voice) -> Iterator[Finding]:
    for cell in document.markup.all("td", "th"):
        for element in cell.walk():
            if any(text.words.strip() for text in element.texts()) and not _lettered(element):
                yield voice.warning(element.line, "text without an inline font-family: Times")


def _lettered(element: Element) -> bool:
    return any(
        one.value("font-family") or one.value("font") for one in (element, *element.ancestors())
    )


def _lacks_bgcolor(element: Element) -> bool:
    painted = element.name in {"table", "td"} and bool(element.value("background-color"))
    return painted and not element.get("bgcolor")


def _coloured(link: Element) -> bool:
    return any(one.value("color") for one in link.walk())


def _padded(element: Element) -> bool:
    return any(
        name.startswith("padding") and not _NOTHING.match(found.value)
        for name, found in element.style.items()
    )


def _lays_out(name: str, value: str) -> bool:
    return name == "display" and value.lower().removeprefix("inline-") in {"flex", "grid"}
