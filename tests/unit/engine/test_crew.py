"""Processes that share work out: none outlives its parent, none is waited for in vain."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import crew_jobs
import pytest

from digest.engine.crew import Crew
from digest.engine.lock import run_lock
from digest.errors import Locked, StoreError

TESTS = Path(crew_jobs.__file__).parent
NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _jobs_can_be_found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))


def crew(stop=lambda: False, events=None):
    return Crew(stop, (lambda _: None) if events is None else events.append)


def test_results_come_in_order_and_events_reach_the_observer():
    events = []
    results = crew(events=events).work([partial(crew_jobs.count, n) for n in (3, 1, 2)])
    assert [number for number, _ in results] == [3, 1, 2]
    assert len({pid for _, pid in results} | {os.getpid()}) == 4
    assert Counter(type(event).__name__ for event in events) == {"Advanced": 6}


def test_an_error_is_raised_and_the_others_are_told_to_finish():
    with pytest.raises(StoreError, match="the disk is full"):
        crew().work([crew_jobs.until_told, crew_jobs.fail])


def test_one_that_dies_has_no_result_and_the_others_have():
    events = []
    results = crew(events=events).work([crew_jobs.die, partial(crew_jobs.count, 2)])
    assert results[0] is None
    assert results[1][0] == 2
    assert len(events) == 3


def test_when_all_shall_stop_the_children_are_told():
    begun = []
    results = crew(lambda: len(begun) == 2, begun).work([crew_jobs.until_told] * 2)
    assert results == ["drained", "drained"]


PARENT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import crew_jobs
from digest.engine.crew import Crew
from digest.engine.lock import run_lock
def tell(event):
    print(event.count, flush=True)
with run_lock(Path(sys.argv[1]), "a test", datetime(2026, 8, 21, tzinfo=UTC)):
    Crew(lambda: False, tell).work([crew_jobs.until_told])
"""


@pytest.fixture
def family(tmp_path):
    """A parent that holds a lock, its child, and the lock."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "lock")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    child = int(parent.stdout.readline())
    yield parent, child, tmp_path / "lock"
    parent.kill()
    parent.wait()
    parent.stdout.close()
    if Path(f"/proc/{child}").exists():
        os.kill(child, signal.SIGKILL)


def until(happened, seconds=10):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def state(pid):
    """As in proc(5): T is stopped, Z and X are over."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "X"


def gone(pid):
    return state(pid) in "ZX"


def test_a_child_dies_with_its_parent(family):
    parent, child, _ = family
    parent.kill()
    until(lambda: gone(child))


def test_while_a_child_lives_nobody_takes_over(family):
    parent, child, lock = family
    os.kill(child, signal.SIGSTOP)
    until(lambda: state(child) == "T")  # or one of its threads still hears of its parent's end
    parent.kill()
    parent.wait()
    with pytest.raises(Locked), run_lock(lock, "another", NOW):
        pass
    os.kill(child, signal.SIGCONT)
    until(lambda: gone(child))
    with run_lock(lock, "another", NOW):
        pass


def test_ctrl_c_reaches_the_child_and_it_goes_on_until_its_parent_says_so(family):
    parent, child, _ = family
    os.kill(child, signal.SIGINT)
    time.sleep(0.2)
    assert not gone(child)
    os.kill(child, signal.SIGTERM)
    assert parent.wait(10) == 0
