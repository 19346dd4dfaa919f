"""What readers get of a day's papers: relevance × trend, shared among their topics, best first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain

import numpy as np

from digest.model import Choice, Mood, Paper, Selection, Subscriber, Topic
from digest.rank.day import Day
from digest.rank.exact import says
from digest.rank.merge import SCALE, Chosen, Readers, Shelf, merge
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.ragged import Floats, Ints
from digest.rank.reasons import Reasons
from digest.rank.score import told
from digest.rank.vectors import WordVectors

QUIET = 3
"""Papers of a quiet day."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """One paper's sum for one reader, and what became of it."""

    choice: Choice
    verdict: str
    """"chosen", or why it was not."""


class Ranking:
    """Each distinct topic is scored once; readers are merged in batches."""

    def __init__(
        self,
        pool: Iterable[Paper],
        history: Iterable[Paper] = (),
        table: WordVectors | None = None,
        parameters: Parameters = DEFAULT,
    ) -> None:
        self.day = Day(pool, history, table, parameters)
        self.reasons = Reasons(self.day)
        self._muted: dict[str, Ints] = {}

    def select(self, reader: Subscriber, day: date, seen: frozenset[str], quiet: Mood) -> Selection:
        """The papers for one reader; `quiet` says what to do when nothing is on topic."""
        return self.select_all([reader], day, {reader.address: seen}, quiet)[0]

    def select_all(
        self,
        readers: Sequence[Subscriber],
        day: date,
        seen: Mapping[str, frozenset[str]],
        quiet: Mood,
    ) -> list[Selection]:
        """The papers for many readers; nobody's depend on anybody else's wishes."""
        if not self.day.papers:
            return [Selection(reader.address, day, (), Mood.SKIP) for reader in readers]
        blocked = [self._blocked(r, seen.get(r.address, frozenset())) for r in readers]
        chosen = self._merged(readers, blocked)
        return [
            self._selection(reader, day, _row(chosen, i), blocked[i], quiet)
            for i, reader in enumerate(readers)
        ]

    def explain(self, reader: Subscriber, paper: Paper, seen: frozenset[str]) -> Weighing:
        """The sum behind one paper, chosen or not."""
        choice, floor = self.weigh(reader, paper), self.day.parameters.floor
        if verdict := self._excluded(reader, paper, seen):
            return Weighing(choice, verdict)
        if _asks(reader) and choice.relevance < floor:
            verdict = f"below the floor: needed {floor:.2f}, had {choice.relevance:.2f}"
            return Weighing(choice, verdict)
        selection = self.select(reader, date.min, seen, Mood.SKIP)
        if paper.id not in {choice.paper for choice in selection.choices}:
            return Weighing(choice, f"{reader.papers} papers had better claims to a place")
        return Weighing(choice, "chosen")

    def weigh(self, reader: Subscriber, paper: Paper) -> Choice:
        """The score of one paper for one reader, with its reasons."""
        return self._choice(reader, self.day.number[paper.id])

    def _merged(self, readers: Sequence[Subscriber], blocked: Sequence[Ints]) -> Chosen:
        wishes = [self._wishes(reader) for reader in readers]
        numbers = {topic: n for n, topic in enumerate(dict.fromkeys(chain.from_iterable(wishes)))}
        scores = self.day.scores([self._relevance(wish) for wish in numbers])
        places = np.array([reader.papers for reader in readers], dtype=np.int64)
        depth = max(self.day.parameters.depth, int(places.max(initial=0)))
        asked = [np.array([numbers[w] for w in wish], dtype=np.int64) for wish in wishes]
        return merge(
            Shelf.of(scores, depth),
            Readers(_starts(asked), _flat(asked), _starts(blocked), _flat(blocked), places),
        )

    def _wishes(self, reader: Subscriber) -> list["Wish"]:
        """Topics, then liked papers; who has neither wants whatever trends."""
        wishes: list[Wish] = list(dict.fromkeys(reader.interests))
        if any(id_ in self._corpus_ids for id_ in reader.liked):
            wishes.append(reader.liked)
        return wishes or [TRENDING]

    @cached_property
    def _corpus_ids(self) -> frozenset[str]:
        return frozenset(self.day.field.corpus.ids)

    def _relevance(self, wish: "Wish") -> Floats:
        if isinstance(wish, Topic):
            return self.day.relevance(wish)
        if wish == TRENDING:
            return np.ones(len(self.day.papers), dtype=np.float32)
        return self.day.liking(dict.fromkeys(wish, 1.0))

    def _blocked(self, reader: Subscriber, seen: frozenset[str]) -> Ints:
        """Numbers of the papers a reader must not get: muted, liked already, or sent before.

        A paper blocks its work, under whatever id that is listed.
        """
        number, work = self.day.number, self.day.work
        known = (number[work[id_]] for id_ in (*seen, *reader.liked) if id_ in number)
        parts = [np.fromiter(known, np.int64), *map(self._saying, reader.mute)]
        return np.unique(np.concatenate(parts))

    def _saying(self, mute: str) -> Ints:
        if mute not in self._muted:
            papers = self.day.papers
            found = [row for row, paper in enumerate(papers) if says(mute, paper)]
            self._muted[mute] = np.array(found, dtype=np.int64)
        return self._muted[mute]

    def _excluded(self, reader: Subscriber, paper: Paper, seen: frozenset[str]) -> str:
        work = self.day.work[paper.id]
        if paper.id in seen or any(self.day.work.get(id_) == work for id_ in seen):
            return "already sent in an earlier edition"
        if any(says(mute, paper) for mute in reader.mute):
            return "muted"
        if paper.id in reader.liked:
            return "liked already"
        return "" if work == paper.id else f"the same work as {work}"

    def _selection(
        self,
        reader: Subscriber,
        day: date,
        rows: Sequence[tuple[int, float]],
        blocked: Ints,
        quiet: Mood,
    ) -> Selection:
        considered = int(self.day.shown.sum() - self.day.shown[blocked].sum())
        if rows:
            choices = tuple(self._choice(reader, row) for row, _ in rows)
            return Selection(reader.address, day, choices, Mood.ON_TOPIC, considered)
        if not considered or quiet is not Mood.QUIET:
            mood = quiet if considered else Mood.SKIP
            return Selection(reader.address, day, (), mood, considered)
        return Selection(reader.address, day, self._quiet(blocked), quiet, considered)

    def _quiet(self, blocked: Ints) -> tuple[Choice, ...]:
        open_ = self.day.shown.copy()
        open_[blocked] = False
        rows = sorted(np.flatnonzero(open_), key=lambda row: -self.day.trending[row])
        return tuple(self._trending(int(row)) for row in rows[:QUIET])

    def _choice(self, reader: Subscriber, row: int) -> Choice:
        found = [(self._relevance(wish)[row], wish) for wish in self._wishes(reader)]
        relevance = told(max(value for value, _ in found))
        if found[0][1] == TRENDING:
            return replace(self._trending(row), relevance=1.0)
        reasons = (*self.reasons.of(found, row), self.reasons.votes(row))
        trending = told(self.day.trending[row])
        lift = self.day.parameters.lift
        score = relevance * (1 + lift * trending) / (1 + lift)
        return Choice(self.day.papers[row].id, score, relevance, trending, reasons)

    def _trending(self, row: int) -> Choice:
        trending = told(self.day.trending[row])
        reasons = (self.reasons.votes(row),)
        return Choice(self.day.papers[row].id, trending, 0.0, trending, reasons)


Wish = Topic | tuple[str, ...]
"""A topic, the ids of liked papers, or `TRENDING`."""
TRENDING: tuple[str, ...] = ()


def _asks(reader: Subscriber) -> bool:
    return bool(reader.interests or reader.liked)


def _row(chosen: Chosen, reader: int) -> list[tuple[int, float]]:
    pairs = zip(chosen.papers[reader].tolist(), chosen.scores[reader].tolist(), strict=True)
    return [(paper, score / SCALE) for paper, score in pairs if paper >= 0]


def _starts(rows: Sequence[Ints]) -> Ints:
    return np.cumsum([0, *map(len, rows)], dtype=np.int64)


def _flat(rows: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *rows])
