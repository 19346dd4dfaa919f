"""Marks between two commits: what a kill must not make us forget of the mails under way.

A sync costs milliseconds, so the ledger claims and records a batch at a time. What happens to a
mail in between is one `write()` of one small record to its batch's journal: the kernel keeps it
when the process is killed. A journal is born just before its claims are committed, and removed
once all their outcomes are::

    journal    claims       mark: dot       the final    mark: how     outcomes     journal
    begun      committed    (before it)     dot          it ended      committed    removed

So whoever finds a journal knows that its process died, and of each of its claims, by its marks:

    none                 never sent: its final dot was not written (RFC 5321 §4.1.1.4)
    dot                  in doubt: sent perhaps, and nobody heard the server's answer
    how it ended         just that

A power loss takes what the kernel had not yet written: a journal of another boot proves what it
holds, and nothing by what it does not hold.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from digest.errors import Locked, StoreError
from digest.model import Claim, DeliveryState, Outcome
from digest.store.process import Process, boot_id
from digest.store.states import CODES, STATES

_HEADER = struct.Struct("<8sQ16sIQ")
"""Magic, number, boot, pid, start of the process; a checksum follows."""
_MARK = struct.Struct("<BxxxIQI")
"""State, day, reader, seconds until another attempt; a checksum follows."""
_CHECKSUM = 4
_MAGIC = b"journal1"
_MOST = 2**32 - 1
SUFFIX = ".journal"


@dataclass(frozen=True, slots=True)
class Mark:
    """What was last known of one claim."""

    day: int
    reader: int
    state: DeliveryState
    """`sending`: the final dot may have been written."""
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What a dead process left."""

    number: int
    """0: not even that could be read."""
    process: Process
    marks: tuple[Mark, ...]
    """One of each claim that has any: the last."""
    whole: bool
    """Whether every mark that was made is here, so that its absence means something."""


class Journal:
    """Where the marks of one batch are made."""

    def __init__(self, path: Path, number: int, process: Process) -> None:
        self.number = number
        self._path = path
        self._size = 0
        with _told(path):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(path, flags, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)  # for as long as we live, and it is open
        self._write(header(number, process))

    def dot(self, claim: Claim) -> None:
        """Marks that the final dot is about to be written."""
        self._mark(claim, DeliveryState.SENDING, 0)

    def ended(self, claim: Claim, outcome: Outcome) -> None:
        """Marks how the attempt ended."""
        self._mark(claim, outcome.state, outcome.retry_after)

    def remove(self) -> None:
        """All that was claimed is recorded."""
        self.leave()
        self._path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Not all is recorded, and never will be by us: the file stays for whoever takes over."""
        os.close(self._file)

    def _mark(self, claim: Claim, state: DeliveryState, retry_after: int) -> None:
        self._write(_packed(self.number, claim.day.toordinal(), claim.reader, state, retry_after))

    def _write(self, record: bytes) -> None:
        try:
            written = os.write(self._file, record)
        except OSError as error:
            raise _explained(error, self._path) from error
        if written != len(record):  # a full disk: half a record would hide those after it
            os.ftruncate(self._file, self._size)
            raise _explained(OSError("no space left for a whole mark"), self._path)
        self._size += written


class Journals:
    """The journals of one home."""

    def __init__(self, directory: Path, worker: int = 0) -> None:
        """`worker`: the one of a fleet whose journals these are; its number is part of theirs."""
        self._directory, self._worker = directory, worker
        self._process = Process.this()

    def begin(self) -> Journal:
        """A new journal, with a number that no other one here has."""
        number = int.from_bytes(os.urandom(7), "little") | 1
        if self._worker:
            first, last = numbers_of(self._worker)
            number = first | (number & (last - first))
        with _told(self._directory):
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Journal(self._directory / f"{number:016x}{SUFFIX}", number, self._process)

    def left(self) -> list[Left]:
        """What dead processes left here. Raises Locked when one of them is not dead."""
        found = []
        for path in self._paths():
            with _told(path):
                left = replay(path.read_bytes(), boot_id())
            if left.process.lives():
                raise Locked(f"process {left.process.pid} still writes {path}: wait until it ended")
            found.append(left)
        return found

    def settle(self, take_over: Callable[[list[Left]], object]) -> int:
        """Has settled what dead processes left here; returns how many journals.

        Other processes may be at work here, even in containers of their own: whose journals are
        locked (flock(2)) live.
        """
        with ExitStack() as held:
            found = [(p, left) for p in self._paths() if (left := _taken(p, held)) is not None]
            if found:
                take_over([left for _, left in found])
            for path, _ in found:
                path.unlink(missing_ok=True)
        return len(found)

    def sending(self) -> frozenset[tuple[int, int]]:
        """Day and reader of each mail that is between its final dot and the answer, just now."""
        found: set[tuple[int, int]] = set()
        for path in self._paths():
            with suppress(FileNotFoundError):  # recorded since
                marks = replay(path.read_bytes(), b"").marks
                found |= {(m.day, m.reader) for m in marks if m.state is DeliveryState.SENDING}
        return frozenset(found)

    def clear(self) -> None:
        """Removes every journal: all that they tell is recorded."""
        for path in self._paths():
            with _told(path):
                path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(self._directory.glob(f"*{SUFFIX}"))


def _taken(path: Path, held: ExitStack) -> Left | None:
    """What a journal tells, if nobody writes it any more; nobody else takes it meanwhile."""
    with _told(path), suppress(FileNotFoundError, BlockingIOError):
        file = held.enter_context(path.open("rb"))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        left = replay(file.read(), boot_id())
        return left if left.number else None  # one without a number may be about to get it
    return None


def numbers_of(worker: int) -> tuple[int, int]:
    """The first and the last number that journals of a fleet's worker can have."""
    first = (worker % 2**24) << 32
    return first, first + 2**32 - 1


def header(number: int, process: Process) -> bytes:
    """The beginning of a journal's file."""
    fields = (number, process.boot, process.pid, process.started)
    return _sealed(_HEADER.pack(_MAGIC, *fields), 0)


def packed(number: int, mark: Mark) -> bytes:
    """One mark as it is written; the journal's number is part of the checksum."""
    return _packed(number, mark.day, mark.reader, mark.state, mark.retry_after)


def _packed(number: int, day: int, reader: int, state: DeliveryState, retry_after: int) -> bytes:
    retry = min(max(retry_after, 0), _MOST)
    return _sealed(_MARK.pack(CODES[state], day, reader, retry), number)


def replay(content: bytes, boot: bytes) -> Left:
    """What a journal tells, read during the boot `boot`.

    A last mark that is cut short was never finished, so the dot that it announces was not written.
    Anything else that cannot be read means that something is missing: `whole` is False.
    """
    head = _unsealed(content[: _HEADER.size + _CHECKSUM], 0)
    if head is None or not head.startswith(_MAGIC) or len(head) != _HEADER.size:
        return Left(0, Process(b"", 0, 0), (), whole=False)
    _, number, born, pid, started = _HEADER.unpack(head)
    marks = [_read(number, record) for record in _records(content[_HEADER.size + _CHECKSUM :])]
    last = {(mark.day, mark.reader): mark for mark in marks if mark is not None}
    process = Process(born if any(born) else b"", pid, started)
    whole = None not in marks and process.boot == boot != b""
    return Left(number, process, tuple(last.values()), whole)


def _records(body: bytes) -> Iterator[bytes]:
    size = _MARK.size + _CHECKSUM
    return (body[at : at + size] for at in range(0, len(body) - size + 1, size))


def _read(number: int, record: bytes) -> Mark | None:
    fields = _unsealed(record, number)
    if fields is None:
        return None
    code, day, reader, retry_after = _MARK.unpack(fields)
    return Mark(day, reader, STATES[code], retry_after) if code in STATES else None


def _sealed(fields: bytes, number: int) -> bytes:
    return fields + crc32(fields, number & _MOST).to_bytes(_CHECKSUM, "little")


def _unsealed(record: bytes, number: int) -> bytes | None:
    fields = record[:-_CHECKSUM]
    return fields if _sealed(fields, number) == record else None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says which file it was, and what that means."""
    try:
        yield
    except OSError as error:
        raise _explained(error, path) from error


def _explained(error: OSError, path: Path) -> StoreError:
    return StoreError(f"{path}: {error.strerror or error}; without its marks no mail is sent")
