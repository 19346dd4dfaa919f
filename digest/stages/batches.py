"""Many readers, a batch at a time: memory stays flat, and a sync is shared."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

SIZE = 500
"""Readers handled, and committed, together."""


T = TypeVar("T")


def batches(items: Iterable[T], size: int = SIZE) -> Iterator[list[T]]:
    """Cuts a stream into lists of `size`."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch
