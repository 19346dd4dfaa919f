"""Writes docs/cli.md from the help of every command: `python docs/cli.py`, or `make docs`."""

from collections.abc import Iterator
from pathlib import Path

import click

from digest.cli import cli

PAGE = Path(__file__).with_name("cli.md")
HEAD = """\
# The command line

Made from the program's own help by `make docs`; a test holds it to that.
"""


def page() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="digest", max_content_width=100, terminal_width=100)
    return HEAD + "".join(_sections(cli, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _sections(
                    inner,
                    click.Context(
                        inner,
                        parent=context,
                        info_name=name,
                        max_content_width=100,
                        terminal_width=100,
                    ),
                )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
