"""What a fleet is to do, as jobs that carry keys: waves, shards, and whom they are about.

Everybody who has fallen due for an edition since the last plan is a *wave*. Its readers are chosen
for and their mails proved by ranges of places; whoever proves the last range sends the wave off, so
no mail goes out before all are proved. What is written and what is enqueued is one transaction.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from digest.app.gate import require_proof
from digest.app.installation import App
from digest.engine.queue import Key, Queue
from digest.errors import NotProved
from digest.mail.operators import OPERATORS, of_domain
from digest.model import Cause, Notice, Run
from digest.store.fleet import FleetStore, Wave, ranges

CHOSEN_TOGETHER = 4_000
"""Readers a job chooses for, about: a ranking is shared by them."""
SENT_TOGETHER = 400
"""Readers a job sends to, on average: by chance hardly ever more than 500."""
OTHERS = "*"
"""The provider of whoever has none of the well-known ones."""


@dataclass
class Plans:
    """Made by whoever is asked to; one at a time in the whole fleet."""

    app: App
    store: FleetStore
    queue: Queue
    templates: str
    """What mails the workers must make (`templates_hash`)."""

    def plan(self, run: Run, *, collect: bool = True) -> None:
        """Enqueues what is to be done and is not enqueued. Raises Restored."""
        now = self.app.clock.now()
        self.app.memory.check()
        proved = self._proved(run)
        passes = [run, *([] if run.backfill else self.app.older(run, now))]
        with self.store.planning():
            self.store.adopt(self.templates)
            if collect:
                for day in (run.day, *self.app.missed_days(run)):
                    self._plan_collecting(replace(run, day=day), now)
            if not proved:
                return
            remembered = [each for each in passes if each.day > self.app.memory.forgotten]
            planned = [self._plan_wave(each, now) for each in remembered]
            # Whoever gets a newer edition does not get the older one that they wait for: it is
            # given up when the newer one is chosen.
            if not any(planned) and not self.store.busy(["select"]):
                for day in {run.day, *([] if run.backfill else self.app.ledger.waiting_days())}:
                    self._plan_again(replace(run, day=day), now)

    def _proved(self, run: Run) -> bool:
        """Whether mail may go out; a first sending to many waits for the preflight."""
        try:
            require_proof(self.app, run, anyway=False)
        except NotProved as error:
            notice = Notice(Cause.NOT_PROVED, "", str(error))
            self.app.alerts.tell(run.day, error.exit_status, [notice])
            return False
        return True

    def _plan_collecting(self, run: Run, now: datetime) -> None:
        if not self.store.queued("collect", run.day):
            sources = [s.name for some in self.app.collect.pending(run, now) for s in some]
            key: dict[str, Key] = {"day": run.day.isoformat(), "backfill": run.backfill}
            keys = [{"source": name, **key} for name in sources]
            self._put("collect", keys, priority=50)

    def _plan_again(self, run: Run, now: datetime) -> None:
        if run.expiry is not None:
            self.app.ledger.expire(run.day, now - run.expiry, now)
        if run.day > self.app.memory.forgotten and not self.store.queued("again", run.day):
            waiting = self.store.waiting(run.day, now)
            counted = Counter(of_domain(a.rpartition("@")[2]) or OTHERS for a in waiting)
            self._put_shards("again", {"day": run.day.isoformat()}, self._grouped(counted))

    def _plan_wave(self, run: Run, now: datetime) -> bool:
        """Whether there is one."""
        if not self.app.select.ready(run, now):
            return False
        last = self.store.last_wave(run.day)
        since = last.until if last and last.backfill >= run.backfill else None
        fell = self._fell(run, now)
        fallen = self._fell(run, since) if since else []
        falling = sorted(set(fell) - set(fallen))
        counts = self.store.counts(run.day, (), falling, fallen, since)
        if not (total := sum(counts.values())):
            return False
        number = last.number + 1 if last else 1
        wave = Wave(run.day, number, now, run.backfill, run.latest, sending=False)
        shards = ranges(math.ceil(total / CHOSEN_TOGETHER))
        self.store.plan(wave, since, shards)
        self.app.memory.advance()
        keys = [{**self._key(wave), "low": low, "high": high} for low, high in shards]
        self._put("select", keys, priority=20)
        return True

    def _fell(self, run: Run, at: datetime) -> list[str]:
        """The times of day, zones and rhythms to which the edition is due at an instant."""
        return sorted(
            f"{r.timezone}|{r.send_at.strftime('%H:%M') if r.send_at else ''}|{r.rhythm}"
            for r in self.app.subscribers.schedules()
            if run.due(r, at)
        )

    def send_off(self, wave: Wave, run: Run) -> None:
        """Enqueues the mails of a wave; in the transaction that knows that all are proved."""
        domains = [domain for operator in self._groups.values() for domain in operator]
        counts = self.store.counts(wave.day, domains, self._fell(run, wave.until), (), None)
        counted: Counter[str] = Counter()
        for domain, count in counts.items():
            counted[self._group_of.get(domain, OTHERS)] += count
        self._put_shards("send", self._key(wave), counted)

    def _put_shards(self, kind: str, key: Mapping[str, Key], counts: Mapping[str, int]) -> None:
        for group, count in sorted(counts.items()):
            keys = [
                {**key, "group": group, "low": low, "high": high, "templates": self.templates}
                for low, high in ranges(math.ceil(count / SENT_TOGETHER))
            ]
            self._put(kind, keys, lock=self.lock(group))

    def _put(
        self,
        kind: str,
        keys: Sequence[Mapping[str, Key]],
        priority: int = 0,
        lock: str | None = None,
    ) -> None:
        with self.store.database.joined() as connection:
            self.queue.put(connection, kind, keys, priority, lock)

    def _key(self, wave: Wave) -> dict[str, Key]:
        return {"day": wave.day.isoformat(), "wave": wave.number, "templates": self.templates}

    # Providers

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[str]]:
        """Domains by provider: the well-known ones, and those that have limits of their own."""
        named = {name: operator.domains for name, operator in OPERATORS.items()}
        limited = set(self.app.settings.smtp.provider_limits) - named.keys() - {OTHERS}
        return {name: domains for name, domains in named.items() if domains} | {
            name: (name,) for name in sorted(limited)
        }

    @cached_property
    def _group_of(self) -> dict[str, str]:
        return {domain: name for name, some in self._groups.items() for domain in some}

    def _grouped(self, counts: Mapping[str, int]) -> Counter[str]:
        grouped: Counter[str] = Counter()
        for group, count in counts.items():
            grouped[group if group in self._groups else OTHERS] += count
        return grouped

    def lock(self, group: str) -> str | None:
        """What must be had to send to a provider: where something limits it, one worker sends.

        One process keeps limits exactly, and has time; so do all of them together, whoever dies.
        """
        smtp = self.app.settings.smtp
        if smtp.ramp or any(relay.rate.per_second for relay in smtp.relays):
            return "relay"
        limits = smtp.provider_limits
        resting = {s.provider for s in self.app.pace_store.standings(self.app.clock.now())}
        limited = group in limits or OTHERS in limits or group in resting
        return f"provider {group}" if limited else None

    def of(self, group: str, day: date, low: int, high: int) -> list[str]:
        """Readers of a provider in a range of places who have no row for an edition."""
        if group == OTHERS:
            return self.store.of_others(day, sorted(self._group_of), low, high)
        return self.store.of_domains(day, self._groups[group], low, high)

    def group(self, address: str) -> str:
        """The provider whose shards an address is in."""
        return self._group_of.get(address.rpartition("@")[2], OTHERS)
