"""What Hugging Face knows of one paper: its page, and the API's answer about it.

The page is recorded; the fields of the API (`linkedModels`, …) are from its documentation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from digest.model import Paper
from digest.sources import fields
from digest.sources.huggingface_entry import read_entry
from digest.sources.huggingface_json import Listing
from digest.sources.reading import mapping, parse

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

ALONE = "a page about one paper, not the list of a day"

_LINKED = {
    "models": ("linkedModels", "models", "numTotalModels"),
    "datasets": ("linkedDatasets", "datasets", "numTotalDatasets"),
    "spaces": ("linkedSpaces", "spaces", "numTotalSpaces"),
}


def read_content(soup: "BeautifulSoup", observed: datetime) -> Listing | None:
    """The paper of its page; None for another page."""
    element = soup.select_one('[data-target="PaperContent"]')
    if element is None:
        return None
    props = mapping(parse(str(element.get("data-props", ""))))
    return _listing(props, mapping(props.get("paper"), "an object at `paper`"), observed)


def read_answer(value: object, observed: datetime) -> Listing | None:
    """The paper of the API's answer about it (`/api/papers/ID`); None for another answer."""
    if not isinstance(value, dict) or "upvotes" not in value or "title" not in value:
        return None
    return _listing(value, value, observed)


def _listing(props: Mapping[str, Any], paper: Mapping[str, Any], observed: datetime) -> Listing:
    comments = props.get("comments")
    told = {
        "paper": paper,
        "organization": props.get("organization") or props.get("submitterOrganization"),
        "numComments": len(comments) if isinstance(comments, list) else props.get("numComments"),
    }
    read = read_entry(told, observed)
    whole = _with_signals(read, {**paper, **props})
    return Listing((whole,), read.day, lacks=ALONE)


def _with_signals(paper: Paper, props: Mapping[str, Any]) -> Paper:
    found = {}
    for name, keys in _LINKED.items():
        counts = (_count(props.get(key)) for key in reversed(keys))
        number = next((n for n in counts if n is not None), None)
        if number is not None:
            found[name] = number
    rank = fields.count(props.get("dailyPaperRank"))
    if rank is not None:
        found["rank"] = rank
    return replace(paper, signals=tuple(sorted(found.items())))


def _count(value: object) -> int | None:
    return len(value) if isinstance(value, list) else fields.count(value)
