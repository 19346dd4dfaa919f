"""The cards that people see on Hugging Face's pages: what is left when no data is embedded.

Seen so far: since 2024 a card tells title and votes; since 2026 it holds itself twice (wide and
narrow) and tells summary, organization, day of publication, repository and its stars as well.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from digest.model import Paper
from digest.sources import fields
from digest.sources.huggingface_entry import page_of, paper_id, pdf_of
from digest.sources.reading import Unreadable, read_each

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

SUMMARY_AT_MOST = 450
"""Characters: a card shows the short summary or, where there is none, the whole abstract."""

_PAPER = re.compile(r"(?:https?://[^/]+)?/papers/([^?#]+)")
_DATE = re.compile(r"(?:Published on )?([A-Z][a-z]{2}) (\d{1,2}), (\d{4})")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_VOTES = ".leading-none, .text-orange-500"


def read_cards(
    soup: "BeautifulSoup", observed: datetime
) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """Papers and notes of a page's cards; none on a page without cards, or about one paper.

    Raises Unreadable when more than a few cards have no title, or no votes.
    """
    if soup.select_one('[data-target="PaperContent"]'):
        return (), ()
    articles = [article for article in soup.select("article") if _id(article)]
    return read_each(articles, lambda article: _card(article, observed), "card")


def _card(article: "Tag", observed: datetime) -> Paper:
    key = _id(article)
    title = next((fields.text(a.get_text()) for a in article.select("h3 a") if a.get_text()), "")
    votes = _votes(article)
    if not title:
        raise Unreadable("a title in `h3 a`, found none")
    if votes is None:
        raise Unreadable(f"a number of votes in `{_VOTES}`, found none")
    text = _text(article, "p.line-clamp-2")
    code, stars = _repository(article)
    return Paper(
        id=key,
        title=title,
        abstract=text if len(text) > SUMMARY_AT_MOST else "",
        summary=text if len(text) <= SUMMARY_AT_MOST else "",
        organization=_text(article, "a[href] > span.truncate"),
        url=page_of(key),
        pdf=pdf_of(key),
        code=code,
        stars=stars,
        thumbnail=_thumbnail(article),
        published=_published(article),
        upvotes=votes,
        observed=observed,
        sources=("huggingface",),
    )


def _id(article: "Tag") -> str:
    matches = (_PAPER.fullmatch(str(a["href"])) for a in article.select("a[href]"))
    return next((key for match in matches if match and (key := paper_id(match[1]))), "")


def _votes(article: "Tag") -> int | None:
    numbers = (fields.abbreviated(e.get_text()) for e in article.select(_VOTES))
    return next((number for number in numbers if number is not None), None)


def _text(article: "Tag", selector: str) -> str:
    element = article.select_one(selector)
    return fields.text(element.get_text()) if element else ""


def _repository(article: "Tag") -> tuple[str, int | None]:
    for link in article.select('a[href^="https://github.com/"]'):
        code = fields.repository(link["href"])
        if code:
            return code, next(_numbers(link), None)
    return "", None


def _numbers(element: "Tag") -> Iterator[int]:
    for words in element.stripped_strings:
        number = fields.abbreviated(words)
        if number is not None:
            yield number


def _thumbnail(article: "Tag") -> str:
    image = article.select_one('img[src*="/social-thumbnails/"]')
    return fields.web_address(image["src"]) if image else ""


def _published(article: "Tag") -> datetime | None:
    for words in article.stripped_strings:
        match = _DATE.fullmatch(fields.text(words))
        if match and match[1] in _MONTHS:
            month = _MONTHS.index(match[1]) + 1
            return fields.instant(f"{match[3]}-{month:02}-{int(match[2]):02}")
    return None
