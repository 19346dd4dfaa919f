"""Where the recorded pages, judgements and judges lie, when this checkout has them beside it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(path: str) -> Path:
    """A path below ../shared; skips the test, saying so, when it is absent."""
    if (SHARED / path).exists():
        return SHARED / path
    pytest.skip(f"needs ../shared/{path}, which is not beside this checkout")
