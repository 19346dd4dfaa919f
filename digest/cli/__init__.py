"""The command `digest`: one thin module per noun or stage."""

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from digest import __version__
from digest.cli.session import Session
from digest.config.sections import LogFormat
from digest.errors import DigestError

COMMANDS = (
    "collect",
    "db",
    "deliveries",
    "demo",
    "dkim",
    "doctor",
    "evaluate",
    "inbound",
    "init",
    "lint",
    "papers",
    "preview",
    "rank",
    "render",
    "run",
    "schedule",
    "select",
    "send",
    "status",
    "subscribers",
    "suppressions",
    "web",
    "why",
    "why-no-mail",
    "worker",
)


class Commands(click.Group):
    """Imports a command's module only when it is asked for: `digest --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a module's name."""
        if cmd_name not in COMMANDS:
            return None
        del ctx
        name = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"digest.cli.{name}"), name)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command. That whoever read us (head, less) has gone is no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Begin with `digest demo`, then `digest init`. Exit status: 0 all well, 1 something "
    "failed, 2 misuse, 75 try again later.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file; default $DIGEST_CONFIG, then ./digest.toml, then built-in defaults.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the database, outbox and cache live; default $DIGEST_HOME, then ./var.",
)
@click.option(
    "--log-format",
    type=click.Choice([kind.value for kind in LogFormat]),
    help="How stages are told of on standard error: progress bars, or one line an event.",
)
@click.version_option(__version__, prog_name="digest")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, home: Path | None, log_format: str | None) -> None:
    """The papers that are trending and on your topics, in every reader's inbox once a day.

    The nightly run has four stages: collect the day's papers, select some for each reader, render
    every mail, send what is due. `digest run` does all four; each is a command of its own, too.
    """
    ctx.obj = Session(config, home, LogFormat(log_format) if log_format else None)


def main() -> None:
    """Runs the command line; every error ends as one line and an exit status."""
    try:
        status = cli.main(prog_name="digest", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except DigestError as error:
        click.echo(f"digest: {error}", err=True)
        status = error.exit_status
    except (click.Abort, KeyboardInterrupt):
        click.echo("digest: stopped", err=True)
        status = 130
    except OSError as error:
        click.echo(f"digest: {error.filename or 'output'}: {error.strerror or error}", err=True)
        status = DigestError.exit_status
        # What could not be written is still in the buffer, and would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(status if isinstance(status, int) else 0)
