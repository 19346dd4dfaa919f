"""Hugging Face's pages of papers: the data embedded in them, else the cards that people see."""

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.sources import fields, markup
from digest.sources.huggingface_cards import read_cards
from digest.sources.huggingface_feed import is_feed, read_feed
from digest.sources.huggingface_json import Listing, read_props
from digest.sources.huggingface_paper import read_content
from digest.sources.reading import Unreadable, parse

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_DAY_PAGE = re.compile(r"/papers(?:/date/|\?date=)(\d{4}-\d\d-\d\d)$")


def read_page(text: str, observed: datetime) -> Listing:
    """The papers of a page of papers. Raises Unreadable for any other page.

    An embedded list that is empty is a day without papers only when no card contradicts it.
    """
    if is_feed(text):
        return read_feed(text, observed)
    soup = markup.soup(text)
    if alone := read_content(soup, observed):
        return alone
    try:
        listing = _embedded(soup, observed)
    except Unreadable as fault:
        visible = _visible(soup, observed, str(fault))
        if visible is None:
            raise
        return visible
    if listing.papers:
        return listing
    return _visible(soup, observed, "the embedded list is empty") or listing


def _visible(soup: "BeautifulSoup", observed: datetime, why: str) -> Listing | None:
    papers, notes = read_cards(soup, observed)
    if not papers:
        return None
    note = f"read from the visible cards, which tell less: {why}"
    return Listing(papers, _day(soup), (note, *notes))


def _embedded(soup: "BeautifulSoup", observed: datetime) -> Listing:
    """The listing of the first element that can be read; its attributes come in any order."""
    fault = None
    for element in soup.select('[data-target="DailyPapers"]'):
        try:
            return read_props(parse(str(element.get("data-props", ""))), observed)
        except Unreadable as error:
            fault = fault or error
    raise fault or Unreadable(
        'an element with data-target="DailyPapers" or cards of papers, '
        f"found a page with {_targets(soup)}"
    )


def _targets(soup: "BeautifulSoup") -> str:
    names = [str(element["data-target"]) for element in soup.select("[data-target]")]
    return ", ".join(dict.fromkeys(names))[:200] or "no embedded data at all"


def _day(soup: "BeautifulSoup") -> date | None:
    """The day that a page's own address or its date picker tells."""
    address = soup.select_one('meta[property="og:url"]')
    match = _DAY_PAGE.search(str(address.get("content", ""))) if address else None
    if match:
        return fields.day(match[1])
    shown = (time["datetime"] for time in soup.select(":not(article) > time[datetime]"))
    return next(filter(None, map(fields.day, shown)), None)
