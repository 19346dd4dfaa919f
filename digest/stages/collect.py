"""Collect: what the sources listed on a day."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from digest.errors import Changed, Misuse, SourceError
from digest.model import (
    Advanced,
    Collection,
    Finished,
    Judged,
    Page,
    Paper,
    Request,
    Run,
    Saved,
    Stage,
    Started,
    Verdict,
    is_weekend,
)
from digest.ports import Fetcher, Observer, Papers, Source
from digest.stages.haul import Haul

MOST_PAGES = 20
"""Answers of one day that are followed; a list that goes on is not believed to end."""

REFRESH = timedelta(minutes=30)
"""A day that is filling up is not asked for again before."""


class Collect:
    """Brings in the papers of a day, and says honestly how that went."""

    stage = Stage.COLLECT

    def __init__(
        self,
        sources: Sequence[Source],
        fetcher: Fetcher,
        papers: Papers,
        reports: Path,
        observer: Observer,
        shelf: Callable[[date], Iterable[tuple[Source, Saved]]] = lambda _: (),
    ) -> None:
        """`reports` is the directory that keeps answers nobody understood.

        `shelf` gives the saved answers that may be of a day, which are taken in beside what is
        fetched.
        """
        self._sources, self._fetcher, self._papers = sources, fetcher, papers
        self._reports, self._observer, self._shelf = reports, observer, shelf

    def pending(self, run: Run, now: datetime) -> Iterator[list[Source]]:
        """Sources whose day is not settled; one that is still filling up, after half an hour."""
        fetches = self._papers.collections(run.day)
        done = {fetch.source for fetch in fetches if _is_done(fetch, now)}
        if waiting := [source for source in self._sources if source.name not in done]:
            yield waiting

    def perform(self, run: Run, batch: Sequence[Source], now: datetime) -> list[Collection]:
        """Asks each source for the day, and stores what it lists; failures are verdicts.

        Raises Misuse for a day that has not begun (in UTC, as sources count).
        """
        if run.day > now.date():
            raise Misuse(f"{run.day} has not begun: the newest day is {now.date()} (UTC)")
        self._observer(Started(self.stage, len(batch)))
        collections = [self._store(s, self._bring(s, run, now), now) for s in batch]
        collections += self._shelved(run.day, now)
        self._observer(Finished(self.stage))
        return collections

    def period(self, source: Source, request: Request, now: datetime) -> list[Collection]:
        """Takes in a list over several days, each day that is over as a collection of its own.

        Raises SourceError when it cannot be read to its end: half a month is no back-fill.
        """
        papers: list[Paper] = []
        following = request
        for _ in range(MOST_PAGES):
            page = source.read(self._fetcher.fetch(following))
            papers += page.papers
            if page.next is None:
                break
            following = page.next
        days = {paper.day for paper in papers if paper.day and paper.day < now.date()}
        hauls = [_haul(source, day) for day in sorted(days)]
        for haul in hauls:
            haul.believed = True
            haul.add(Page(tuple(paper for paper in papers if paper.day == haul.day), haul.day))
        return [self._store(source, haul, now) for haul in hauls]

    def _shelved(self, day: date, now: datetime) -> list[Collection]:
        """What lies on the shelf of a day; what cannot be read says nothing of it."""
        kept = []
        for source, file in self._shelf(day):
            try:
                haul = _read(source, file)
            except Misuse:
                continue  # of no day at all
            if haul.day == day and haul.papers:
                kept.append(self._store(source, haul, now))
        return kept

    def take_in(self, saved: Sequence[Saved], now: datetime) -> list[Collection]:
        """Stores saved answers, oldest first, each a collection of its own.

        A file is of the day that was asked for, else of the one it tells, else of the one it is
        named by. Raises Misuse when there is none of them, before anything is stored.
        """
        sources = {source.name: source for source in self._sources}
        hauls = [
            (sources[file.source], _read(sources[file.source], file))
            for file in sorted(saved, key=lambda file: file.response.at)
        ]
        self._observer(Started(self.stage, len(hauls)))
        collections = [self._store(source, haul, now) for source, haul in hauls]
        self._observer(Finished(self.stage))
        return collections

    def _bring(self, source: Source, run: Run, now: datetime) -> Haul:
        """The day by the first way; by others, too, when that fails or convinces not."""
        haul = _haul(source, run.day)
        haul.believed = run.backfill
        before = self._papers.precedent(source.name, run.day)
        self._walk(source, source.first(run.day), haul)
        for other in source.fallbacks(run.day):
            if haul.convinces(now.date(), before):
                break
            stale = haul.judge(now.date(), before)[0] is Verdict.STALE
            aside = haul.set_aside(before) if stale else {}
            self._mend(source, other, haul)
            haul.take_back(aside)
        return haul

    def _mend(self, source: Source, other: Request, haul: Haul) -> None:
        """Another way to the day; what it brings makes good what the first one lacks."""
        faults, known, strange = len(haul.errors), len(haul.papers), len(haul.others)
        haul.lacks = ""
        brought = self._walk(source, other, haul)
        silent = known == 0 and len(haul.others) == strange  # nothing listed, and no other day
        haul.mended = len(haul.errors) == faults and (brought > 0 or silent)
        if haul.mended and brought:
            haul.others.clear()  # what the first way showed instead no longer matters

    def _walk(self, source: Source, request: Request, haul: Haul) -> int:
        """Follows one way to its end, or to an error, which is noted; returns what it brought."""
        brought, following = 0, request
        for _ in range(MOST_PAGES):
            try:
                page = source.read(self._fetcher.fetch(following))
            except SourceError as error:
                haul.errors.append(error)
                return brought
            brought += haul.add(page)
            if page.next is None:
                return brought
            following = page.next
        haul.notes.append(f"more than {MOST_PAGES} pages: the rest was not asked for")
        return brought

    def _store(self, source: Source, haul: Haul, now: datetime) -> Collection:
        for error in haul.errors:
            if isinstance(error, Changed):
                haul.notes.append(self._report(source.name, haul.day, error.raw))
        precedent = self._papers.precedent(source.name, haul.day)
        verdict, detail = haul.judge(now.date(), precedent)
        fetched = Collection(source.name, haul.day, verdict, 0, 0, 0, now, detail)
        listed = () if verdict is Verdict.STALE else haul.papers.values()
        stored = self._papers.add(fetched, listed, backfill=haul.believed)
        self._observer(Advanced(self.stage, 1, verdict.value))
        self._observer(Judged(stored))
        return stored

    def _report(self, source: str, day: date, raw: bytes) -> str:
        """Keeps an answer that was not understood, once; says where."""
        path = self._reports / f"{source}-{day}-{sha256(raw).hexdigest()[:12]}.raw"
        try:
            self._reports.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        except OSError as error:
            return f"the answer could not be kept: {error}"
        return f"the answer is kept as {path}"


def _read(source: Source, file: Saved) -> Haul:
    try:
        page = source.read(file.response)
    except SourceError as error:
        day = file.asked or error.day or file.named
        if day is None:
            raise Misuse(f"{_undated(file)} (it cannot be read, either: {error})") from error
        return _haul(source, day, errors=[error])
    day = file.asked or page.day or file.named
    if day is None:
        raise Misuse(_undated(file))
    haul = _haul(source, day)
    haul.believed = True  # somebody chose this file
    if file.asked and page.day not in {None, file.asked}:
        haul.notes.append(f"it says it is of {page.day}")
    haul.add(page, whatever=day != page.day or file.asked is not None)
    return haul


def _undated(file: Saved) -> str:
    return f"{file.response.url}: neither content nor name tells a day; say it: --day"


def _haul(source: Source, day: date, errors: Sequence[SourceError] = ()) -> Haul:
    """Nothing yet of a day; a source without a calendar rests on weekends."""
    expects = getattr(source, "expects", lambda day: not is_weekend(day))
    rolling = getattr(source, "rolling", False)
    return Haul(day, expected=expects(day), rolling=rolling, errors=list(errors))


def _is_done(fetch: Collection, now: datetime) -> bool:
    if fetch.verdict is Verdict.FILLING:
        return fetch.day >= now.date() and now - fetch.at < REFRESH
    return fetch.verdict.final
