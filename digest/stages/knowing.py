"""What is known of readers beside their wishes, from what the store remembers of them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from digest.model.feedback import Feedback, Opinion
from digest.ports import Opinions, Papers, Selections
from digest.rank.again import Sending, risen
from digest.rank.decisions import Named
from digest.rank.knowledge import NONE_YET, Known
from digest.rank.liked import weights
from digest.rank.parameters import DEFAULT
from digest.rank.ranking import Ranking
from digest.rank.revision import revised

SIGNS = {Feedback.MORE: 1.0, Feedback.SAVE: 1.0, Feedback.LESS: -1.0}
"""What a word of feedback says of a paper: who saves it wants more like it, too."""
When = tuple[date, datetime]
"""The edition a paper was in, and when it was chosen for that."""


class Knowing:
    """Asks what readers got, what they said of it, and what of it trends anew or was revised."""

    def __init__(self, papers: Papers, selections: Selections, opinions: Opinions) -> None:
        self._papers, self._selections, self._opinions = papers, selections, opinions

    def of(
        self, addresses: Sequence[str], ranking: Ranking, day: date, *, again: bool
    ) -> dict[str, Known]:
        """By address; `again`: with what may come again."""
        seen, said = self._selections.seen(addresses, day), self._opinions.of(addresses)
        anew = self._anew(addresses, ranking, day) if again else {}
        return {
            address: Known(
                seen[address],
                _weighed(said[address], day) if address in said else NONE_YET,
                anew.get(address, NONE_YET),
            )
            for address in addresses
        }

    def _anew(
        self, addresses: Sequence[str], ranking: Ranking, day: date
    ) -> dict[str, Mapping[str, Named]]:
        """By reader and paper, the label of what was sent and trends anew or was revised."""
        pool = {paper.id: paper for paper in ranking.day.papers}
        trending = {id_: trend.value for id_, trend in ranking.day.trends.items()}
        chosen = {
            address: {id_: when for id_, when in papers.items() if id_ in pool}
            for address, papers in self._selections.chosen(addresses, day).items()
        }
        then = self._as_chosen(chosen)
        revisions = self._papers.revisions(pool, day)
        return {
            address: risen(
                {id_: Sending(on, then.get((at, id_))) for id_, (on, at) in papers.items()},
                pool,
                trending,
                day,
            )
            | revised({id_: at for id_, (_, at) in papers.items()}, revisions)
            for address, papers in chosen.items()
        }

    def _as_chosen(
        self, chosen: Mapping[str, Mapping[str, When]]
    ) -> Mapping[tuple[datetime, str], int | None]:
        """The votes of papers that were known when they were chosen."""
        instants: dict[datetime, set[str]] = {}
        for papers in chosen.values():
            for id_, (_, at) in papers.items():
                instants.setdefault(at, set()).add(id_)
        found = {at: self._papers.get(sorted(ids), at) for at, ids in instants.items()}
        return {(at, id_): p.upvotes for at, held in found.items() for id_, p in held.items()}


def _weighed(said: Sequence[Opinion], day: date) -> Mapping[str, float]:
    """What opinions weigh in the edition of a day."""
    midnight = datetime.combine(day, time(), UTC)
    aged = ((o.work, SIGNS[o.kind], (midnight - o.at) / timedelta(days=1)) for o in said)
    return weights(aged, DEFAULT)
