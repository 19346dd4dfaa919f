"""Collecting: every way in which a day can come, and what is said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import Changed, Misuse, Unreachable
from digest.model import (
    Advanced,
    Collection,
    Event,
    Finished,
    Judged,
    Page,
    Paper,
    Precedent,
    Request,
    Response,
    Run,
    Saved,
    Stage,
    Started,
    Verdict,
)
from digest.stages.collect import MOST_PAGES, REFRESH, Collect

FRIDAY, SATURDAY = date(2026, 6, 12), date(2026, 6, 13)
THURSDAY = date(2026, 6, 11)
LATER = datetime(2026, 6, 15, 6, tzinfo=UTC)
DURING = datetime(2026, 6, 12, 9, tzinfo=UTC)


class MemoryPapers:
    """Just enough of `ports.Papers`."""

    def __init__(self) -> None:
        self.rows: dict[tuple[date, str], dict[str, Paper]] = {}
        self.fetches: list[Collection] = []

    def add(
        self, collection: Collection, papers: Iterable[Paper], *, backfill: bool = False
    ) -> Collection:
        row = self.rows.setdefault((collection.day, collection.source), {})
        told = {paper.id: paper for paper in papers}
        new, updated = len(told.keys() - row.keys()), len(told.keys() & row.keys())
        row.update(told)
        stored = replace(collection, papers=len(told), new=new, updated=updated)
        self.fetches.append(stored)
        return stored

    def precedent(self, source: str, day: date) -> Precedent:
        return Precedent()

    def collections(self, day: date, until: datetime | None = None) -> list[Collection]:
        newest = {fetch.source: fetch for fetch in self.fetches if fetch.day == day}
        return list(newest.values())


class Scripted:
    """Source and fetcher in one: pages and errors by path."""

    name = "scripted"

    def __init__(self, **answers: Page | Exception) -> None:
        self.answers, self.asked = answers, []

    def first(self, day: date) -> Request:
        return Request("api")

    def fallbacks(self, day: date) -> tuple[Request, ...]:
        return tuple(Request(way) for way in ("page", "old") if way in self.answers)

    def recognises(self, body: bytes) -> bool:
        return True

    def fetch(self, request: Request) -> Response:
        self.asked.append(request.url)
        return Response(request.url, b"", LATER)

    def read(self, response: Response) -> Page:
        answer = self.answers[response.url]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Desk:
    """A stage with everything it needs, and what came of it."""

    def __init__(self, tmp_path: Path, **answers: Page | Exception) -> None:
        self.source, self.papers = Scripted(**answers), MemoryPapers()
        self.events: list[Event] = []
        self.reports = tmp_path / "reports"
        self.stage = Collect(
            [self.source], self.source, self.papers, self.reports, self.events.append
        )

    def collect(self, day: date = FRIDAY, now: datetime = LATER) -> Collection:
        (collection,) = self.stage.perform(Run(day), [self.source], now)
        return collection

    def stored(self, day: date = FRIDAY) -> list[str]:
        return sorted(self.papers.rows.get((day, "scripted"), {}))


def page(*numbers: int, day: date | None = FRIDAY, following: str = "", own: bool = True) -> Page:
    papers = tuple(
        Paper(f"arxiv:2606.{n:05}", f"Paper {n}", day=day if own else None) for n in numbers
    )
    return Page(papers, day, Request(following) if following else None)


def ids(*numbers: int) -> list[str]:
    return [f"arxiv:2606.{n:05}" for n in numbers]


GONE = Unreachable("api: answered 503 Busy (asked 5 times)")
OTHER = Changed("api", "an array of entries, found an object", b'{"entries":[]}')


def test_a_past_day_with_papers_is_complete(tmp_path: Path):
    desk = Desk(tmp_path, api=page(1, 2))
    assert desk.collect() == Collection(
        "scripted", FRIDAY, Verdict.COMPLETE, papers=2, new=2, updated=0, at=LATER
    )
    assert desk.stored() == ids(1, 2)
    assert desk.source.asked == ["api"]
    assert (desk.collect().new, desk.collect().updated) == (0, 2)


def test_papers_carry_the_day_that_lists_them(tmp_path: Path):
    desk = Desk(tmp_path, api=page(1, day=None))
    desk.collect()
    assert [p.day for p in desk.papers.rows[FRIDAY, "scripted"].values()] == [FRIDAY]


def test_it_is_told_as_it_happens(tmp_path: Path):
    desk = Desk(tmp_path, api=page(1))
    collection = desk.collect()
    assert desk.events == [
        Started(Stage.COLLECT, 1),
        Advanced(Stage.COLLECT, 1, "complete"),
        Judged(collection),
        Finished(Stage.COLLECT),
    ]


def test_every_page_is_followed(tmp_path: Path):
    desk = Desk(
        tmp_path, api=page(1, following="two"), two=page(2, following="three"), three=page(3)
    )
    assert desk.collect().papers == 3
    assert desk.source.asked == ["api", "two", "three"]


def test_a_list_without_end_ends(tmp_path: Path):
    desk = Desk(tmp_path, api=page(1, following="api"))
    collection = desk.collect()
    assert len(desk.source.asked) == MOST_PAGES
    assert "the rest was not asked for" in collection.detail


@pytest.mark.parametrize("error", [GONE, OTHER])
def test_the_other_way_is_taken_when_the_first_one_fails(tmp_path: Path, error: Exception):
    desk = Desk(tmp_path, api=error, page=page(1, 2))
    collection = desk.collect()
    assert (collection.verdict, collection.papers) == (Verdict.COMPLETE, 2)
    assert str(error) in collection.detail


def test_what_the_first_way_told_stays_when_the_other_completes_it(tmp_path: Path):
    poor = Page((Paper(ids(1)[0], "Poorer"), Paper(ids(2)[0], "Two")), FRIDAY)
    desk = Desk(tmp_path, api=page(1, following="two"), two=GONE, page=poor)
    collection = desk.collect()
    assert (collection.verdict, collection.papers) == (Verdict.COMPLETE, 2)
    assert desk.papers.rows[FRIDAY, "scripted"][ids(1)[0]].title == "Paper 1"


@pytest.mark.parametrize("other", [GONE, page(7, day=THURSDAY), page(day=FRIDAY)])
def test_a_missing_page_is_partial(tmp_path: Path, other: Page | Exception):
    desk = Desk(tmp_path, api=page(1, following="two"), two=GONE, page=other)
    collection = desk.collect()
    assert (collection.verdict, desk.stored()) == (Verdict.PARTIAL, ids(1))
    assert "503" in collection.detail


def test_no_answer_is_failed(tmp_path: Path):
    for answers in ({"api": GONE}, {"api": GONE, "page": GONE}):
        collection = Desk(tmp_path, **answers).collect()
        assert (collection.verdict, collection.papers) == (Verdict.FAILED, 0)
        assert "503 Busy" in collection.detail


@pytest.mark.parametrize(
    "answers", [{"api": OTHER}, {"api": GONE, "page": OTHER}, {"api": OTHER, "page": GONE}]
)
def test_an_answer_that_nobody_understands_is_changed_and_kept(
    tmp_path: Path, answers: dict[str, Exception]
):
    desk = Desk(tmp_path, **answers)
    collection = desk.collect()
    assert (collection.verdict, collection.papers) == (Verdict.CHANGED, 0)
    assert "expected an array of entries, found an object" in collection.detail
    (kept,) = desk.reports.iterdir()
    assert kept.read_bytes() == OTHER.raw
    assert str(kept) in collection.detail
    desk.collect()
    assert list(desk.reports.iterdir()) == [kept]


def test_an_answer_that_cannot_be_kept_is_still_told(tmp_path: Path):
    desk = Desk(tmp_path, api=OTHER)
    desk.reports.write_text("a file where the directory should be")
    collection = desk.collect()
    assert collection.verdict is Verdict.CHANGED
    assert "could not be kept" in collection.detail


def test_a_day_that_is_not_over_is_filling(tmp_path: Path):
    assert Desk(tmp_path, api=page(1)).collect(now=DURING).verdict is Verdict.FILLING
    assert Desk(tmp_path, api=page()).collect(now=DURING).verdict is Verdict.FILLING


def test_weekends_are_empty(tmp_path: Path):
    desk = Desk(tmp_path, api=page(day=None), page=GONE)
    assert desk.collect(SATURDAY).verdict is Verdict.EMPTY
    assert desk.source.asked == ["api"]


def test_a_working_day_without_papers_is_never_taken_for_an_empty_one(tmp_path: Path):
    desk = Desk(tmp_path, api=page(day=None), page=page(day=FRIDAY))
    collection = desk.collect()
    assert desk.source.asked == ["api", "page"]
    assert (collection.verdict, collection.papers) == (Verdict.FAILED, 0)
    assert "working day" in collection.detail


def test_the_other_way_may_have_what_the_first_one_hides(tmp_path: Path):
    collection = Desk(tmp_path, api=page(day=None), page=page(1)).collect()
    assert (collection.verdict, collection.papers) == (Verdict.COMPLETE, 1)


@pytest.mark.parametrize("own", [True, False])
def test_an_older_day_again_is_stale_and_not_stored(tmp_path: Path, own: bool):
    desk = Desk(tmp_path, api=page(1, 2, day=THURSDAY, own=own))
    collection = desk.collect()
    assert (collection.verdict, desk.stored()) == (Verdict.STALE, [])
    assert "2026-06-11" in collection.detail


def test_papers_of_other_days_are_left_out_and_said(tmp_path: Path):
    mixed = Page(page(1, 2).papers + page(3, day=THURSDAY).papers, FRIDAY)
    desk = Desk(tmp_path, api=mixed)
    collection = desk.collect()
    assert (collection.verdict, desk.stored()) == (Verdict.COMPLETE, ids(1, 2))
    assert "1 papers of other days" in collection.detail


def test_what_was_left_out_of_a_page_is_said(tmp_path: Path):
    desk = Desk(tmp_path, api=replace(page(1), notes=("left out entry 2 of 2: no title",)))
    assert desk.collect().detail == "left out entry 2 of 2: no title"


def test_a_day_that_has_not_begun_is_a_misuse(tmp_path: Path):
    desk = Desk(tmp_path, api=page(1))
    with pytest.raises(Misuse, match="2026-06-13 has not begun: the newest day is 2026-06-12"):
        desk.collect(SATURDAY, DURING)
    assert desk.source.asked == []


@pytest.mark.parametrize(
    ("verdict", "age", "now", "pending"),
    [
        (None, 0, LATER, True),
        (Verdict.COMPLETE, 0, LATER, False),
        (Verdict.EMPTY, 0, LATER, False),
        (Verdict.FAILED, 0, LATER, True),
        (Verdict.CHANGED, 0, LATER, True),
        (Verdict.PARTIAL, 0, LATER, True),
        (Verdict.STALE, 0, LATER, True),
        (Verdict.FILLING, 0, LATER, True),
        (Verdict.FILLING, 0, DURING, False),
        (Verdict.FILLING, 1, DURING, True),
    ],
)
def test_pending_is_what_is_not_settled(
    tmp_path: Path, verdict: Verdict | None, age: int, now: datetime, pending: bool
):
    desk = Desk(tmp_path)
    if verdict:
        at = now - age * REFRESH
        desk.papers.add(Collection("scripted", FRIDAY, verdict, 0, 0, 0, at), ())
    assert list(desk.stage.pending(Run(FRIDAY), now)) == ([[desk.source]] if pending else [])
    assert list(desk.stage.pending(Run(THURSDAY), now)) == [[desk.source]]


def saved(name: str, asked: date | None = None, named: date | None = None, hour: int = 0) -> Saved:
    at = datetime(2026, 6, 14, tzinfo=UTC) + timedelta(hours=hour)
    return Saved("scripted", Response(name, b"", at), asked, named)


@pytest.mark.parametrize(
    ("asked", "own", "named", "day"),
    [
        (FRIDAY, None, None, FRIDAY),
        (FRIDAY, THURSDAY, SATURDAY, FRIDAY),
        (None, FRIDAY, THURSDAY, FRIDAY),
        (None, None, FRIDAY, FRIDAY),
    ],
)
def test_a_saved_answer_is_of_the_day_asked_else_its_own_else_its_names(
    tmp_path: Path, asked: date | None, own: date | None, named: date | None, day: date
):
    desk = Desk(tmp_path, file=page(1, 2, day=own))
    (collection,) = desk.stage.take_in([saved("file", asked, named)], LATER)
    assert (collection.day, collection.verdict, collection.papers) == (day, Verdict.COMPLETE, 2)
    assert (collection.detail != "") == (asked is not None and own not in {None, asked})
    assert collection.at == LATER


def test_a_saved_answer_of_no_day_is_a_misuse_and_nothing_is_stored(tmp_path: Path):
    desk = Desk(tmp_path, one=page(1), two=page(2, day=None))
    with pytest.raises(Misuse, match="two: neither content nor name tells a day"):
        desk.stage.take_in([saved("one"), saved("two")], LATER)
    assert desk.papers.fetches == []


def test_saved_answers_come_in_by_age(tmp_path: Path):
    desk = Desk(tmp_path, old=page(1), new=page(1, 2))
    told = desk.stage.take_in([saved("new", hour=5), saved("old")], LATER)
    assert [(c.papers, c.new, c.updated) for c in told] == [(1, 1, 0), (2, 1, 1)]
    assert desk.events[0] == Started(Stage.COLLECT, 2)


def test_a_saved_answer_that_nobody_understands_is_changed(tmp_path: Path):
    desk = Desk(tmp_path, file=OTHER)
    (collection,) = desk.stage.take_in([saved("file", named=FRIDAY)], LATER)
    assert (collection.day, collection.verdict) == (FRIDAY, Verdict.CHANGED)
    with pytest.raises(Misuse, match=r"file: neither content nor name tells a day.*cannot be read"):
        desk.stage.take_in([saved("file")], LATER)


def test_a_trending_page_is_taken_whole_for_the_day_in_its_name(tmp_path: Path):
    mixed: Sequence[Paper] = page(1).papers + page(2, day=THURSDAY).papers
    desk = Desk(tmp_path, trending=Page(tuple(mixed), None))
    (collection,) = desk.stage.take_in([saved("trending", named=FRIDAY)], LATER)
    assert (collection.day, collection.papers) == (FRIDAY, 2)


def test_ways_are_tried_in_order_until_one_brings_the_day(tmp_path: Path):
    desk = Desk(tmp_path, api=GONE, page=GONE, old=page(1, 2))
    assert desk.collect().verdict is Verdict.COMPLETE
    assert desk.source.asked == ["api", "page", "old"]
    desk = Desk(tmp_path, api=GONE, page=page(1), old=page(2))
    desk.collect()
    assert desk.source.asked == ["api", "page"]


def test_a_way_that_leads_to_another_day_mends_nothing(tmp_path: Path):
    desk = Desk(tmp_path, api=GONE, page=GONE, old=page(1, day=THURSDAY))
    assert desk.collect().verdict is Verdict.FAILED


class Yesterday(MemoryPapers):
    """A store that knows what the day before listed."""

    def precedent(self, source: str, day: date) -> Precedent:
        return Precedent(frozenset(ids(*range(1, 8))))


@pytest.mark.parametrize(
    ("other", "verdict", "said"),
    [
        (page(*range(11, 18)), Verdict.COMPLETE, "7 papers of the day before were shown first"),
        (GONE, Verdict.STALE, "those of the day before"),
        (page(*range(1, 8)), Verdict.STALE, "those of the day before"),
    ],
)
def test_a_list_that_is_the_day_befores_is_stale_unless_another_way_tells_better(
    tmp_path: Path, other: Page | Exception, verdict: Verdict, said: str
):
    desk = Desk(tmp_path, api=page(*range(1, 8)), page=other)
    desk.papers = Yesterday()
    desk.stage = Collect([desk.source], desk.source, desk.papers, desk.reports, desk.events.append)
    collection = desk.collect()
    assert collection.verdict is verdict
    assert said in collection.detail
    assert len(desk.stored()) == (7 if verdict is Verdict.COMPLETE else 0)


def test_a_period_is_taken_in_day_by_day_up_to_yesterday(tmp_path: Path):
    mixed = Page(page(1, 2).papers + page(3, day=THURSDAY).papers, None, Request("rest"))
    today = page(4, day=LATER.date())
    desk = Desk(tmp_path, api=mixed, rest=today)
    told = desk.stage.period(desk.source, Request("api"), LATER)
    assert [(c.day, c.verdict, c.papers) for c in told] == [
        (THURSDAY, Verdict.COMPLETE, 1),
        (FRIDAY, Verdict.COMPLETE, 2),
    ]
    broken = Desk(tmp_path, api=mixed, rest=GONE)
    with pytest.raises(Unreachable):
        broken.stage.period(broken.source, Request("api"), LATER)
    assert broken.papers.fetches == []
