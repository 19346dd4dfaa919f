"""One run at a time on one machine. The lock dies with the last process of its run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from digest.errors import Locked


@contextmanager
def run_lock(path: Path, what: str, now: datetime) -> Iterator[None]:
    """Holds the lock for `what`; raises Locked, naming the holder, when somebody else does.

    flock(2) is released by the kernel, so nothing is ever left to clean up: with the last process
    that has the file open, and our children inherit it. While one of them lives, nobody takes over.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        _take(file.fileno(), path)
        os.set_inheritable(file.fileno(), True)
        file.truncate(0)
        file.write(f"{what}, process {os.getpid()}, since {now:%Y-%m-%d %H:%M:%S} UTC")
        file.flush()
        yield
        file.truncate(0)


def _take(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = path.read_text(encoding="utf-8").strip() or "another process"
        raise Locked(f"{holder} holds {path}: wait until it has ended, then try again") from error
