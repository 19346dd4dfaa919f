"""One paper → its card. Nothing here depends on who reads, but for the choice's reasons."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

from digest.model import Card, Link, Mention, Paper, Reason
from digest.render import evidence, wording
from digest.render.hostile import link, plain
from digest.render.languages import Language
from digest.render.mathematics import readable
from digest.render.summary import summarise

_AUTHORS = 3
_NAME_LONGEST, _LABEL_LONGEST, _TITLE_LONGEST = 60, 24, 240
_MENTION_LONGEST = 120
_FORGES = frozenset({"github.com", "gitlab.com", "huggingface.co", "codeberg.org"})
"""Hosts of repositories: OWNER/NAME."""
_BLAND = re.compile(
    r"spaces|datasets|models|collections|labs?|projects?|pages?|index|home|overview|abstract|about"
    r"|en|zh|.*\.(?:html?|php)",
    re.IGNORECASE,
)
"""Pieces of an address that tell nothing of what is there."""
_ARXIV = re.compile(r"arxiv:([\w.-]+(?:/\d{7})?)")


@lru_cache(maxsize=4096)  # readers of one topic see the same card
def card(paper: Paper, reasons: tuple[Reason, ...], words: Language) -> Card:
    """What a reader of a language sees of a paper that was chosen for these reasons."""
    title = _short(paper.title, _TITLE_LONGEST) or paper.id
    page = link(paper.url) or _arxiv(paper, "abs")
    return Card(
        title=title,
        url=page,
        authors=authors(paper.authors, words),
        organization=_short(paper.organization, _NAME_LONGEST),
        summary=summarise(paper),
        why_you=evidence.why_you(reasons, paper, words),
        why_now=evidence.why_now(reasons, paper, words),
        links=links(paper, page, words),
        direction=direction(title),
        rate=_rate(paper, words),
        thumbnail=picture(paper.thumbnail),
    )


def mention(paper: Paper) -> Mention:
    """A paper by its title alone, as it is named below the others."""
    title = _short(paper.title, _MENTION_LONGEST) or paper.id
    return Mention(title, link(paper.url) or _arxiv(paper, "abs"), direction(title))


def picture(url: str) -> str:
    """A picture's address; without its query, for that could tell readers apart."""
    return link(urlsplit(url)._replace(query="", fragment="").geturl()) if url else ""


def authors(names: tuple[str, ...], words: Language) -> str:
    """The first three names, and how many more."""
    known = [name for name in (_short(name, _NAME_LONGEST) for name in names) if name]
    rest = len(known) - _AUTHORS
    said = ", ".join(known[:_AUTHORS])
    if rest <= 0:
        return said
    return words.ngettext(
        "%(names)s + %(number)s more", "%(names)s + %(number)s more", rest, names=said
    )


def links(paper: Paper, page: str, words: Language) -> tuple[Link, ...]:
    """PDF, code and project, unless they are the paper's page again.

    Each has words of its own, for screen readers list links without their surroundings.
    """
    found = (
        _labelled(words.gettext("PDF"), link(paper.pdf) or _arxiv(paper, "pdf"), _number(paper)),
        _labelled(words.gettext("Code"), link(paper.code), ""),
        _labelled(words.gettext("Project"), link(paper.project), ""),
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


def _rate(paper: Paper, words: Language) -> Link:
    kind, name = words.gettext("Rate"), plain(paper.id)
    number = wording.shortened(name.partition(":")[2] or name, _LABEL_LONGEST)
    return Link(kind, f"{kind} {number}", quote(name, ":/"))


def _labelled(kind: str, url: str, words: str) -> Link | None:
    if not url:
        return None
    return Link(kind, f"{kind} {wording.shortened(words or _told(url), _LABEL_LONGEST)}", url)


def _told(url: str) -> str:
    """The word of an address that tells most: a repository, else a page's own name, else the host.

    An owner's pages share their host, so the host alone would not tell two of them apart.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    pieces = [piece for piece in f"{parts.path}/{parts.fragment}".split("/") if _tells(piece)]
    if not pieces:
        return host
    return pieces[min(1, len(pieces) - 1)] if host in _FORGES else pieces[-1]


def _tells(piece: str) -> bool:
    lettered = any(character.isalpha() for character in piece)
    return lettered and "%" not in piece and not _BLAND.fullmatch(piece)


def _number(paper: Paper) -> str:
    found = _ARXIV.fullmatch(paper.id)
    return found[1] if found else ""


def _arxiv(paper: Paper, kind: str) -> str:
    number = _number(paper)
    return f"https://arxiv.org/{kind}/{number}" if number else ""
