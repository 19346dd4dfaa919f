"""A few kills of the whole program; `python -m benchmarks crash --kills 100` is the full count."""

import subprocess
import sys

from commands import ROOT


def test_kills_double_nothing_and_leave_few_doubts():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "crash", "--kills=5", "--readers=3000", "--drop=.001"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 doubles, 0 wrong" in done.stdout
