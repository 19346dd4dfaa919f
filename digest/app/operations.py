"""What the operator's pages tell of an installation."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, timedelta
from typing import Any

from digest.app.installation import App
from digest.errors import Unknown
from digest.mail.mailbox import normalise
from digest.mail.operators import of_domain
from digest.model import Delivery, DeliveryState, Subscriber, SubscriberState
from digest.model.due import next_due
from digest.model.life import FOREVER, Act
from digest.store.reports import ReportStore

FORTNIGHT = timedelta(days=14)
MONTH = timedelta(days=28)
TROUBLES, ROWS = 20, 60
MOST_PROVIDERS = 12
CAME = frozenset({Act.CONFIRM, Act.UNDO, Act.RELEASE})
WENT = frozenset({Act.LEAVE, Act.BOUNCE, Act.COMPLAIN})


class Reports:
    """Answers for the pages; reads and never writes."""

    def __init__(self, app: App) -> None:
        self._app, self._store = app, ReportStore(app.database)

    def overview(self) -> Mapping[str, Any]:
        """How it all goes."""
        day = self._day()
        first = day - FORTNIGHT
        editions = self._store.editions(first)
        return {
            "day": day,
            "subscribers": {s.value: n for s, n in self._app.subscribers.count().items()},
            "growth": list(self._growth()),
            "states": {s.value: n for s, n in self._app.states(day).items()},
            "deliveries": {f"{d:%d %b}": _named(states) for d, states in editions.items()},
            "providers": self._providers(day),
            "troubles": self._store.troubles(first, TROUBLES),
            "sources": self._health(),
            "running": self._running(),
        }

    def _day(self) -> date:
        """The edition that a run would send, or the newest that holds papers."""
        days = self._app.papers.days(self._app.newest_day(), 1)
        return days[0] if days else self._app.newest_day()

    def _growth(self) -> Iterator[tuple[date, int, int]]:
        today = self._app.clock.now().astimezone(UTC)
        acts = self._app.consents.since(today - MONTH)
        for back in range(MONTH.days, -1, -1):
            day = (today - timedelta(days=back)).date()
            number = (day - date(1970, 1, 1)).days
            came = sum(acts.get((number, act), 0) for act in CAME)
            yield day, came, sum(acts.get((number, act), 0) for act in WENT)

    def _providers(self, day: date) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for domain, state, number in self._store.domains(day):
            states = found.setdefault(of_domain(domain) or domain, {})
            states[state.value] = states.get(state.value, 0) + number
        largest = sorted(found.items(), key=lambda item: -sum(item[1].values()))
        return dict(largest[:MOST_PROVIDERS])

    def _health(self) -> dict[str, list[tuple[date, str]]]:
        today = self._app.clock.now().astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in range(MONTH.days - 1, -1, -1)]
        health = self._store.health(days[0])
        return {
            source: [(day, verdicts.get(day, "none")) for day in days]
            for source, verdicts in health.items()
        }

    def _running(self) -> str:
        try:
            return (self._app.settings.home / "run.lock").read_text("utf-8").strip()
        except OSError:
            return ""

    def reader(self, address: str) -> Mapping[str, Any] | None:
        """All about a subscriber. Raises BadAddress."""
        key = normalise(address)
        reader = self._app.subscribers.get(key)
        if reader is None:
            return None
        rows = self._store.of_reader(key, ROWS)
        return {
            "because": list(self._because(reader, rows)),
            "reader": {
                "topics": "; ".join(map(str, reader.topics)) or "whatever trends",
                "rhythm": reader.rhythm.value,
                "hour": f"{reader.send_at:%H:%M}" if reader.send_at else "as soon as it is there",
                "zone": reader.timezone,
                "papers": reader.papers,
                "language": reader.locale or self._app.settings.mail.locale,
            },
            "deliveries": rows,
            "dossier": self._app.joining.dossier(key),
        }

    def _because(self, reader: Subscriber, rows: list[Delivery]) -> Iterator[str]:
        """Why there is no mail, or why there is: in the order in which it is decided."""
        life = self._app.joining.life(reader.address)
        match reader.state:
            case SubscriberState.PENDING:
                yield "They have not confirmed yet: only the confirmation may be sent."
            case SubscriberState.PAUSED:
                until = life.pause_until
                yield f"They are having a pause, {_until(until)}."
            case SubscriberState.LEFT:
                yield f"They left on {life.since:%Y-%m-%d %H:%M} UTC."
            case SubscriberState.SUPPRESSED:
                yield f"They have been suppressed since {life.since:%Y-%m-%d %H:%M} UTC."
            case SubscriberState.ACTIVE:
                yield from self._next(reader)
        day = self._day()
        newest = next((row for row in rows if row.day == day), None)
        if newest is None:
            yield f"Edition {day}: no attempt has been made."
        else:
            words = f" ({newest.reply})" if newest.reply else ""
            yield f"Edition {day}: {newest.state.value}{words}."
        failed = [r for r in rows[:5] if r.state in {DeliveryState.REJECTED, DeliveryState.BOUNCED}]
        if failed:
            yield f"Of the newest {len(rows[:5])} editions {len(failed)} were refused or came back."

    def _next(self, reader: Subscriber) -> Iterator[str]:
        fresh = self._app.settings.selection.fresh
        at, day = next_due(reader, self._app.clock.now(), fresh)
        yield f"They are active; the next edition due to them is {day}, at {at:%Y-%m-%d %H:%M} UTC."

    def why(self, address: str, paper: str) -> Mapping[str, Any] | None:
        """The sum behind a paper for a reader. Raises Unknown, BadAddress."""
        reader = self._app.subscribers.get(normalise(address))
        found = self._app.papers.get([paper]).get(paper)
        if reader is None or found is None:
            raise Unknown(f"{paper} was never collected: write its id as arxiv:2406.01234")
        weighing = self._app.explain(reader, found, found.day or self._day())
        choice = weighing.choice
        reasons = "; ".join(f"{r.kind.value}: {r.label}" for r in choice.reasons)
        return {
            "title": found.title,
            "verdict": weighing.verdict,
            "numbers": {
                "score": f"{choice.score:.3f}",
                "relevance": f"{choice.relevance:.3f}",
                "trending": f"{choice.trending:.3f}",
                "reasons": reasons or "none",
            },
        }

    def metrics(self) -> dict[str, dict[str, float]]:
        """Figures for a monitor; no label tells a reader."""
        day = self._day()
        return {
            "subscribers/state": {
                s.value: float(n) for s, n in self._app.subscribers.count().items()
            },
            "deliveries/state": {s.value: float(n) for s, n in self._app.ledger.count(day).items()},
            "edition_timestamp_seconds": {
                "": float((day - date(1970, 1, 1)).days * 86_400),
            },
        }

    def export(self, reader: Subscriber, record: Mapping[str, Any]) -> dict[str, Any]:
        """All that is stored about a reader, for themselves."""
        opinions = self._app.joining.opinions(reader.address)
        rows = self._store.of_reader(reader.address, 10_000)
        return {
            "subscriber": {**record, "state": reader.state.value},
            "dossier": [
                {
                    "at": deed.at.isoformat(),
                    "act": deed.act.value,
                    "way": deed.consent.way.value,
                    "origin": deed.consent.origin,
                    "words": deed.consent.words,
                }
                for deed in self._app.joining.dossier(reader.address)
            ],
            "opinions": [
                {"paper": o.work, "kind": o.kind.value, "at": o.at.isoformat()} for o in opinions
            ],
            "editions": [
                {"day": row.day, "state": row.state.value, "papers": self._chosen(reader, row.day)}
                for row in rows
            ],
        }

    def _chosen(self, reader: Subscriber, day: date) -> list[str]:
        selection = self._app.selections.get(reader.address, day)
        return [choice.paper for choice in selection.choices] if selection else []


def _until(until: date | None) -> str:
    if until is None:
        return "set by the operator"
    return "until they say so" if until == FOREVER else f"until {until}"


def _named(states: Mapping[DeliveryState, int]) -> dict[str, int]:
    return {state.value: number for state, number in states.items()}
