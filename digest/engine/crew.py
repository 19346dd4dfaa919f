"""Child processes that share a stage out among them: Python computes on one core each."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, cast

from digest.engine.child import Job
from digest.errors import DigestError
from digest.model import Event, Finished
from digest.ports import Observer

PATIENCE = 0.2
"""Seconds after which the parent looks again whether to stop."""


class _Child:
    """One process, seen from its parent."""

    def __init__(self, job: Job) -> None:
        ours, theirs = Pipe()
        with theirs:
            os.set_inheritable(theirs.fileno(), True)
            # Of our other files it inherits what is marked so: the run lock.
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", "digest.engine.child", str(theirs.fileno())],
                close_fds=False,
                env=_environment(),
                stdin=subprocess.DEVNULL,
            )
        self.connection: Connection[Any, Any] = ours
        self.busy = True
        self.result: Any = None
        self.error: DigestError | None = None
        with suppress(OSError):  # one that has died is noticed when it is heard
            ours.send(job)

    def drain(self) -> None:
        """Tells it to finish what is under way."""
        with suppress(OSError):
            self.connection.send("drain")

    def hear(self) -> Event | None:
        """Takes what it says; an event is for others."""
        try:
            said = self.connection.recv()
        except (EOFError, OSError):
            self.busy = False
            return None
        if isinstance(said, DigestError):
            self.error = said
        elif isinstance(said, tuple):
            (self.result,) = said
        elif not isinstance(said, Finished):  # the whole has finished when all have
            event: Event = said
            return event
        return None

    def end(self) -> None:
        """Waits until it is gone."""
        self.connection.close()
        self._process.wait()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()


class Crew:
    """Runs jobs in processes of their own, all at once."""

    def __init__(self, stop: Callable[[], bool], observer: Observer) -> None:
        """What the children tell reaches `observer`; when `stop` says so, they are told to."""
        self._stop, self._observer = stop, observer

    def work(self, jobs: Sequence[Job]) -> list[Any]:
        """The results, in order; None of a child that died. Raises what one of them raised.

        Whatever ends this, no child outlives it.
        """
        children = [_Child(job) for job in jobs]
        try:
            self._attend(children)
        except BaseException:
            for child in children:
                child.kill()
            raise
        finally:
            for child in children:
                child.end()
        for child in children:
            if child.error:
                raise child.error
        return [child.result for child in children]

    def _attend(self, children: Sequence[_Child]) -> None:
        """Listens until all have ended; when one fails, the others need not go on."""
        draining = False
        while busy := {child.connection: child for child in children if child.busy}:
            if not draining and (self._stop() or any(child.error for child in children)):
                draining = True
                for child in children:
                    child.drain()
            for connection in wait(list(busy), PATIENCE):
                if event := busy[cast("Connection[Any, Any]", connection)].hear():
                    self._observer(event)


def _environment() -> dict[str, str]:
    """Ours, with this very program where it is looked for first."""
    ours = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([ours, os.environ.get("PYTHONPATH", "")])}


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
