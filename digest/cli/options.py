"""Options that several commands share, so that they look and read alike."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

import click

from digest.clock import SystemClock

Command = TypeVar("Command", bound=Callable[..., Any])

OLDEST = date(2000, 1, 2)
"""The first day that a token can name (`digest.mail.tokens`)."""


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Reads it, or fails saying how a day is written."""
        if isinstance(value, date):
            return value
        try:
            found = date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value!r} is not a day: write it as 2026-08-21", param, ctx)
        if found < OLDEST:
            return self.fail(f"{found} is before {OLDEST}, the oldest edition", param, ctx)
        return found


def day(command: Command) -> Command:
    """`--day D`."""
    return click.option(
        "--day",
        type=Day(),
        metavar="YYYY-MM-DD",
        help="The edition: the day (UTC) whose papers it holds. Default: the newest settled day.",
    )(command)


def as_json(command: Command) -> Command:
    """`--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="One JSON object a line, for machines."
    )(command)


def dry_run(command: Command) -> Command:
    """`--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help="Say what would be done; change and send nothing."
    )(command)


class Instant(click.ParamType[datetime]):
    """A moment: ISO 8601 with an offset, or HH:MM (UTC), the next one to come."""

    name = "instant"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Reads it, or fails saying how it is written."""
        if isinstance(value, datetime):
            return value
        try:
            return _instant(value, SystemClock().now())
        except ValueError:
            wanted = "write 06:30 (UTC) or 2026-08-21T06:30+02:00"
            return self.fail(f"{value!r} is no moment: {wanted}", param, ctx)


def _instant(written: str, now: datetime) -> datetime:
    if ":" in written and len(written) <= len("06:30:00"):
        at = datetime.combine(now.date(), time.fromisoformat(written), UTC)
        return at if at > now else at + timedelta(days=1)
    instant = datetime.fromisoformat(written)
    if instant.tzinfo is None:
        raise ValueError("no offset")
    return instant


def deadline(command: Command) -> Command:
    """`--deadline T`."""
    return click.option(
        "--deadline",
        type=Instant(),
        metavar="T",
        help="Begin no mail after T: 06:30 (UTC), or 2026-08-21T06:30+02:00.",
    )(command)


def anyway(command: Command) -> Command:
    """`--anyway`."""
    return click.option("--anyway", is_flag=True, help="Send without the preflight.")(command)
