"""SIGTERM and Ctrl-C: finish what is under way, begin nothing more."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

AT_ONCE = 130
"""Exit status after a second Ctrl-C: 128 and the signal's number, as a shell has it."""


@contextmanager
def until_stopped() -> Iterator[Callable[[], bool]]:
    """Gives whether to stop; a second Ctrl-C ends the process there and then.

    That is as safe as `kill -9` is: what is under way stands in the journals.
    """
    asked: list[int] = []

    def ask(number: int, _: FrameType | None) -> None:
        if number == signal.SIGINT and signal.SIGINT in asked:
            os._exit(AT_ONCE)
        if not asked:
            again = "; Ctrl-C again stops at once" if number == signal.SIGINT else ""
            os.write(sys.stderr.fileno(), f"finishing what is under way{again}\n".encode())
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
