"""The command `digest`."""


def main() -> None:
    """Runs the command line."""
