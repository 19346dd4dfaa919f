"""The first signal asks, a second Ctrl-C insists."""

import os
import signal
import subprocess
import sys
import time

import pytest

from digest.engine.stopping import AT_ONCE, until_stopped

LOOP = """
import time
from digest.engine.stopping import until_stopped
with until_stopped() as stop:
    print("ready", flush=True)
    while not stop():
        time.sleep(0.01)
    print("asked", flush=True)
    time.sleep(20)
"""


@pytest.fixture
def process():
    with subprocess.Popen(
        [sys.executable, "-c", LOOP],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_to_stop(process, number):
    process.send_signal(number)
    assert process.stdout.readline() == "asked\n"
    assert process.stderr.readline().startswith("finishing what is under way")
    assert process.poll() is None


def test_a_second_ctrl_c_stops_at_once(process):
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "asked\n"
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == AT_ONCE
    assert time.monotonic() - begun < 2


def test_afterwards_signals_mean_what_they_meant_before():
    before = signal.getsignal(signal.SIGTERM)
    with until_stopped() as stop:
        assert not stop()
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
