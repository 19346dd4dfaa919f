"""One process of a crew: `python -m digest.engine.child FD`.

It does the one job that its parent sends, tells what happens meanwhile, and answers with the
result. It ends at once when its parent has: then nothing that it did could be counted on, and its
journals tell the next run how far it came.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from threading import Event as Flag
from threading import Thread
from typing import Any

from digest.errors import DigestError
from digest.model import Event

Job = Callable[[Callable[[Event], None], Callable[[], bool]], Any]
"""Gets an observer, and whether to stop; can be pickled, as can its result."""

ORPHANED = 70
"""Exit status of a child without parent (EX_SOFTWARE)."""


def main() -> None:
    """Works for the parent at the other end of a socket."""
    # What file descriptor it is that we inherited stands in the arguments.
    parent: Connection[Any, Any] = Connection(int(sys.argv[1]))
    stop = Flag()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the parent, too, and it decides
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    job: Job = parent.recv()
    Thread(target=_listen, args=(parent, stop), daemon=True).start()
    try:
        result = job(parent.send, stop.is_set)
    except DigestError as error:
        parent.send(error)
    else:
        parent.send((result,))


def _listen(parent: "Connection[Any, Any]", stop: Flag) -> None:
    """The parent says only one thing, and its silence another."""
    try:
        parent.recv()
        stop.set()
        parent.recv()
    except (EOFError, OSError):
        os._exit(ORPHANED)


if __name__ == "__main__":
    main()
