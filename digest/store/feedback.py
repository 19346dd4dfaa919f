"""What readers say of papers."""

import json
from collections.abc import Mapping, Sequence

from digest.model.feedback import Feedback, Opinion
from digest.store.database import Database, Queries, Value, from_instant, to_instant


class FeedbackStore:
    """`ports.Opinions` over a database."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._sql = Queries("feedback", database.dialect)

    def say(self, address: str, opinion: Opinion) -> None:
        """Keeps an opinion; said again, it is younger."""
        params = {**_key(address, opinion.work, opinion.kind), "at": to_instant(opinion.at)}
        self._db.execute(self._sql["say"], params)

    def unsay(self, address: str, work: str, kind: Feedback) -> bool:
        """Takes an opinion back; False when there was none."""
        return self._db.execute(self._sql["unsay"], _key(address, work, kind)) > 0

    def of(self, addresses: Sequence[str]) -> Mapping[str, list[Opinion]]:
        """What readers said, newest first; who said nothing is left out."""
        found: dict[str, list[Opinion]] = {}
        params = {"addresses": json.dumps(list(addresses))}
        for address, work, kind, at in self._db.all(self._sql["of"], params):
            opinion = Opinion(work, Feedback(kind), from_instant(at))
            found.setdefault(address, []).append(opinion)
        return found


def _key(address: str, work: str, kind: Feedback) -> dict[str, Value]:
    return {"address": address, "work": work, "kind": kind.value}
