"""A fleet whose workers are killed; `python -m benchmarks storm` is the full storm."""

import subprocess
import sys

import pytest
from commands import ROOT

from benchmarks import postgres_server


@pytest.mark.slow
def test_a_fleet_doubles_nothing_whoever_is_killed():
    try:
        postgres_server.programs()
    except postgres_server.Unavailable as reason:
        pytest.skip(str(reason))
    words = ["--readers=4000", "--seconds=8", "--restarts=1", "--cut=3", "--every=1.5"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "storm", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 doubles, 0 wrong" in done.stdout
