"""`digest init`: the two files that an installation begins with."""

from pathlib import Path

import click

from digest.config.starting_files import write_starting_files


@click.command()
@click.option(
    "--dir",
    "directory",
    default=Path(),
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to; default the working directory.",
)
def init(directory: Path) -> None:
    """Write digest.toml and subscribers.toml, commented; existing files are never overwritten."""
    written = write_starting_files(directory)
    click.echo("\n".join(f"wrote {path}" for path in written))
    click.echo("next: edit subscribers.toml, then `digest subscribers sync subscribers.toml`")
