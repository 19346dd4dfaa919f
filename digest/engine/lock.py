"""One run at a time on one machine. The lock dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from digest.errors import DigestError, Locked


@contextmanager
def run_lock(path: Path, what: str, now: datetime) -> Iterator[None]:
    """Holds the lock for `what`; raises Locked, naming the holder, when somebody else does.

    flock(2) is released by the kernel with its process, so nothing is ever left to clean up.
    """
    with _opened(path) as file:
        _take(file.fileno(), path)
        _sign(file, path, f"{what}, process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC")
        yield
        os.ftruncate(file.fileno(), 0)


def _sign(file: BinaryIO, path: Path, holder: str) -> None:
    """Says who holds the lock, for whoever meets it."""
    try:
        os.ftruncate(file.fileno(), 0)
        file.write(holder.encode())
    except OSError as error:
        raise DigestError(f"the lock {path} cannot be written: {error.strerror}") from error


def _opened(path: Path) -> BinaryIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab", buffering=0)
    except OSError as error:
        raise DigestError(f"the lock {path} cannot be opened: {error.strerror or error}") from error


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise Locked(f"{holder} holds {path}: wait until it has ended, then try again") from error
