"""Which features of caniemail.com a page uses, and on which line each is met first."""

import re
from collections.abc import Iterator

from digest.render.lint.css import Declaration, Rule
from digest.render.lint.document import Document
from digest.render.lint.element import Element
from digest.render.lint.support import support

Use = tuple[str, int]
"""A feature and a line."""

_SEMANTIC = frozenset(
    "article aside details figcaption figure footer header main mark nav section summary"
    " time".split()
)
_ELEMENTS = dict.fromkeys(("ul", "ol", "dl"), "html-lists") | dict.fromkeys(
    ("h1", "h2", "h3", "h4", "h5", "h6"), "html-h1-h6"
)
_UNITS = re.compile(
    r"(?<![\w#-])-?\d*\.?\d+(px|em|rem|%|vw|vh|vmin|vmax|ch|ex|pt|cm|mm|in|pc)(?!\w)"
)
_FUNCTIONS = {
    "calc": "css-unit-calc", "var": "css-variables", "clamp": "css-function-clamp",
    "min": "css-function-min", "max": "css-function-max", "rgb": "css-rgb", "rgba": "css-rgba",
    "linear-gradient": "css-linear-gradient", "radial-gradient": "css-radial-gradient",
    "conic-gradient": "css-conic-gradient", "light-dark": "css-function-light-dark",
    "oklch": "css-modern-color", "oklab": "css-modern-color", "lch": "css-modern-color",
    "lab": "css-modern-color",
}  # fmt: skip
_CALL = re.compile(rf"(?<![\w-])({'|'.join(_FUNCTIONS)})\(", re.IGNORECASE)
_CONDITIONS = ("prefers-color-scheme", "prefers-reduced-motion", "orientation", "hover")
_PSEUDO = re.compile(r"(::?)([a-z-]+)")
_COMBINATORS = (
    (re.compile(r"\["), "css-selector-attribute"),
    (re.compile(r">"), "css-selector-child"),
    (re.compile(r"\+"), "css-selector-adjacent-sibling"),
    (re.compile(r"~"), "css-selector-general-sibling"),
    (re.compile(r"\*"), "css-selector-universal"),
    (re.compile(r"#"), "css-selector-id"),
    (re.compile(r"\.[\w-]+\."), "css-selector-chaining"),
    (re.compile(r"\."), "css-selector-class"),
    (re.compile(r"\w \S"), "css-selector-descendant"),
    (re.compile(r"(?:^| )[a-z]"), "css-selector-type"),
)
_IMAGE = re.compile(r"\.(apng|avif|bmp|gif|heif|ico|jpe?g|mp4|png|svg|tiff?|webp)(?:[?#]|\Z)", re.I)


def features(document: Document) -> dict[str, int]:
    """Known features that the page uses, each with the first line that does."""
    known = support().features
    found: dict[str, int] = {}
    for feature, line in _uses(document):
        if feature in known:
            found.setdefault(feature, line)
    return found


def _uses(document: Document) -> Iterator[Use]:
    for element in document.markup.all():
        yield from _of_element(element)
    for rule in document.rules:
        yield from _of_rule(rule)


def _of_element(element: Element) -> Iterator[Use]:
    line = element.line
    names = {element.name: "html-" + element.name} | _ELEMENTS
    yield (names[element.name], line)
    if element.name in _SEMANTIC:
        yield ("html-semantics", line)
    for name, value in element.attributes.items():
        yield (f"html-{name}", line)
        if name in {"src", "background"}:
            yield from ((feature, line) for feature in _images(value))
    if element.name == "meta":
        yield (f"html-meta-{element.get('name').lower()}", line)
    if element.name == "a" and element.get("href").startswith("mailto:"):
        yield ("html-mailto-links", line)
    if element.name == "a" and element.get("href").startswith("#"):
        yield ("html-anchor-links", line)
    for declaration in element.style.values():
        yield from ((feature, line) for feature in _of_declaration(declaration))


def _of_rule(rule: Rule) -> Iterator[Use]:
    uses = [feature for one in rule.declarations for feature in _of_declaration(one)]
    if rule.condition.startswith("@"):
        uses.append("css-at-" + rule.condition[1:].split()[0].split("(")[0])
        uses += [f"css-at-media-{name}" for name in _CONDITIONS if name in rule.condition]
    if len(rule.selectors) > 1:
        uses.append("css-selector-grouping")
    for selector in rule.selectors:
        uses += [feature for pattern, feature in _COMBINATORS if pattern.search(selector)]
        for colons, name in _PSEUDO.findall(selector):
            uses.append(f"css-pseudo-{'class' if colons == ':' else 'element'}-{name}")
    yield from ((feature, rule.line) for feature in uses)


def _of_declaration(declaration: Declaration) -> Iterator[str]:
    name, value = declaration.name, declaration.value.lower()
    yield f"css-{name}"
    yield f"css-{name.partition('-')[0]}"  # margin-left is of margin, as border-top of border
    if name == "display":
        yield f"css-display-{value.removeprefix('inline-')}"
    if declaration.important:
        yield "css-important"
    for unit in _UNITS.findall(value):
        yield "css-unit-" + ("percent" if unit == "%" else unit)
    for call in _CALL.findall(value):
        yield _FUNCTIONS[call.lower()]
    if "url(" in value:
        yield from _images(value.partition("url(")[2].strip("\"' )"))


def _images(address: str) -> Iterator[str]:
    if address.lower().startswith("data:"):
        yield "image-base64"
    elif found := _IMAGE.search(address):
        yield "image-" + {"jpeg": "jpg", "tif": "tiff"}.get(found[1].lower(), found[1].lower())
