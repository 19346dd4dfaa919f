"""What readers of sources share: from bytes to text, JSON and XML, and how much may be amiss."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from json import detect_encoding
from typing import Any, TypeVar

from lxml import etree

from digest.model import Paper, Response

Item = TypeVar("Item")

LARGEST = 32 * 2**20
"""Characters of a text that is parsed."""

_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_DECLARED = re.compile(r"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",  # as browsers read it: https://encoding.spec.whatwg.org/#names-and-labels
    "windows-1252": "cp1252",
}


class Unreadable(Exception):
    """Something is not as it has always been."""

    def __init__(self, expected: str, where: str = "") -> None:
        """`expected` tells what was found instead, too; `where` is the place within the body."""
        super().__init__(f"{where}: expected {expected}" if where else f"expected {expected}")
        self.expected, self.where = expected, where


def decoded(response: Response) -> str:
    """The text of a body, strictly: a page with broken letters is not what was served."""
    charset = _charset(response)
    try:
        return response.body.decode(charset)
    except UnicodeError as error:
        raise Unreadable(f"text in {charset}, found what is none: {error}") from error


def _charset(response: Response) -> str:
    """By its byte order mark, its header, its own words; else UTF-8."""
    detected = str(detect_encoding(response.body))
    if detected != "utf-8":
        return detected
    start = response.body[:1024].decode("latin-1")
    told = _CHARSET.search(response.headers.get("content-type", ""))
    named = next(
        (m[1].lower() for m in (told, _DECLARED.search(start), _CHARSET.search(start)) if m), ""
    )
    if (named or "utf-8") not in _CHARSETS:
        raise Unreadable(f"text in UTF-8, found the charset {named!r}")
    return _CHARSETS[named or "utf-8"]


def parse(body: str | bytes) -> object:
    """The value of a JSON text. Raises Unreadable, also for one that is nested without end."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"JSON, found what is none: {error}") from error


def parse_xml(text: str) -> etree._Element:
    """The root of an XML text. Raises Unreadable; a document type or an entity is never read."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Unreadable("XML without a document type, found one")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, remove_comments=True
    )
    whole = _DECLARATION.sub("", text.lstrip("\ufeff"), count=1)
    try:
        root = etree.fromstring(whole, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"XML, found what is none: {error!s:.200}") from error
    if root is None:
        raise Unreadable("XML, found none")
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace; "" for what is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The children of a name, whatever their namespace."""
    return [child for child in element if local(child) == name]


def words(element: etree._Element, name: str) -> str:
    """All text within the first child of a name; "" when there is none."""
    return next(("".join(map(str, c.itertext())) for c in children(element, name)), "")


def read_each(
    items: Iterable[Item], read_one: Callable[[Item], Paper], noun: str
) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """The papers of a list's items, each once, and what was left out, a sentence each.

    `read_one` raises Unreadable for an item of another shape; too many of them raise it here.
    """
    papers: dict[str, Paper] = {}
    faults: list[Unreadable] = []
    listed = list(items)
    for number, item in enumerate(listed, 1):
        try:
            paper = read_one(item)
        except Unreadable as fault:
            faults.append(Unreadable(fault.expected, f"{noun} {number} of {len(listed)}"))
        else:
            papers.setdefault(paper.id, paper)
    tolerate(faults, len(listed))
    return tuple(papers.values()), tuple(f"left out {fault}" for fault in faults)


def tolerate(faults: Sequence[Unreadable], total: int) -> None:
    """Lets a tenth of a list (one, of less than twenty) be unreadable, but never all of it.

    More than that and the format has changed, so what is still readable must not pass for the
    whole: raises Unreadable.
    """
    if faults and (len(faults) == total or len(faults) > max(1, total // 10)):
        share = f"({len(faults)} of {total} cannot be read)"
        raise Unreadable(f"{faults[0].expected} {share}", faults[0].where)


def expect_of_most(what: str, present: Sequence[bool]) -> None:
    """What every item has had so far may lack here and there, not in most of a list."""
    if present.count(False) * 2 > len(present):
        raise Unreadable(f"{what}, which {present.count(False)} of {len(present)} entries lack")


def mapping(value: object, expected: str = "an object") -> dict[str, Any]:
    """A JSON object. Raises Unreadable for anything else."""
    if not isinstance(value, dict):
        raise Unreadable(f"{expected}, found {shown(value)}")
    return value


def shown(value: object) -> str:
    """A found value in an error, short."""
    return f"a {type(value).__name__}" if isinstance(value, dict | list) else f"{value!r:.60}"
