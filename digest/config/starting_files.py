"""The two files that an installation begins with."""

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from digest.errors import Misuse

SETTINGS = "digest.toml"
SUBSCRIBERS = "subscribers.toml"
_ENTRY = "\n[[subscriber]]\n"


def settings_template() -> str:
    """A `digest.toml` in which every key stands as a comment, with its default and meaning."""
    return (files("digest.config") / "digest.example.toml").read_text(encoding="utf-8")


def subscribers_example() -> str:
    """`subscribers.example.toml`, from the wheel or from the checkout."""
    shipped = files("digest") / "subscribers.example.toml"
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    checkout = Path(__file__).resolve().parents[2] / "subscribers.example.toml"
    return checkout.read_text(encoding="utf-8")


def write_starting_files(directory: Path) -> list[Path]:
    """Writes `digest.toml` and `subscribers.toml`: both, or neither. Returns their paths.

    Raises Misuse when one of them is there already, or the directory cannot be written.
    """
    texts = {
        directory / SETTINGS: settings_template(),
        directory / SUBSCRIBERS: _first_only(subscribers_example()),
    }
    for path in texts:
        if path.exists() or path.is_symlink():
            raise Misuse(f"{path} is there already, and is not overwritten: nothing was written")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _write_all(texts)
    except OSError as error:
        raise Misuse(f"{directory}: nothing was written: {error.strerror}") from error
    return list(texts)


def _write_all(texts: Mapping[Path, str]) -> None:
    written: list[Path] = []
    try:
        for path, text in texts.items():
            # 0600: subscribers are nobody else's business, and a password may come in.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(path)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise


def _first_only(example: str) -> str:
    """The example with all entries but the first made comments."""
    head, first, *others = example.split(_ENTRY)
    rest = "".join(_ENTRY + other for other in others).removeprefix("\n").splitlines()
    commented = "\n".join(line if line[:1] in {"", "#"} else f"# {line}" for line in rest)
    return f"{head}{_ENTRY}{first}\n{commented}\n"
