"""The Maildir door: what lies in new/ is taken in and moved to cur/.

A mail is moved after it was taken in; a crash between the two has it read again, and known again.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from digest.errors import TryAgainLater, Unknown
from digest.inbound.taking import Fate, Taking
from digest.mail.inbound.incoming import LONGEST


def take_all(
    directory: Path, taking: Taking, stop: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Takes in all that is new, oldest first; returns how many were taken, and how many were not.

    Raises Unknown when the directory is no Maildir.
    """
    new, seen = directory / "new", directory / "cur"
    if not new.is_dir():
        raise Unknown(f"{directory} is no Maildir: it has no directory new/")
    seen.mkdir(exist_ok=True)
    taken = left = 0
    for path in sorted(new.iterdir(), key=_age):
        if stop():
            break
        octets = _read(path)
        if octets is None:
            continue
        if taking.take(octets) is Fate.TAKEN:
            _move(path, seen / f"{path.name}:2,S")
            taken += 1
        else:
            left += 1
    return taken, left


def _age(path: Path) -> tuple[float, str]:
    with suppress(OSError):
        return path.stat().st_mtime, path.name
    return 0.0, path.name


def _read(path: Path) -> bytes | None:
    """The mail; None when somebody else has taken it meanwhile, or it is none."""
    if path.name.startswith(".") or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(LONGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TryAgainLater(f"{path}: {error.strerror or error}") from error


def _move(path: Path, target: Path) -> None:
    with suppress(FileNotFoundError):
        path.rename(target)
