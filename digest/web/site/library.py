"""What somebody brings along: BibTeX, Zotero's RDF and CSV, arXiv ids, Scholar's and ORCID's works.

One reader for all of them: the format is known by its content, and whatever cannot be read is left
out. What comes of it is few words: ids of papers that the reader likes, and topics to propose.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from lxml import etree

from digest.mail.characters import one_line

MOST_WORKS = 5_000
MOST_LIKED = 200
PROPOSED = 12
_ARXIV = re.compile(
    r"(?:arxiv[:.\s/]*|abs/|pdf/|10\.48550/arxiv\.)?"
    r"\b((?:0[7-9]|[1-9]\d)(?:0[1-9]|1[0-2])\.\d{4,5}|[a-z-]{2,8}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\b",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"@(\w{1,40})\s{0,20}[{(]\s{0,20}([^,\s@]{0,200})\s{0,20},", re.IGNORECASE)
_FIELD = re.compile(r"\b(\w+)\s*=\s*", re.IGNORECASE)
_COMMAND = re.compile(r"\\[a-zA-Z]+\s*|\\.|[{}$]")
_WORD = re.compile(r"[^\W\d_][\w-]+")
_STOP = frozenset(
    "a an and are as at by can do does for from how in into is it its not of on or our over than "
    "that the their this to towards toward under using via we what when where which while why with "
    "without".split()
)
_VAGUE = frozenset(
    "based approach method methods study analysis new novel learning model models deep network "
    "networks data large paper system systems framework survey review".split()
)
"""Words that say something only beside another."""


@dataclass(frozen=True, slots=True)
class Work:
    """One work of somebody's library."""

    title: str = ""
    id: str = ""
    """`arxiv:…` or `doi:…`; "" when it has neither."""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a library tells."""

    works: int = 0
    liked: tuple[str, ...] = ()
    """Ids, in the library's own order."""
    topics: tuple[str, ...] = field(default=())
    """To be proposed, the most frequent first."""


def learn(content: bytes) -> Learnt:
    """What a file or a pasted text tells. Never raises: junk tells nothing."""
    works = list(islice(_works(content.decode("utf-8-sig", "replace")), MOST_WORKS))
    liked = dict.fromkeys(work.id for work in works if work.id.startswith("arxiv:"))
    return Learnt(len(works), tuple(islice(liked, MOST_LIKED)), common(works))


def _works(text: str) -> Iterator[Work]:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<?xml", "<rdf")):
        return _rdf(text)
    if start.startswith(("{", "[")):
        return _json(text)
    if _ENTRY.search(text):
        return _bibtex(text)
    if "," in start.partition("\n")[0] and "title" in start.partition("\n")[0]:
        return _csv(text)
    return (Work(id=id_) for id_ in _ids(text))


def _ids(text: str) -> list[str]:
    return [f"arxiv:{found[1].lower()}" for found in _ARXIV.finditer(text)]


def _id(*texts: str) -> str:
    """The first id that some fields hold: arXiv's before a DOI, for it is what we collect by."""
    for text in texts:
        if ids := _ids(text):
            return ids[0]
    doi = next((m[0] for t in texts if (m := re.search(r"\b10\.\d{4,9}/[^\s\"<>{}]+", t))), "")
    return f"doi:{doi.lower().rstrip('.,;')}" if doi else ""


def _bibtex(text: str) -> Iterator[Work]:
    """Entries with balanced braces; strings and comments of BibTeX tell nothing."""
    starts = list(_ENTRY.finditer(text))
    ends = [found.start() for found in starts[1:]] + [len(text)]
    for found, end in zip(starts, ends, strict=True):
        if found[1].lower() in {"comment", "string", "preamble"}:
            continue
        fields = dict(_fields(text[found.end() : end]))
        where = (fields.get(name, "") for name in ("eprint", "url", "journal", "doi", "note"))
        yield Work(
            _plain(fields.get("title", "")), _id(*where), _keywords(fields.get("keywords", ""))
        )


def _fields(body: str) -> Iterator[tuple[str, str]]:
    place = 0
    while found := _FIELD.search(body, place):
        value, place = _value(body, found.end())
        yield found[1].lower(), value


def _value(body: str, start: int) -> tuple[str, int]:
    """A value in braces or quotes, or bare; and where it ends."""
    if body[start : start + 1] == "{":
        depth = 0
        for place in range(start, len(body)):
            depth += {"{": 1, "}": -1}.get(body[place], 0)
            if depth == 0:
                return body[start + 1 : place], place + 1
        return body[start + 1 :], len(body)
    if body[start : start + 1] == '"':
        end = body.find('"', start + 1)
        end = len(body) if end < 0 else end
        return body[start + 1 : end], end + 1
    bare = re.compile(r"[^,}\n]*").match(body, start)
    return (bare[0], bare.end()) if bare else ("", start + 1)


def _rdf(text: str) -> Iterator[Work]:
    """Zotero's RDF: anything with a title, and identifiers and subjects below it."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    root = etree.fromstring(text.encode(), parser)
    for item in [] if root is None else root:
        children = [(_name(c), " ".join(c.itertext())) for c in item if isinstance(c.tag, str)]
        title = next((value for name, value in children if name == "title"), "")
        if not title.strip():
            continue
        about = [str(value) for value in item.attrib.values()]
        told = [
            value for name, value in children if name in {"identifier", "description", "isPartOf"}
        ]
        subjects = tuple(one_line(value) for name, value in children if name == "subject")
        yield Work(one_line(title), _id(*about, *told), subjects)


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _csv(text: str) -> Iterator[Work]:
    """Zotero's and Scholar's CSV: columns by name."""
    try:
        for row in csv.DictReader(io.StringIO(text)):
            cells = {str(k).strip().lower(): v for k, v in row.items() if isinstance(v, str)}
            where = (cells.get(name, "") for name in ("url", "doi", "extra", "publication title"))
            tags = ";".join(cells.get(name, "") for name in ("manual tags", "automatic tags"))
            yield Work(one_line(cells.get("title", "")), _id(*where), _keywords(tags))
    except csv.Error:
        return


def _json(text: str) -> Iterator[Work]:
    """ORCID's works and CSL: whatever has a title, however deep it lies."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    waiting: list[Any] = [found]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            if title := _title(node):
                yield Work(title, _id(json.dumps(node)[:5_000]))
            else:
                waiting += [value for value in node.values() if isinstance(value, dict | list)]


def _title(node: dict[str, Any]) -> str:
    """ORCID nests it: `title.title.value`."""
    title: Any = node.get("title")
    for key in ("title", "value"):
        if isinstance(title, dict):
            title = title.get(key)
    return one_line(title) if isinstance(title, str) else ""


def _plain(text: str) -> str:
    return one_line(_COMMAND.sub("", text))


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(one_line(word) for word in re.split(r"[;,]", _plain(text)) if word.strip())


def common(works: Iterable[Work]) -> tuple[str, ...]:
    """What works have in common: keywords, and pairs of words that several titles share."""
    counted: Counter[str] = Counter()
    for work in works:
        told = {word.lower() for word in work.keywords if 3 < len(word) <= 60}
        words = [word.lower() for word in _WORD.findall(work.title)]
        pairs = {f"{a} {b}" for a, b in pairwise(words) if _telling(a, b)}
        counted.update(told | pairs)
    often = [(word, number) for word, number in counted.most_common(PROPOSED * 4) if number > 1]
    return tuple(word for word, _ in often[:PROPOSED])


def _telling(first: str, second: str) -> bool:
    short = min(len(first), len(second)) < 3
    return not short and not {first, second} & _STOP and not {first, second} <= _VAGUE
