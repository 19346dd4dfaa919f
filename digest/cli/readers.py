"""Who a command is about: a subscriber, or somebody with ad-hoc topics."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import click

from digest.app import App
from digest.config.spelling import suggestion
from digest.errors import Misuse, Unknown
from digest.mail.mailbox import normalise
from digest.model import Subscriber, Topic

Command = TypeVar("Command", bound=Callable[..., Any])

ADHOC = "preview"
"""The local part that stands for nobody in particular."""


def reader(app: App, address: str | None, topics: tuple[str, ...], top: int | None) -> Subscriber:
    """The subscriber of an address, or somebody interested in `topics`."""
    if (address is None) == (not topics):
        raise Misuse("say for whom: either --for ADDRESS or --topic T (once or more)")
    if address is None:
        parsed = tuple(Topic.parse(topic) for topic in topics)
        found = Subscriber(f"{ADHOC}@{app.identity.domain}", topics=parsed)
    else:
        found = subscriber(app, address)
    return found if top is None else replace(found, papers=top)


def subscriber(app: App, address: str) -> Subscriber:
    """The subscriber of an address. Raises Unknown, with the nearest one that there is."""
    key = normalise(address)
    found = app.subscribers.get(key)
    if found is None:
        hint = suggestion(key, (reader.address for reader in app.subscribers.all()))
        hint = hint or "`digest subscribers list` shows who there is"
        raise Unknown(f"nobody subscribes as {address} ({hint})")
    return found


def for_or_topic(command: Command) -> Command:
    """`--for ADDRESS` or `--topic T…`."""
    command = click.option("--topic", "topics", multiple=True, help="An ad-hoc topic; repeatable.")(
        command
    )
    return click.option("--for", "address", metavar="ADDRESS", help="A subscriber.")(command)
