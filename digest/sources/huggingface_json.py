"""Lists of entries: the API's arrays, and the data that Hugging Face embeds in its pages."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digest.model import Paper
from digest.sources import fields
from digest.sources.huggingface_entry import Unreadable, read_entry


@dataclass(frozen=True, slots=True)
class Listing:
    """What could be read of a list, each paper once, its day, and what could not be read."""

    papers: tuple[Paper, ...]
    day: date | None
    notes: tuple[str, ...] = ()


def parse(body: str | bytes) -> object:
    """The value of a JSON text. Raises Unreadable, also for one that is nested without end."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"JSON, found what is none: {error}") from error


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
    papers: dict[str, Paper] = {}
    faults: list[Unreadable] = []
    for number, entry in enumerate(entries, 1):
        try:
            paper = read_entry(entry, observed)
        except Unreadable as fault:
            faults.append(Unreadable(fault.expected, f"entry {number} of {len(entries)}"))
        else:
            papers.setdefault(paper.id, paper)
    tolerate(faults, len(entries))
    _expect_of_most("an abstract at `paper.summary`", [bool(p.abstract) for p in papers.values()])
    _expect_of_most("names at `paper.authors`", [bool(p.authors) for p in papers.values()])
    _expect_of_most(
        "an instant at `paper.publishedAt`", [bool(p.published) for p in papers.values()]
    )
    return tuple(papers.values()), tuple(f"left out {fault}" for fault in faults)


def tolerate(faults: Sequence[Unreadable], total: int) -> None:
    """Lets a tenth of a list (one, of less than twenty) be unreadable, but never all of it.

    More than that and the format has changed, so what is still readable must not pass for the
    whole: raises Unreadable.
    """
    if faults and (len(faults) == total or len(faults) > max(1, total // 10)):
        share = f"({len(faults)} of {total} cannot be read)"
        raise Unreadable(f"{faults[0].expected} {share}", faults[0].where)


def common_day(papers: Iterable[Paper]) -> date | None:
    """The day that more than half of the papers say they were listed on."""
    days = Counter(paper.day for paper in papers)
    day, times = days.most_common(1)[0] if days else (None, 0)
    return day if times * 2 > days.total() else None


def _expect_of_most(what: str, present: Sequence[bool]) -> None:
    """What every entry has had so far may lack here and there, not in most of a list."""
    if present.count(False) * 2 > len(present):
        raise Unreadable(f"{what}, which {present.count(False)} of {len(present)} entries lack")


def _day_of_page(props: Mapping[str, Any]) -> date | None:
    if props.get("isTrending") or props.get("periodType", "day") not in {"day", "daily", "date"}:
        return None
    return fields.day(props.get("dateString")) or fields.day(props.get("date"))


def _described(value: object) -> str:
    if isinstance(value, dict):
        told = fields.text(value.get("error"))
        return f"the error {told!r:.200}" if told else f"an object with {list(value)!r:.120}"
    return f"{value!r:.60}"
