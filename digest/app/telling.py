"""What an installation tells of itself: why somebody got no mail, and figures for a monitor."""

from datetime import date, timedelta

from digest import __version__
from digest.app.installation import App
from digest.mail.domain import is_loopback
from digest.mail.mailbox import normalise
from digest.model import Run
from digest.model.absence import Absence, Facts, explain
from digest.model.due import current_day, next_due, window
from digest.observe.metrics import Figures


def absence(app: App, address: str, day: date | None) -> Absence:
    """Why an address got no mail: of a day's edition, else of the one they should have by now."""
    key, now = normalise(address), app.clock.now()
    reader, fresh = app.subscribers.get(key), app.settings.selection.fresh
    newest = app.newest_day()
    edition = day or (current_day(reader, now, fresh) if reader else newest)
    fold_after = app.settings.delivery.fold_after / 100
    run = Run(edition, fresh=fresh, latest=edition == newest, fold_after=fold_after)
    found = app.watch.delivery(key, edition)
    life = app.joining.life(key)
    theirs = window(reader, edition, fresh) if reader else None
    at, following = next_due(reader, now, fresh) if reader else (None, None)
    last = app.watch.last_edition(key)
    return explain(
        Facts(
            address=key,
            now=now,
            run=run,
            reader=reader,
            state_since=life.since,
            pause_until=life.pause_until,
            delivery=found[0] if found else None,
            due=app.ledger.again_at(*found) if found else None,
            opens=theirs.opens if theirs else None,
            closes=theirs.closes if theirs else None,
            next_at=at,
            next_day=following,
            last_edition=last,
            ready=app.select.ready(run, now),
            collections=tuple(app.papers.collections(edition)),
            forgotten=edition <= app.memory.forgotten,
            late=reader is not None and run.late(reader, now) and app.select.folds(reader, run),
        )
    )


def figures(app: App) -> Figures:
    """What a monitor wants to know; nothing about any one reader."""
    now, newest = app.clock.now(), app.newest_day()
    oldest, waiting = app.watch.waiting()
    relays = [relay.name for relay in app.settings.smtp.relays if not is_loopback(relay.host)]
    proved = app.watch.proved(app.identity.domain)
    resting = [s.provider for s in app.pace_store.standings(now) if s.until > now]
    return Figures(
        version=__version__,
        edition=newest,
        subscribers=app.subscribers.count(),
        edition_deliveries=app.ledger.count(newest),
        deliveries=app.watch.count(),
        selected=app.watch.selected(newest),
        collections=tuple(app.papers.collections(newest)),
        waiting=waiting,
        oldest=now - oldest if oldest else timedelta(),
        resting=tuple(resting),
        last_run=app.watch.last_run(),
        unproved=sum(relay not in proved for relay in relays),
    )
