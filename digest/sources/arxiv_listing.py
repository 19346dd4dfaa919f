"""arXiv's listing pages for people (`/list/cs.AI/new`): `dl#articles`, a `dt` and a `dd` each."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.model import Page, Paper
from digest.sources import fields, markup
from digest.sources.arxiv_feed import made, withdrawn
from digest.sources.reading import Unreadable, expect_of_most, read_each

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SHOWING = re.compile(r"Showing new listings for \w+, (\d{1,2} \w+ \d{4})")
_SECTIONS = {"New": "new", "Cross": "cross", "Replacement": "replace"}
_CODE = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)")


def is_listing(text: str) -> bool:
    """Whether a page is a listing of arXiv's."""
    return "articles" in text and re.search(r"<dl[^>]*\bid=['\"]articles['\"]", text) is not None


def read(text: str) -> Page:
    """The papers of a listing, with the day that its heading names."""
    soup = markup.soup(text)
    items: list[tuple[Tag, Tag, str]] = []
    for group in soup.select("dl#articles"):
        kind = "new"
        for element in group.find_all(["h3", "dt", "dd"]):
            if element.name == "h3":
                begins = element.get_text(strip=True).split(" ")[0]
                kind = next((k for word, k in _SECTIONS.items() if begins.startswith(word)), kind)
            elif element.name == "dt" and (dd := element.find_next_sibling("dd")):
                items.append((element, dd, kind))
    papers, notes = read_each(items, _paper, "entry")
    expect_of_most("authors in `.list-authors`", [bool(p.authors) for p in papers])
    day = _day(soup)
    if not papers and day is None:
        raise Unreadable("a listing with a day or entries, found neither")
    return Page(papers, day, notes=notes)


def _day(soup: "BeautifulSoup") -> date | None:
    for heading in soup.find_all(["h1", "h2", "h3"]):
        if match := _SHOWING.search(fields.text(heading.get_text(" "))):
            try:
                return datetime.strptime(match[1], "%d %B %Y").date()  # noqa: DTZ007 - a day
            except ValueError:
                return None
    return None


def _paper(item: "tuple[Tag, Tag, str]") -> Paper:
    dt, dd, kind = item
    link = dt.select_one('a[title="Abstract"], a[href*="/abs/"]')
    key = str(link["href"]).rpartition("/abs/")[2] if link else ""
    abstract = _text(dd, "p.mathjax")
    subjects = _text(dd, ".list-subjects")
    return made(
        key,
        title=_text(dd, ".list-title").removeprefix("Title:").strip(),
        abstract=abstract,
        authors=tuple(fields.text(a.get_text()) for a in dd.select(".list-authors a")),
        categories=tuple(_CODE.findall(subjects)),
        announced=kind,
        withdrawn=withdrawn(
            abstract, _text(dd, ".list-comments").removeprefix("Comments:").strip()
        ),
    )


def _text(within: "Tag", selector: str) -> str:
    element = within.select_one(selector)
    return fields.text(element.get_text(" ")) if element else ""
