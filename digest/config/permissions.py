"""Who else can read a file."""

import stat
from pathlib import Path

MOUNTED = Path("/run/secrets")
"""Where container engines mount secrets, readable by all inside, and by nobody outside."""


def open_to_others(path: Path) -> bool:
    """Whether group or world may read a file that ought to be its owner's alone."""
    if path.is_relative_to(MOUNTED):
        return False
    try:
        return bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
    except OSError:
        return False
