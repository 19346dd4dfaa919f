"""Taking turns: one request at a time to a host, and rest between two, over a home's processes.

A host's file is locked while it is asked (flock(2): the kernel releases it with a dead process) and
holds the instant at which the last exchange ended.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from digest.clock import Clock
from digest.errors import Unreachable
from digest.sources.deadline import TooSlow

LOOK_AGAIN = 0.25
"""Seconds between two looks at a host that another process is asking."""


class Turns:
    """The turns of one installation, kept in a directory."""

    def __init__(self, directory: Path, clock: Clock, sleep: Callable[[float], None]) -> None:
        """The directory is made when somebody first has to wait for a turn."""
        self._directory, self._clock, self._sleep = directory, clock, sleep

    @contextmanager
    def take(self, url: str, pace: float, end: float) -> Iterator[None]:
        """Holds the host of a URL, once `pace` seconds have passed since it was last asked.

        Raises TooSlow when its turn would come after `end` (of `time.monotonic`), Unreachable
        when turns cannot be kept: a limit of the whole installation is never just skipped.
        """
        handle = self._opened(url)
        try:
            self._hold(handle, end)
            self._rest(handle, pace, end)
            try:
                yield
            finally:
                self._note(handle)
        finally:
            os.close(handle)

    def _opened(self, url: str) -> int:
        host = (urlsplit(url).netloc or "nobody").replace(":", "_").replace("/", "_")
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            return os.open(self._directory / host, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            problem = f"whose turn it is cannot be kept in {self._directory}: {error.strerror}"
            raise Unreachable(f"{url}: {problem}") from error

    def _hold(self, handle: int, end: float) -> None:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() + LOOK_AGAIN > end:
                    raise TooSlow("another process asks this host all the time") from None
                self._sleep(LOOK_AGAIN)
            else:
                return

    def _rest(self, handle: int, pace: float, end: float) -> None:
        wait = min(pace, self._last(handle) + pace - self._clock.now().timestamp())
        if wait <= 0:
            return
        if time.monotonic() + wait > end:
            raise TooSlow(f"the host is owed {wait:.1f} s of rest first")
        self._sleep(wait)

    def _last(self, handle: int) -> float:
        try:
            return float(os.pread(handle, 64, 0))
        except (OSError, ValueError):
            return 0.0

    def _note(self, handle: int) -> None:
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{self._clock.now().timestamp():.3f}".encode(), 0)
