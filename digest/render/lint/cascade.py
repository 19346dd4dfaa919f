"""The colours of an element, in light and in the authored dark: CSS Cascade as mail uses it."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from digest.render.colour import Colour, colour
from digest.render.lint.css import Declaration, Rule
from digest.render.lint.element import Element


class Scheme(StrEnum):
    """What the reader's machine prefers."""

    LIGHT = "light"
    DARK = "dark"


class Paint(NamedTuple):
    """Text on a ground."""

    ink: Colour
    ground: Colour


_BLANK = {
    Scheme.LIGHT: Paint(Colour(0, 0, 0), Colour(255, 255, 255)),
    Scheme.DARK: Paint(Colour(255, 255, 255), Colour(18, 18, 18)),
}
"""What a page without colours has."""
_LINK = {Scheme.LIGHT: Colour(0, 0, 238), Scheme.DARK: Colour(158, 158, 255)}
_SIMPLE = re.compile(r"([.#]?)([\w-]+|\*)")
_STATIC = re.compile(r":(?:root|link)\b")


def in_force(rules: Sequence[Rule], scheme: Scheme) -> list[Rule]:
    """The rules that say something at rest: those of no condition, then those of the scheme."""
    return [rule for rule in rules if not rule.condition or _speaks_of(rule.condition, scheme)]


def matches(element: Element, selector: str) -> bool:
    """Whether a selector of types, classes, ids and descendants means an element."""
    plain = _STATIC.sub("", selector)
    if ":" in plain or "[" in plain or not selector:
        return False
    *outer, last = plain.replace(">", " ").split() or ["*"]
    if selector.startswith(":root") and not outer:
        return element.name == "html"
    if not _is(element, last):
        return False
    above = element.ancestors()
    return all(any(_is(one, part) for one in above) for part in reversed(outer))


def paint(element: Element, rules: Sequence[Rule], scheme: Scheme) -> Paint:
    """What an element's text is written with, and on."""
    chain = [element, *element.ancestors()]
    given = [_given(one, rules) for one in chain]
    blank = _BLANK[scheme]
    ink = next((found for found in map(_ink, given, chain, [scheme] * len(chain)) if found), None)
    ground = next((found for found in map(_ground, given, chain) if found), None)
    return Paint(ink or blank.ink, ground or blank.ground)


def _speaks_of(condition: str, scheme: Scheme) -> bool:
    dense = condition.replace(" ", "").lower()
    return f"prefers-color-scheme:{scheme}" in dense and "width" not in dense


def _is(element: Element, compound: str) -> bool:
    for sign, name in _SIMPLE.findall(compound):
        if sign == "." and name not in element.classes:
            return False
        if sign == "#" and name != element.get("id"):
            return False
        if not sign and name not in {"*", element.name}:
            return False
    return True


def _given(element: Element, rules: Sequence[Rule]) -> dict[str, str]:
    """What rules and its own style give an element; !important beats the style attribute."""
    sheet = [
        one
        for rule in rules
        if any(matches(element, selector) for selector in rule.selectors)
        for one in rule.declarations
    ]
    return dict(_ordered(sheet, tuple(element.style.values())))


def _ordered(sheet: Sequence[Declaration], own: Sequence[Declaration]) -> Iterator[tuple[str, str]]:
    for important in (False, True):
        for one in (*sheet, *own):
            if one.important is important:
                yield one.name, one.value


def _ink(given: dict[str, str], element: Element, scheme: Scheme) -> Colour | None:
    found = colour(given.get("color", "")) or colour(element.get("color"))
    return found or (_LINK[scheme] if element.name == "a" and element.get("href") else None)


def _ground(given: dict[str, str], element: Element) -> Colour | None:
    shorthand, single = given.get("background", ""), given.get("background-color", "")
    return colour(single) or colour(shorthand) or colour(element.get("bgcolor"))
