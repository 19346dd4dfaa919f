"""RSS mirrors of Hugging Face's page, as others make them: authors, votes, abstract as HTML."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lxml import etree

from digest.model import Paper
from digest.model.calendar import is_weekend
from digest.sources import fields
from digest.sources.huggingface_entry import page_of, paper_id, pdf_of
from digest.sources.huggingface_json import Listing
from digest.sources.markup import soup
from digest.sources.reading import (
    Unreadable,
    children,
    expect_of_most,
    local,
    parse_xml,
    read_each,
    words,
)

_LABELLED = re.compile(r"^(Authors|Upvotes|Summary|Abstract):\s*(.*)$", re.DOTALL)


def is_feed(text: str) -> bool:
    """Whether a text begins as RSS does."""
    return "<rss" in text[:600]


def read_feed(text: str, observed: datetime) -> Listing:
    """The papers of a mirror, under the working day that was over when it was made."""
    root = parse_xml(text)
    channel = next(iter(children(root, "channel")), None) if local(root) == "rss" else None
    if channel is None or "huggingface.co/papers" not in words(channel, "link"):
        raise Unreadable("a mirror of huggingface.co/papers, found another feed")
    made = fields.mail_date(words(channel, "lastBuildDate"))
    read = read_each(children(channel, "item"), lambda item: _paper(item, made or observed), "item")
    papers, notes = read
    expect_of_most("an abstract", [bool(p.abstract) for p in papers])
    expect_of_most("authors", [bool(p.authors) for p in papers])
    if not papers:
        raise Unreadable("a mirror with items, found none")
    return Listing(papers, _day(made) if made else None, notes)


def _day(made: datetime) -> date:
    """A mirror made in the night shows the day before; on weekends and Mondays, Friday's."""
    day = (made.astimezone(ZoneInfo("UTC")) - timedelta(hours=3)).date()
    while is_weekend(day):
        day -= timedelta(days=1)
    return day


def _paper(item: etree._Element, made: datetime) -> Paper:
    link = fields.text(words(item, "link")) or fields.text(words(item, "guid"))
    key = paper_id(link.rstrip("/").rpartition("/")[2])
    title = fields.text(words(item, "title"))
    shown = soup(words(item, "description"))
    lines = (fields.text(p.get_text()) for p in shown.find_all("p"))
    told = {match[1]: match[2] for line in lines if (match := _LABELLED.match(line))}
    votes = fields.abbreviated(told.get("Upvotes", ""))
    if not key or not title or votes is None:
        raise Unreadable("an arXiv id, a title and `Upvotes:`, found less")
    image = shown.select_one("img[src]")
    return Paper(
        id=key,
        title=title,
        abstract=told.get("Summary") or told.get("Abstract", ""),
        authors=tuple(filter(None, (n.strip() for n in told.get("Authors", "").split(",")))),
        url=page_of(key),
        pdf=pdf_of(key),
        thumbnail=fields.web_address(image["src"]) if image else "",
        upvotes=votes,
        observed=made,
        sources=("huggingface",),
    )
