"""Lists of entries: the API's arrays, and the data that Hugging Face embeds in its pages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digest.model import Paper
from digest.sources import fields
from digest.sources.huggingface_entry import read_entry
from digest.sources.reading import Unreadable, expect_of_most, read_each


@dataclass(frozen=True, slots=True)
class Listing:
    """What could be read of a list, each paper once, its day, and what could not be read."""

    papers: tuple[Paper, ...]
    day: date | None
    notes: tuple[str, ...] = ()
    lacks: str = ""
    """Why it is no list of a day, or not the whole of one."""


def read_array(value: object, observed: datetime) -> Listing:
    """The papers of an API answer, which is a bare array; an empty one has none, and no day."""
    if not isinstance(value, list):
        raise Unreadable(f"an array of entries, found {_described(value)}")
    papers, notes = read_entries(value, observed)
    return Listing(papers, common_day(papers), notes)


def read_props(value: object, observed: datetime) -> Listing:
    """The papers of a page's embedded data, with the day that the page is of, if it is of one."""
    if not isinstance(value, dict) or not isinstance(value.get("dailyPapers"), list):
        raise Unreadable(f"an array at `dailyPapers`, found {_described(value)}")
    papers, notes = read_entries(value["dailyPapers"], observed)
    return Listing(papers, _day_of_page(value), notes)


def read_entries(
    entries: Sequence[object], observed: datetime
) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """Papers and notes of a list of entries. Raises Unreadable when too much has changed."""
    papers, notes = read_each(entries, lambda entry: read_entry(entry, observed), "entry")
    expect_of_most("an abstract at `paper.summary`", [bool(p.abstract) for p in papers])
    expect_of_most("names at `paper.authors`", [bool(p.authors) for p in papers])
    expect_of_most("an instant at `paper.publishedAt`", [bool(p.published) for p in papers])
    return papers, notes


def common_day(papers: Iterable[Paper]) -> date | None:
    """The day that more than half of the papers say they were listed on."""
    days = Counter(paper.day for paper in papers)
    day, times = days.most_common(1)[0] if days else (None, 0)
    return day if times * 2 > days.total() else None


def _day_of_page(props: Mapping[str, Any]) -> date | None:
    if props.get("isTrending") or props.get("periodType", "day") not in {"day", "daily", "date"}:
        return None
    return fields.day(props.get("dateString")) or fields.day(props.get("date"))


def _described(value: object) -> str:
    if isinstance(value, dict):
        told = fields.text(value.get("error"))
        return f"the error {told!r:.200}" if told else f"an object with {list(value)!r:.120}"
    return f"{value!r:.60}"
