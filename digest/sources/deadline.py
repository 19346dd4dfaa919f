"""A time limit for what has none: name look-ups, handshakes, a header that drips."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")


class TooSlow(Exception):
    """The work was not done in time."""


def within(seconds: float, work: Callable[[Event], T]) -> T:
    """What `work` returns or raises; raises TooSlow when that takes longer than `seconds`.

    The work runs on a thread of its own, which is left behind when time is up: it is told so by
    the event, and cannot keep the program from ending.
    """
    given_up = Event()
    done: SimpleQueue[T | BaseException] = SimpleQueue()
    Thread(target=_run, args=(work, given_up, done), daemon=True).start()
    try:
        result = done.get(timeout=max(0.0, seconds))
    except Empty:
        given_up.set()
        raise TooSlow(f"no end after {seconds:.0f} s") from None
    if isinstance(result, BaseException):
        raise result
    return result


def _run(work: Callable[[Event], T], given_up: Event, done: SimpleQueue[T | BaseException]) -> None:
    try:
        done.put(work(given_up))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the caller is to have it
        done.put(error)
