"""`digest status`: the run as a table."""

from datetime import date

import click

from digest.cli.options import as_json, day
from digest.cli.output import show, table
from digest.cli.session import Session, pass_session
from digest.model import Collection, Standing

COLUMNS = ("source", "day", "verdict", "papers", "new", "updated", "detail")


@click.command()
@day
@as_json
@pass_session
def status(session: Session, day: date | None, as_json: bool) -> None:
    """How an edition stands: each source's verdict, and how many deliveries are in each state."""
    with session.app() as app:
        edition = day or app.newest_day()
        collections = app.papers.collections(edition)
        states = app.states(edition)
        resting = [_resting(standing) for standing in app.pace_store.standings(app.clock.now())]
    if as_json:
        show(map(collected, collections), as_json)
        rows = ({"day": edition, "state": s.value, "deliveries": n} for s, n in states.items())
        show(rows, as_json)
        show(resting, as_json)
        return
    click.secho(f"Edition {edition}", bold=True)
    if not collections:
        click.echo("nothing collected yet: digest collect")
    show(map(collected, collections), False, COLUMNS)
    click.echo()
    table([(state.value, number) for state, number in states.items()], ("state", "deliveries"))
    if resting:
        click.echo()
        show(resting, False, ("provider", "rests_until", "connections", "reply"))


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
