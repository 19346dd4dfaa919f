"""Ten and a hundred million subscribers, on paper: a discrete-event simulation of a fleet.

`python -m benchmarks simulate [--subscribers N]… [--accept MS] [--worker N] [--database N]`. Costs
are those that `benchmarks fleet` measures; what providers allow is written below, with its source.
Events are shards of 400 mails, as the fleet has them:

    a shard begins when a worker is free, the provider has an IP address with room for it (its
    connections, its mails a second, its mails a day), and the database has room for its commits.

It answers how long an edition takes, what holds it up, and how busy workers and database are, for
a number of workers and IP addresses; `plan` finds the fewest with which an edition is out in time.
"""

import argparse
import heapq
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

SHARD = 400
"""Mails of one job (`digest.app.fleet.SENT_TOGETHER`)."""
OCTETS = 62_000
"""Of a digest of ten papers."""
IN_TIME = 3 * 3600.0
"""Seconds in which an edition ought to be out, when all are due at once."""


@dataclass(frozen=True)
class Provider:
    """A share of the readers, and what its operator lets one IP address do."""

    name: str
    share: float
    connections: int
    """At once, from one address."""
    accept: float
    """Seconds from the final dot to the answer, and of the commands before it."""
    a_day: float
    """Mails from one warmed address in a day without deferral."""
    source: str

    @property
    def per_second(self) -> float:
        """What an address can hand over, all its connections busy."""
        return self.connections / self.accept


PROVIDERS = (
    Provider(
        "google", 0.45, 20, 0.25, 2_000_000, "concurrency 20 is common practice; 4.7.28 beyond"
    ),
    Provider("outlook", 0.18, 20, 0.30, 1_000_000, "≤ 500 connections in all, says the operator"),
    Provider("yahoo", 0.07, 20, 0.30, 1_000_000, "20 connections an address, then TSS04"),
    Provider("icloud", 0.05, 10, 0.40, 500_000, "practice"),
    Provider("gmx", 0.03, 10, 0.30, 250_000, "practice"),
    Provider("others", 0.22, 200, 0.30, 5_000_000, "spread over very many small hosts"),
)
"""Assumptions: few operators publish what they allow, and it depends on reputation. Take the
shares from your own list, and the rest from your relays' logs."""


@dataclass(frozen=True)
class Fleet:
    """What there is, and what it can do (measured: docs/scale.md)."""

    subscribers: int
    workers: int
    """Processes, one for each core."""
    addresses: dict[str, int]
    """IP addresses by provider's pool."""
    worker: float = 4_000.0
    """Mails a second that one worker composes, claims, hands over and records."""
    database: float = 9_000.0
    """Deliveries a second that one core of the database claims and records."""
    database_cores: int = 16
    lag: float = 0.010
    """Seconds that the queue takes for a job."""


@dataclass
class Pool:
    """One provider's IP addresses: how many shards may be under way, and how fast they go."""

    provider: Provider
    addresses: int
    waiting: int = 0
    busy: int = 0

    @property
    def slots(self) -> int:
        """A shard takes ten connections, so a worker's sessions are shared by two."""
        return max(1, self.addresses * self.provider.connections // 10)

    @property
    def seconds(self) -> float:
        """How long the provider takes for a shard over ten connections."""
        return SHARD * self.provider.accept / min(10, self.provider.connections)

    @property
    def capped(self) -> float:
        """Seconds that the day's allowance takes to be used up, per mail over all addresses."""
        return 86_400 / (self.provider.a_day * self.addresses)


@dataclass
class Result:
    """How an edition went."""

    seconds: float = 0.0
    finished: dict[str, float] = field(default_factory=dict)
    worker_seconds: float = 0.0
    over_allowance: Counter[str] = field(default_factory=Counter)
    """Mails beyond what the addresses may send in a day: they go tomorrow."""


def simulate(fleet: Fleet, every: int = 1) -> Result:
    """Runs one edition; `every` shards are taken as one event, for a large fleet."""
    pools = {p.name: Pool(p, fleet.addresses[p.name]) for p in PROVIDERS}
    result = Result()
    for pool in pools.values():
        mails = fleet.subscribers * pool.provider.share
        allowed = min(mails, pool.provider.a_day * pool.addresses)
        result.over_allowance[pool.provider.name] = int(mails - allowed)
        pool.waiting = math.ceil(allowed / SHARD / every)
    # A worker overlaps several shards: it is the wire that waits, not the worker. What it spends
    # on each is CPU; what a shard takes beyond that is the provider's time.
    own = every * (SHARD / fleet.worker + fleet.lag)
    record = every * SHARD / (fleet.database * fleet.database_cores)
    ends: list[tuple[float, str]] = []
    now = worker_free = database_free = 0.0
    while ends or any(pool.waiting for pool in pools.values()):
        for pool in fair(pools):
            # All workers are one server of their summed speed; so are the database's cores.
            worker_free = max(worker_free, now) + own / fleet.workers
            database_free = max(database_free, now) + record
            end = max(worker_free, database_free, now + max(pool.seconds * every, own))
            result.worker_seconds += own
            pool.waiting -= 1
            pool.busy += 1
            heapq.heappush(ends, (end, pool.provider.name))
        now, name = heapq.heappop(ends)
        pools[name].busy -= 1
        result.finished[name] = now
    result.seconds = now
    return result


def fair(pools: dict[str, Pool]) -> Iterator[Pool]:
    """Providers with work and room, each in turn."""
    for pool in pools.values():
        while pool.waiting and pool.busy < pool.slots:
            yield pool


def plan(subscribers: int, base: Fleet) -> Fleet:
    """The fewest workers and addresses with which an edition is out in time and allowance."""
    addresses = {}
    for provider in PROVIDERS:
        mails = subscribers * provider.share
        addresses[provider.name] = max(
            1,
            math.ceil(mails / provider.a_day),
            math.ceil(mails / (provider.per_second * IN_TIME)),
        )
    workers = max(1, math.ceil(subscribers * (1 / base.worker + base.lag / SHARD) / IN_TIME))
    cores = max(1, math.ceil(subscribers / base.database / IN_TIME))
    return replace(
        base, subscribers=subscribers, workers=workers, addresses=addresses, database_cores=cores
    )


def tell(fleet: Fleet, result: Result) -> None:
    """One table."""
    addresses = sum(fleet.addresses.values())
    print(
        f"simulate {fleet.subscribers:,} subscribers: {fleet.workers} workers, "
        f"{fleet.database_cores} database cores, {addresses} IP addresses: "
        f"{result.seconds / 3600:.2f} h, {fleet.subscribers / result.seconds:,.0f} mails/s, "
        f"{fleet.subscribers / result.seconds * OCTETS * 8 / 1e9:.2f} Gbit/s"
    )
    busy = result.worker_seconds / fleet.workers / result.seconds
    database = fleet.subscribers / fleet.database / fleet.database_cores / result.seconds
    sessions = sum(fleet.subscribers * p.share * p.accept for p in PROVIDERS) / result.seconds
    print(
        f"simulate   workers busy {busy:.0%}, the database {database:.0%}, "
        f"{sessions:,.0f} sessions with providers at once"
    )
    for provider in PROVIDERS:
        tomorrow = result.over_allowance[provider.name]
        print(
            f"simulate   {provider.name:8} {fleet.addresses[provider.name]:4} addresses "
            f"{result.finished.get(provider.name, 0) / 3600:6.2f} h"
            + (f", {tomorrow:,} beyond the day's allowance" if tomorrow else "")
        )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, action="append")
    parser.add_argument("--worker", type=float, default=Fleet.worker, help="mails/s of a worker")
    parser.add_argument("--database", type=float, default=Fleet.database, help="mails/s of a core")
    parser.add_argument("--addresses", type=float, default=1.0, help="times as many as planned")
    options = parser.parse_args(arguments)
    base = Fleet(0, 1, {}, worker=options.worker, database=options.database)
    for subscribers in options.subscribers or [1_000_000, 10_000_000, 100_000_000]:
        fleet = plan(subscribers, base)
        few = {n: max(1, round(k * options.addresses)) for n, k in fleet.addresses.items()}
        fleet = replace(fleet, addresses=few)
        tell(fleet, simulate(fleet, every=max(1, subscribers // 20_000_000)))


if __name__ == "__main__":
    main()
