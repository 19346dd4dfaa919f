"""One run at a time on one machine. The lock dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from digest.errors import DigestError, Locked


@contextmanager
def run_lock(path: Path, what: str, now: datetime) -> Iterator[None]:
    """Holds the lock for `what`; raises Locked, naming the holder, when somebody else does.

    flock(2) is released by the kernel with its process, so nothing is ever left to clean up.
    """
    with _opened(path) as file:
        _take(file.fileno(), path)
        file.truncate(0)
        file.write(f"{what}, process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC")
        file.flush()
        yield
        file.truncate(0)


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise DigestError(f"the lock {path} cannot be opened: {error.strerror or error}") from error


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise Locked(f"{holder} holds {path}: wait until it has ended, then try again") from error
