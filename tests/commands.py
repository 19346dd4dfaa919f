"""Calls the command `digest` as a cron job or a person would: a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self) -> str:
        """The last line of standard error: what a person reads."""
        return self.err.splitlines()[-1] if self.err else ""


@dataclass(frozen=True)
class Installation:
    """A home with settings of its own, given through the environment."""

    directory: Path
    environment: dict[str, str]

    def __call__(self, *words: str, stdin: str = "", **more: str) -> Said:
        """Runs `digest WORDS`."""
        done = subprocess.run(
            [sys.executable, "-m", "digest", *words],
            cwd=self.directory,
            env=self._environ(more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Starts `digest WORDS` and does not wait."""
        return subprocess.Popen(
            [sys.executable, "-m", "digest", *words],
            cwd=self.directory,
            env=self._environ({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _environ(self, more: dict[str, str]) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DIGEST")}
        return {**kept, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **self.environment, **more}
