"""`digest deliveries`: the ledger."""

from collections.abc import Iterator
from datetime import date

import click

from digest.app import App
from digest.cli.options import as_json, day
from digest.cli.output import show
from digest.cli.session import Session, pass_session
from digest.errors import Misuse
from digest.mail.mailbox import normalise
from digest.model import Delivery, DeliveryState

STATES = click.Choice([state.value for state in DeliveryState])


@click.group(invoke_without_command=True)
@day
@click.option("--state", type=STATES, help="Only deliveries in this state.")
@as_json
@pass_session
@click.pass_context
def deliveries(
    context: click.Context, session: Session, day: date | None, state: str | None, as_json: bool
) -> None:
    """Who got which edition, and what became of it.

    Without --day: every edition. `planned` readers have no row yet; they are told for a --day.

    What is in doubt was sent, and the server's answer was lost: it nearly always arrived, so it is
    held. `settle` says what became of it, `release` has it sent again.
    """
    if context.invoked_subcommand:
        return
    wanted = DeliveryState(state) if state else None
    with session.app() as app:
        rows = [_record(app, delivery) for delivery in _find(app, day, wanted)]
    show(rows, as_json, ("address", "day", "state", "attempts", "updated", "reply"))


@deliveries.command()
@click.argument("address")
@day
@click.option(
    "--as",
    "word",
    type=click.Choice(["accepted", "lost"]),
    required=True,
    help="accepted: it arrived. lost: it did not, and its papers may come in the next digest.",
)
@pass_session
def settle(session: Session, address: str, day: date | None, word: str) -> None:
    """Say what became of a delivery that is in doubt.

    Example: digest deliveries settle ann@example.org --day 2026-08-20 --as lost
    """
    with session.app() as app:
        edition = day or app.newest_day()
        app.doubts.settle(normalise(address), edition, app.clock.now(), lost=word == "lost")
    click.echo(f"the edition of {edition} for {address} counts as {word}")


@deliveries.command()
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]…")
@day
@click.option("--all", "everyone", is_flag=True, help="Everyone whose delivery is in doubt.")
@pass_session
def release(session: Session, addresses: tuple[str, ...], day: date | None, everyone: bool) -> None:
    """Have the next run send again what is in doubt, or was given up, under the same Message-ID.

    Example: digest deliveries release ann@example.org --day 2026-08-20
    """
    if bool(addresses) == everyone:
        raise Misuse("say whose: addresses, or --all")
    with session.app() as app:
        edition = day or app.newest_day()
        held = app.ledger.deliveries(edition, DeliveryState.IN_DOUBT) if everyone else ()
        chosen = [delivery.address for delivery in held] or [normalise(a) for a in addresses]
        for address in chosen:
            app.doubts.release(address, edition, app.clock.now())
    click.echo(f"{len(chosen)} released: `digest run` sends them")


def _find(app: App, day: date | None, state: DeliveryState | None) -> Iterator[Delivery]:
    if state is not DeliveryState.PLANNED:
        yield from app.deliveries(day, state)
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
