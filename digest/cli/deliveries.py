"""`digest deliveries`: the ledger."""

from collections.abc import Iterator
from datetime import date

import click

from digest.app import App
from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.model import Delivery, DeliveryState

STATES = click.Choice([state.value for state in DeliveryState])


@click.command()
@day
@click.option("--state", type=STATES, help="Only deliveries in this state.")
@as_json
@pass_session
def deliveries(session: Session, day: date | None, state: str | None, as_json: bool) -> None:
    """Who got which edition, and what became of it.

    Without --day: every edition. `planned` readers have no row yet; they are told for a --day.
    """
    wanted = DeliveryState(state) if state else None
    with session.app() as app:
        rows = [_record(app, delivery) for delivery in _find(app, day, wanted)]
    show(rows, as_json, ("address", "day", "state", "attempts", "updated", "reply"))


def _find(app: App, day: date | None, state: DeliveryState | None) -> Iterator[Delivery]:
    if state is not DeliveryState.PLANNED:
        yield from app.ledger.deliveries(day, state)
    if state in {None, DeliveryState.PLANNED} and day is not None:
        yield from app.planned(day)


def _record(app: App, delivery: Delivery) -> dict[str, object]:
    return {
        "address": delivery.address,
        "day": delivery.day,
        "state": delivery.state.value,
        "message_id": app.message_id(delivery.address, delivery.day),
        "attempts": delivery.attempts,
        "reply": delivery.reply,
        "updated": delivery.updated,
    }
