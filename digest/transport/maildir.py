"""A transport into a Maildir: `outbox = "maildir:PATH"`, the embedded default.

A Maildir is three directories; a mail is written in `tmp`, synced, and moved to `new` in one step
(https://cr.yp.to/proto/maildir.html). The name of its file is made of the message's key, so what
is delivered again after a crash replaces nothing and doubles nothing.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

from digest.errors import TransportError
from digest.model import DeliveryState, Message, Outcome, Scope
from digest.ports import BeforeDot

_SUBDIRECTORIES = ("tmp", "new", "cur")
_RETRY = 600


class MaildirTransport:
    """Puts every message into one Maildir, its envelope in Return-Path and Delivered-To."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @asynccontextmanager
    async def session(self) -> AsyncIterator["MaildirSession"]:
        """Makes the directories. Raises TransportError when they cannot be made."""
        yield MaildirSession(self.path)


class MaildirSession:
    """A Maildir that is there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            for name in _SUBDIRECTORIES:
                (path / name).mkdir(mode=0o700, parents=True, exist_ok=True)
            read = os.listdir(path / "cur")  # noqa: PTH208 - names alone, and many
        except OSError as error:
            raise TransportError(f"no Maildir at {path}: {error.strerror or error}") from error
        self._read = {name.partition(":")[0] for name in read}
        """What a mail reader has moved out of `new`."""

    async def deliver(self, message: Message, before_dot: BeforeDot) -> Outcome:
        """Writes, syncs, marks, moves: the move is this transport's final dot."""
        name = file_name(message)
        temporary, new = self._path / "tmp" / name, self._path / "new" / name
        if name in self._read or new.exists():
            await before_dot(message)
            return self._accepted(message, name)
        try:
            _write(temporary, message.content)
        except OSError as error:
            return self._deferred(message, error)
        await before_dot(message)
        try:
            temporary.rename(new)
            _sync_directory(new.parent)
        except OSError as error:
            return self._deferred(message, error)
        return self._accepted(message, name)

    def _accepted(self, message: Message, name: str) -> Outcome:
        words = f"kept as {self._path / 'new' / name}"
        return Outcome(message.address, message.day, DeliveryState.ACCEPTED, words)

    def _deferred(self, message: Message, error: OSError) -> Outcome:
        return Outcome(
            message.address,
            message.day,
            DeliveryState.DEFERRED,
            f"not written to {self._path}: {error.strerror or error}",
            _RETRY,
            Scope.CONNECTION,
            alert=True,
        )


def file_name(message: Message) -> str:
    """The name of a message's file: a function of its key, hard to guess nothing from."""
    key = f"{message.day.isoformat()}\n{message.address}\n{message.message_id}"
    return f"{message.day:%Y%m%d}.{sha256(key.encode()).hexdigest()[:32]}.digest"


def _write(path: Path, content: bytes) -> None:
    """Writes a whole file, and returns once it would survive a power loss."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    """Makes a name in a directory survive a power loss."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
