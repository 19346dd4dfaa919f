"""Options that several commands share, so that they look and read alike."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Reads it, or fails saying how a day is written."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            return self.fail(f"{value!r} is not a day: write it as 2026-08-21", param, ctx)


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
