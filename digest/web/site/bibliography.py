"""Papers as BibTeX and RIS, for reference managers."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from digest.mail.characters import one_line
from digest.model import Paper

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "%": r"\%",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def bibtex(papers: Sequence[Paper]) -> str:
    """Entries in UTF-8, as biber reads them; no two have the same key."""
    taken: set[str] = set()
    return "\n".join(_entry(paper, _unique(_key(paper), taken)) for paper in papers)


def _entry(paper: Paper, key: str) -> str:
    fields = {
        "title": f"{{{_tex(paper.title)}}}",
        "author": " and ".join(_tex(name) for name in paper.authors),
        "year": str(paper.published.year) if paper.published else "",
        "month": f"{paper.published:%b}".lower() if paper.published else "",
        "url": _url(paper.url),
        "abstract": _tex(paper.abstract),
    }
    if paper.id.startswith("arxiv:"):
        fields |= {"eprint": paper.id.removeprefix("arxiv:"), "archiveprefix": "arXiv"}
    if paper.id.startswith("doi:"):
        fields["doi"] = _tex(paper.id.removeprefix("doi:"))
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{key},", *lines, "}", ""])


def _tex(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in one_line(text))


def _url(url: str) -> str:
    """Nothing in a URL may end its braces."""
    return re.sub(r"[{}\\\s]", "", url)


def _key(paper: Paper) -> str:
    """As in `lovelace2026notes`."""
    author = paper.authors[0].split()[-1] if paper.authors and paper.authors[0].split() else ""
    year = str(paper.published.year) if paper.published else ""
    words = [_ascii(word) for word in paper.title.split()]
    first = next((word for word in words if len(word) > 3), "paper")
    return (_ascii(author) or "anonymous") + year + first


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def _unique(key: str, taken: set[str]) -> str:
    tried, number = key, 1
    while tried in taken:
        number += 1
        tried = f"{key}-{number}"
    taken.add(tried)
    return tried


def ris(papers: Sequence[Paper]) -> str:
    """Records of the RIS format; lines end in CRLF."""
    return "".join(map(_record, papers))


def _record(paper: Paper) -> str:
    lines: list[tuple[str, str]] = [("TY", "GEN"), ("TI", paper.title)]
    lines += [("AU", _inverted(name)) for name in paper.authors]
    if paper.published:
        lines += [("PY", str(paper.published.year)), ("DA", f"{paper.published:%Y/%m/%d}")]
    clean: Callable[[str], str] = one_line
    lines += [("AB", paper.abstract), ("UR", paper.url)]
    lines += [("KW", word) for word in paper.keywords]
    if paper.id.startswith("doi:"):
        lines.append(("DO", paper.id.removeprefix("doi:")))
    lines += [("ID", paper.id), ("ER", "")]
    kept = ((tag, clean(text)) for tag, text in lines)
    return "".join(f"{tag}  - {text}\r\n" for tag, text in kept if text or tag == "ER")


def _inverted(name: str) -> str:
    """`Lovelace, Ada`."""
    first, _, last = name.strip().rpartition(" ")
    return f"{last}, {first}" if first else last
