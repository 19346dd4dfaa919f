"""What the workers of a fleet share besides the ledger: who is there, what is planned, shards.

Readers have a place, 28 bits of their address's MD5: the same one for ever and everywhere. A shard
is a range of places, of whole domains of one provider or of all others; so shards are stable
whoever comes or goes, and cost a look into an index.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from digest.store.database import Queries, Row, Value, from_instant, to_instant
from digest.store.postgres import PostgresDatabase
from digest.store.postgres_connections import RUN_LOCK
from digest.store.postgres_locks import Held
from digest.store.postgres_schema import LOCKS
from digest.store.states import CODES

PLACES = 2**28
WORKERS, PLANS = LOCKS + 1, LOCKS + 2
"""Advisory locks: of each worker that lives, and of whoever plans."""


@dataclass(frozen=True, slots=True)
class Wave:
    """Readers who fell due for an edition by an instant."""

    day: date
    number: int
    until: datetime
    backfill: bool
    latest: bool
    """Whether it was the newest edition then."""
    sending: bool
    """Whether all of it is proved, and its mails may go out."""


@dataclass(frozen=True, slots=True)
class Absent:
    """A worker that does not hold its lock."""

    worker: int
    name: str
    job: int
    """What it worked on; 0: nothing."""
    missed: int | None
    """For how many seconds; None: nobody had noticed."""


def ranges(shards: int) -> list[tuple[int, int]]:
    """All places in so many ranges, first and last of each."""
    edges = [PLACES * n // shards for n in range(shards + 1)]
    return [(low, high - 1) for low, high in pairwise(edges)]


class FleetStore:
    """Over PostgreSQL alone: the queue that a fleet works from lies there, too."""

    def __init__(
        self, database: PostgresDatabase, retry_after: int | None = None, *, resend: bool = False
    ) -> None:
        """`retry_after` and `resend` as the ledger has them."""
        self.database = database
        self._sql = Queries("fleet", database.dialect)
        self._common: dict[str, Value] = {
            **{state.value: code for state, code in CODES.items()},
            "retry_after": -1 if retry_after is None else retry_after,
            "resends": int(resend),
        }

    def _all(self, name: str, **params: Value) -> list[Row]:
        return self.database.all(self._sql[name], {**self._common, **params})

    def _execute(self, name: str, **params: Value) -> int:
        return self.database.execute(self._sql[name], params)

    # Workers

    @contextmanager
    def enlisted(self, name: str, templates: str, now: datetime) -> Iterator[tuple[int, Held]]:
        """A worker's number, and the lock that says that it lives.

        Raises Locked while somebody must be alone: a run of the local engine over the same store.
        """
        [(worker,)] = self._all("enlist", worker=name, templates=templates, now=to_instant(now))
        with self.database.hold(WORKERS, worker, f"digest worker {name}") as held:
            held.share(LOCKS, RUN_LOCK)
            yield worker, held
            self._execute("retire", worker=worker)

    def take_up(self, worker: int, job: int) -> None:
        """What a worker works on from now on; 0: nothing."""
        self._execute("take_up", worker=worker, job=job)

    def absent(self) -> list[Absent]:
        """Workers that have died, or are cut off."""
        return [
            Absent(worker, name, job, missed)
            for worker, name, job, missed in self._all("absent", lock=WORKERS)
        ]

    def miss(self, worker: int) -> bool:
        """Notes that a worker is missed from now on; False: somebody else has."""
        return self._execute("miss", worker=worker) > 0

    def retire(self, worker: int) -> None:
        """A worker is gone for good."""
        self._execute("retire", worker=worker)

    # Plans

    @contextmanager
    def planning(self) -> Iterator[None]:
        """One plan at a time: what is written within, jobs among it, is one transaction."""
        with self.database.transaction():
            self._all("hold_plan", lock=PLANS)
            yield

    def last_wave(self, day: date) -> Wave | None:
        """An edition's newest wave."""
        return next(self._waves("last_wave", day), None)

    def wave(self, day: date, number: int) -> Wave | None:
        """What a wave is about."""
        return next(self._waves("wave", day, wave=number), None)

    def _waves(self, name: str, day: date, **key: Value) -> Iterator[Wave]:
        rows = self._all(name, day=day.toordinal(), **key)
        for number, until, backfill, latest, sending in rows:
            flags = map(bool, (backfill, latest, sending))
            yield Wave(day, number, from_instant(until), *flags)

    def counts(
        self,
        day: date,
        domains: Sequence[str],
        falling: Sequence[str],
        fallen: Sequence[str],
        since: datetime | None,
    ) -> dict[str, int]:
        """How many readers without a row are due, by domain; "": of all other domains.

        `falling`: times (as `ZONE|TIME|RHYTHM`) that have come since the last wave; of those that
        had come before (`fallen`) only readers who have changed `since`.
        """
        return dict(
            self._all(
                "counts",
                day=day.toordinal(),
                domains=json.dumps(list(domains)),
                falling=json.dumps(list(falling)),
                fallen=json.dumps(list(fallen)),
                since=0 if since is None else to_instant(since),
            )
        )

    def plan(self, wave: Wave, since: datetime | None, shards: Sequence[tuple[int, int]]) -> None:
        """Writes down a wave, and the ranges of places that are proved by one job each."""
        key: dict[str, Value] = {"day": wave.day.toordinal(), "wave": wave.number}
        self._execute(
            "plan_wave",
            **key,
            since=0 if since is None else to_instant(since),
            until=to_instant(wave.until),
            backfill=int(wave.backfill),
            latest=int(wave.latest),
        )
        rows = ({**key, "low": low, "high": high} for low, high in shards)
        self.database.many(self._sql["plan_shard"], rows)

    def proved(self, wave: Wave, low: int) -> bool:
        """A shard is proved; True: it was the last one, and we are to send the wave off.

        Within a transaction, which enqueues what follows.
        """
        key: dict[str, Value] = {"day": wave.day.toordinal(), "wave": wave.number}
        [(sending,)] = self._all("hold_wave", **key)
        self._execute("proved", **key, low=low)
        if sending or self._all("unproved", **key)[0][0]:
            return False
        self._execute("send_off", **key)
        return True

    # Shards

    def anyone(self, day: date, low: int, high: int) -> list[str]:
        """Active readers of a range who have no row for an edition, by address."""
        rows = self._all("anyone", day=day.toordinal(), low=low, high=high)
        return [row[0] for row in rows]

    def of_domains(self, day: date, domains: Sequence[str], low: int, high: int) -> list[str]:
        """The same, of some domains."""
        return self._some("of_domains", day, domains, low, high)

    def of_others(self, day: date, domains: Sequence[str], low: int, high: int) -> list[str]:
        """The same, of all other domains."""
        return self._some("of_others", day, domains, low, high)

    def _some(self, name: str, day: date, domains: Sequence[str], low: int, high: int) -> list[str]:
        listed = json.dumps(list(domains))
        rows = self._all(name, day=day.toordinal(), domains=listed, low=low, high=high)
        return [row[0] for row in rows]

    def waiting(self, day: date, now: datetime, low: int = 0, high: int = PLACES) -> list[str]:
        """Readers of a range whose mail of an edition is due again, by address."""
        key: dict[str, Value] = {"day": day.toordinal(), "low": low, "high": high}
        return [row[0] for row in self._all("waiting", **key, now=to_instant(now))]

    # The queue

    def queued(self, task: str, day: date) -> int:
        """How many jobs of a kind for an edition are not done."""
        count: int = self._all("queued", task=task, iso=day.isoformat())[0][0]
        return count

    def adopt(self, templates: str) -> int:
        """Has jobs done for whose mails no worker is left; returns how many.

        What was proved by the old ones and looks another way now will be proved again.
        """
        return self._execute("adopt", templates=templates)

    def busy(self, tasks: Sequence[str]) -> int:
        """How many jobs of these kinds are not done."""
        count: int = self._all("busy", tasks=json.dumps(list(tasks)))[0][0]
        return count

    def forget(self, before: date) -> None:
        """Forgets the plans of old editions."""
        with self.database.transaction():
            self._execute("forget_waves", before=before.toordinal())
            self._execute("forget_shards", before=before.toordinal())
