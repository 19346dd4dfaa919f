"""Sees when a template changes."""

from collections.abc import AsyncIterator, Iterable
from hashlib import blake2b
from pathlib import Path

from anyio import sleep

EVERY = 0.25
"""Seconds between two looks."""
ALIVE = 40
"""Looks after which a comment is sent, so that a reader who has gone is noticed."""


def fingerprint(folders: Iterable[Path]) -> str:
    """Stands for names, sizes and times of all files in some folders."""
    found = blake2b(digest_size=8)
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            try:
                state = file.stat()
            except OSError:  # it has just gone: the next look sees that
                continue
            found.update(f"{file} {state.st_size} {state.st_mtime_ns}\n".encode())
    return found.hexdigest()


async def changes(folders: tuple[Path, ...], seen: str) -> AsyncIterator[str]:
    """An event stream (HTML §9.2) that says `changed` once a fingerprint is no longer `seen`."""
    yield ": watching\n\n"
    looks = 0
    while (now := fingerprint(folders)) == seen:
        await sleep(EVERY)
        looks += 1
        if looks % ALIVE == 0:
            yield ": still\n\n"
    yield f"event: changed\ndata: {now}\n\n"
