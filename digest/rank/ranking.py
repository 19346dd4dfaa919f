"""What readers get of a day's papers: relevance × trend, shared among their topics, best first."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from digest.model import Choice, Manner, Mood, Paper, Selection, Subscriber
from digest.rank.day import Day
from digest.rank.decisions import MOODS, NONE, Decisions, Named, strongest
from digest.rank.exact import says
from digest.rank.knowledge import NEW, NONE_YET, Known
from digest.rank.merge import Readers, merge
from digest.rank.naming import Naming
from digest.rank.near import near_misses
from digest.rank.notes import Note, noted
from digest.rank.parameters import DEFAULT, Parameters
from digest.rank.ragged import Ints
from digest.rank.reasons import Reasons
from digest.rank.relevance import Field
from digest.rank.score import STEPS, told_score
from digest.rank.shelves import TRENDING, Octets, Shelves, Wish
from digest.rank.surprise import Outside, surprise
from digest.rank.vectors import WordVectors

QUIET = 3
"""Papers of a quiet day."""
NOBODY: Ints = np.zeros(0, dtype=np.int64)


class Ranking:
    """Each distinct topic is scored once; readers are merged in batches."""

    def __init__(
        self,
        pool: Iterable[Paper],
        history: Iterable[Paper] = (),
        table: WordVectors | None = None,
        parameters: Parameters = DEFAULT,
        field: Field | None = None,
    ) -> None:
        """`field`: pool and history, worked out for another pool of the same papers."""
        self.day = Day(pool, history, table, parameters, field)
        self.reasons = Reasons(self.day)
        self.shelves = Shelves(self.day, fill=False)
        self._ids = [paper.id for paper in self.day.papers]
        self._muted: dict[str, Ints] = {}

    def select(self, reader: Subscriber, day: date, known: Known, manner: Manner) -> Selection:
        """The papers for one reader, chosen in a manner."""
        return self.select_all([reader], day, {reader.address: known}, manner)[0]

    def select_all(
        self,
        readers: Sequence[Subscriber],
        day: date,
        known: Mapping[str, Known],
        manner: Manner,
    ) -> list[Selection]:
        """The papers for many readers; nobody's depend on anybody else's wishes."""
        decisions = self.decide(readers, known, manner)
        return [self._selection(decisions, row, day) for row in range(len(readers))]

    def decide(
        self, readers: Sequence[Subscriber], known: Mapping[str, Known], manner: Manner
    ) -> Decisions:
        """The same as arrays, for as many readers as there are. Who is not in `known` is new."""
        what = [known.get(reader.address, NEW) for reader in readers]
        wishes = [
            self.wishes(reader, each.opinions) if self.day.papers else []
            for reader, each in zip(readers, what, strict=True)
        ]
        shelves = self._filled if manner.fill else self.shelves
        rows = shelves.numbers(wish for each in wishes for wish in each)
        blocked = [self._blocked(r, each) for r, each in zip(readers, what, strict=True)]
        asking = Readers(
            _starts(wishes),
            np.array([rows[wish] for each in wishes for wish in each], dtype=np.int64),
            _starts(blocked),
            np.concatenate([NOBODY, *blocked]),
            np.array([reader.papers for reader in readers], dtype=np.int64),
        )
        chosen = merge(shelves.shelf, asking, self.day.parameters.depth, QUIET)
        told = strongest(chosen, asking, shelves.told)
        moods, considered = self._moods(told.relevance, blocked, manner.quiet.mood)
        papers = self._with_quiet(chosen.papers, moods, asking.places, blocked)
        before, notes = papers.copy(), list[Note]()
        if manner.serendipity and self.day.papers:
            outside = Outside.of(self._surprising, shelves.told)
            notes += surprise(outside, papers, moods, asking, blocked, told, self._rising)
        naming = Naming(shelves.topics, self.reasons.most_like)
        asked = naming.asked(wishes, asking, papers, told)
        notes += self._labels(papers, [each.again for each in what])
        asked = noted(notes, naming.names, asked, told)
        trending = np.append(self._rising, 0).astype(np.uint8)[papers]
        return Decisions(
            [reader.address for reader in readers],
            self._ids,
            naming.names,
            moods,
            considered,
            papers,
            told.relevance,
            trending,
            asked,
            told.first,
            told.second,
            told.strength,
            near_misses(chosen.near, before, papers, moods),
        )

    def wishes(self, reader: Subscriber, opinions: Mapping[str, float] = NONE_YET) -> list[Wish]:
        """Topics, then a taste by liked papers; who has neither wants whatever trends.

        `opinions`: what was said of papers, above 0 for them, by how much it weighs.
        """
        wishes: list[Wish] = list(dict.fromkeys(reader.interests))
        weights = {**opinions, **dict.fromkeys(reader.liked, 1.0)}
        taste = sorted((id_, w) for id_, w in weights.items() if id_ in self._corpus_ids)
        if any(weight > 0 for _, weight in taste):
            wishes.append(tuple(taste))
        return wishes or [TRENDING]

    @cached_property
    def _filled(self) -> Shelves:
        """The same with what is not worth a place behind all that is."""
        return Shelves(self.day, fill=True)

    @cached_property
    def _corpus_ids(self) -> frozenset[str]:
        return frozenset(self.day.field.corpus.ids)

    def _blocked(self, reader: Subscriber, what: Known) -> Ints:
        """Numbers of the papers a reader must not get: muted, judged already, or sent before.

        A paper blocks its work, under whatever id that is listed.
        """
        if not (what.seen or what.opinions or reader.liked or reader.mute):
            return NOBODY
        number, work = self.day.number, self.day.work
        twice = (*(what.seen - what.again.keys()), *reader.liked, *what.opinions)
        known = (number[work[id_]] for id_ in twice if id_ in number)
        parts = [np.fromiter(known, np.int64), *map(self._saying, reader.mute)]
        return np.unique(np.concatenate(parts))

    def _saying(self, mute: str) -> Ints:
        if mute not in self._muted:
            papers = self.day.papers
            found = [row for row, paper in enumerate(papers) if says(mute, paper)]
            self._muted[mute] = np.array(found, dtype=np.int64)
        return self._muted[mute]

    def _moods(
        self, relevance: Octets, blocked: Sequence[Ints], quiet: Mood
    ) -> tuple[Octets, Ints]:
        """How each choice came about, and among how many papers it was made."""
        shown = self.day.shown
        considered = np.full(len(blocked), shown.sum(), dtype=np.int64)
        for row, numbers in enumerate(blocked):
            if len(numbers):
                considered[row] -= shown[numbers].sum()
        moods = np.where(relevance.any(axis=1), MOODS.index(Mood.ON_TOPIC), MOODS.index(quiet))
        moods[considered == 0] = MOODS.index(Mood.SKIP)
        return moods.astype(np.uint8), considered

    def _with_quiet(
        self, chosen: NDArray[np.int32], moods: Octets, places: Ints, blocked: Sequence[Ints]
    ) -> NDArray[np.int32]:
        """What was chosen where some of it is on topic; the day's top papers on a quiet day."""
        on_topic = moods == MOODS.index(Mood.ON_TOPIC)
        papers = np.where(on_topic[:, None], chosen, NONE).astype(np.int32)
        for row in np.flatnonzero(moods == MOODS.index(Mood.QUIET)):
            unwanted = blocked[int(row)]
            top = self._top[~np.isin(self._top, unwanted)] if len(unwanted) else self._top
            count = min(QUIET, len(top), int(places[row]))
            papers[row, :count] = top[:count]
        return papers

    def _labels(
        self, papers: NDArray[np.int32], again: Sequence[Mapping[str, Named]]
    ) -> list[Note]:
        """What says of papers that were sent before why they come again."""
        return [
            Note(row, int(column), labels[id_], round(self.day.trending[number] * STEPS))
            for row, labels in enumerate(again)
            if labels
            for column in np.flatnonzero(papers[row] >= 0)
            if (id_ := self._ids[number := int(papers[row, column])]) in labels
        ]

    @property
    def _rising(self) -> Octets:
        """The trend of each paper, in 255ths."""
        return np.round(self.day.trending * STEPS).astype(np.uint8)

    @property
    def _surprising(self) -> Ints:
        """Of those, as many as trend enough to surprise."""
        enough = self.day.trending[self._top] >= self.day.parameters.surprising
        return np.asarray(self._top[enough])

    @cached_property
    def _top(self) -> Ints:
        """Numbers of all papers, the most trending first."""
        order = np.argsort(-self.day.trending, kind="stable")
        return np.asarray(order[self.day.shown[order]])

    def _selection(self, decisions: Decisions, row: int, day: date) -> Selection:
        mood = MOODS[decisions.moods[row]]
        columns = np.flatnonzero(decisions.papers[row] >= 0)
        choices = tuple(self._choice(decisions, row, int(column)) for column in columns)
        considered = int(decisions.considered[row])
        near = tuple(self._ids[number] for number in decisions.near[row] if number != NONE)
        address = decisions.addresses[row]
        return Selection(address, day, choices, mood, considered, near=near)

    def _choice(self, decisions: Decisions, row: int, column: int) -> Choice:
        number, mood = int(decisions.papers[row, column]), MOODS[decisions.moods[row]]
        relevance, second, trending = (
            int(steps[row, column]) / STEPS
            for steps in (decisions.relevance, decisions.strength, decisions.trending)
        )
        places = (decisions.first[row, column], decisions.second[row, column])
        reasons = [
            self.reasons.named(decisions.names[name], value, number)
            for place, value in zip(places, (relevance, second), strict=True)
            if place and (name := decisions.asked[row, place - 1]) != NONE
        ]
        score = told_score(relevance, trending, mood, self.day.parameters.lift)
        votes = self.reasons.votes(number)
        return Choice(self._ids[number], score, relevance, trending, (*reasons, votes))


def _starts(rows: Sequence[Sized]) -> Ints:
    return np.cumsum([0, *map(len, rows)], dtype=np.int64)
