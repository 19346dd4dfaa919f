"""Which process of which boot it was: so that a dead one is known to be dead."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Process:
    """One process of one boot of this machine; a number alone is used again."""

    boot: bytes
    """Empty: unknown, like no other."""
    pid: int
    started: int
    """In ticks since the boot, as /proc tells; 0: unknown."""

    @classmethod
    def this(cls) -> "Process":
        """The process that asks."""
        return cls(boot_id(), os.getpid(), _started(os.getpid()))

    def lives(self) -> bool:
        """Whether it is another one than ours, and still there."""
        if self.boot != boot_id() or self.pid == os.getpid():
            return False
        return self.started > 0 and _started(self.pid) == self.started


@cache
def boot_id() -> bytes:
    """What names this boot of the machine; empty where the kernel has no name for it."""
    try:
        return UUID(_BOOT.read_text(encoding="ascii").strip()).bytes
    except (OSError, ValueError):
        return b""


def _started(pid: int) -> int:
    """When a process began, in ticks since the boot (proc(5), field 22); 0: there is none."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    name_ended = status.rindex(")")  # the name may hold anything, even brackets
    fields = status[name_ended + 2 :].split()
    return 0 if fields[0] in "ZX" else int(fields[19])
