"""`digest status`: the run as a table."""

from datetime import date, datetime, timedelta
from typing import Any

import click

from digest.app import App
from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.model import Collection, Standing
from digest.store.watch import Told

WEEK = timedelta(days=7)
"""For how long an alert is shown."""
RESTING = ("provider", "rests_until", "connections", "reply")
TOLD = ("alert", "subject", "told", "detail")
COLUMNS = ("source", "day", "verdict", "papers", "new", "updated", "detail")


@click.command()
@day
@as_json
@pass_session
def status(session: Session, day: date | None, as_json: bool) -> None:
    """How an edition stands: verdicts and why, choices, deliveries, and what is due when."""
    with session.app() as app:
        edition = day or app.newest_day()
        collections = list(map(collected, app.papers.collections(edition)))
        states = app.states(edition)
        resting = [_resting(standing) for standing in app.pace_store.standings(app.clock.now())]
        outline = _outline(app, edition)
        told = [_told(alert) for alert in app.watch.alerts(app.clock.now().date() - WEEK)]
    rows = [{"day": edition, "state": s.value, "deliveries": n} for s, n in states.items()]
    if as_json:
        for records in (collections, rows, resting, [outline], told):
            show(records, as_json)
        return
    click.secho(f"Edition {edition}", bold=True)
    if not collections:
        click.echo("nothing collected yet: digest collect")
    show(collections, False, COLUMNS)
    click.echo()
    show(rows, False, ("state", "deliveries"))
    click.echo("\n" + _sentence(outline))
    for heads, records in ((RESTING, resting), (TOLD, told)):
        if records:
            click.echo()
            show(records, False, heads)


def _outline(app: App, day: date) -> dict[str, object]:
    """What is still to come, and how the last run ended, as a record."""
    deferred = app.ledger.next_due(day)
    later, number = app.due_later(day)
    last = app.watch.last_run()
    return {
        "day": day,
        "selected": app.watch.selected(day),
        "due_later": number,
        "next_due": later,
        "next_attempt": deferred,
        "last_run": last.ended if last else None,
        "last_run_status": last.status if last else None,
    }


def _sentence(outline: dict[str, Any]) -> str:
    told = [f"{outline['selected']} readers have a choice"]
    if outline["due_later"]:
        told.append(
            f"{outline['due_later']} are due later, the first at {_at(outline['next_due'])}"
        )
    if outline["next_attempt"]:
        told.append(f"what is deferred is tried again from {_at(outline['next_attempt'])} on")
    if outline["last_run"]:
        status = outline["last_run_status"]
        told.append(f"the last run ended at {_at(outline['last_run'])} with status {status}")
    return "; ".join(told)


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _told(alert: Told) -> dict[str, object]:
    """What the operator was told, as a record."""
    return {
        "alert": alert.cause,
        "subject": alert.subject,
        "told": alert.day,
        "detail": alert.detail,
    }


def _resting(standing: Standing) -> dict[str, object]:
    """How we stand with a provider, as a record."""
    return {
        "provider": standing.provider,
        "rests_until": standing.until,
        "connections": standing.connections,
        "reply": standing.reply,
    }


def collected(collection: Collection) -> dict[str, object]:
    """A fetch as a record."""
    return {
        "source": collection.source,
        "day": collection.day,
        "verdict": collection.verdict.value,
        "papers": collection.papers,
        "new": collection.new,
        "updated": collection.updated,
        "at": collection.at,
        "detail": collection.detail,
    }
