"""One paper → its card. Nothing here depends on who reads, but for the choice's reasons."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from digest.model import Card, Link, Paper, Reason
from digest.render import evidence, wording
from digest.render.hostile import link, plain
from digest.render.mathematics import readable
from digest.render.summary import summarise

_AUTHORS = 3
_NAME_LONGEST, _LABEL_LONGEST, _TITLE_LONGEST = 60, 24, 240
_FORGES = frozenset({"github.com", "gitlab.com", "huggingface.co", "codeberg.org"})
"""Hosts of repositories: OWNER/NAME."""
_PAGES = (".github.io", ".gitlab.io")
"""Hosts where an owner has a page for each project."""
_ARXIV = re.compile(r"arxiv:([\w.-]+(?:/\d{7})?)")


@lru_cache(maxsize=4096)  # readers of one topic see the same card
def card(paper: Paper, reasons: tuple[Reason, ...]) -> Card:
    """What a reader sees of a paper that was chosen for these reasons."""
    title = _short(paper.title, _TITLE_LONGEST) or paper.id
    page = link(paper.url) or _arxiv(paper, "abs")
    return Card(
        title=title,
        url=page,
        authors=authors(paper.authors),
        organization=_short(paper.organization, _NAME_LONGEST),
        summary=summarise(paper),
        why_you=evidence.why_you(reasons, paper),
        why_now=evidence.why_now(reasons, paper),
        links=links(paper, page),
        direction=direction(title),
    )


def authors(names: tuple[str, ...]) -> str:
    """The first three names, and how many more."""
    known = [name for name in (_short(name, _NAME_LONGEST) for name in names) if name]
    rest = len(known) - _AUTHORS
    return ", ".join(known[:_AUTHORS]) + (f" + {rest} more" if rest > 0 else "")


def links(paper: Paper, page: str) -> tuple[Link, ...]:
    """PDF, code and project, unless they are the paper's page again.

    Each has words of its own, for screen readers list links without their surroundings.
    """
    found = (
        _labelled("PDF", link(paper.pdf) or _arxiv(paper, "pdf"), _number(paper)),
        _labelled("Code", link(paper.code), ""),
        _labelled("Project", link(paper.project), ""),
    )
    seen: dict[str, Link] = {}
    for one in found:
        if one is not None and one.url != page:
            seen.setdefault(one.url, one)
    return tuple(seen.values())


def direction(text: str) -> str:
    """`rtl` when the first strong character is (Unicode UAX 9, rule P2); else `ltr`."""
    for character in text:
        strong = unicodedata.bidirectional(character)
        if strong in {"L", "R", "AL"}:
            return "ltr" if strong == "L" else "rtl"
    return "ltr"


def _short(text: str, limit: int) -> str:
    """Text of a stranger, readable and no longer than fits."""
    return wording.shortened(readable(plain(text)), limit)


def _labelled(kind: str, url: str, words: str) -> Link | None:
    if not url:
        return None
    parts = urlsplit(url)
    segments = [piece for piece in parts.path.split("/") if piece and "%" not in piece]
    hosted = (parts.hostname or "").removeprefix("www.")
    depth = 1 if hosted in _FORGES else 0 if hosted.endswith(_PAGES) else None
    told = segments[min(depth, len(segments) - 1)] if segments and depth is not None else hosted
    name = words or told
    return Link(kind, f"{kind} {wording.shortened(name, _LABEL_LONGEST)}", url)


def _number(paper: Paper) -> str:
    found = _ARXIV.fullmatch(paper.id)
    return found[1] if found else ""


def _arxiv(paper: Paper, kind: str) -> str:
    number = _number(paper)
    return f"https://arxiv.org/{kind}/{number}" if number else ""
