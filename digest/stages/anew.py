"""What readers were sent before and may come again, from what the store remembers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from digest.model import Paper
from digest.ports import Papers, Selections
from digest.rank.again import Sending, risen
from digest.rank.decisions import Named
from digest.rank.ranking import Ranking


class Anew:
    """Asks with which votes papers of the pool were sent, and which of them trend anew."""

    def __init__(self, papers: Papers, selections: Selections) -> None:
        self._papers, self._selections = papers, selections

    def labels(
        self, ranking: Ranking, addresses: Sequence[str], day: date
    ) -> dict[str, Mapping[str, Named]]:
        """By reader and paper, the label of what may come again."""
        if not addresses:
            return {}
        pool = {paper.id: paper for paper in ranking.day.papers}
        trending = {id_: trend.value for id_, trend in ranking.day.trends.items()}
        chosen = {
            address: {id_: when for id_, when in papers.items() if id_ in pool}
            for address, papers in self._selections.chosen(addresses, day).items()
        }
        then = self._as_chosen(chosen)
        return {
            address: risen(
                {id_: Sending(on, then[at, id_].upvotes) for id_, (on, at) in papers.items()},
                pool,
                trending,
                day,
            )
            for address, papers in chosen.items()
        }

    def _as_chosen(
        self, chosen: Mapping[str, Mapping[str, tuple[date, datetime]]]
    ) -> Mapping[tuple[datetime, str], Paper]:
        """Papers with the votes that were known when they were chosen."""
        instants: dict[datetime, set[str]] = {}
        for papers in chosen.values():
            for id_, (_, at) in papers.items():
                instants.setdefault(at, set()).add(id_)
        found = {at: self._papers.get(sorted(ids), at) for at, ids in instants.items()}
        return {(at, id_): paper for at, held in found.items() for id_, paper in held.items()}
