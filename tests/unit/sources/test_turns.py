"""One request at a time to a host that asks for a pace, over processes; real files and servers."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scripted_web import ScriptedWeb, answer

from digest.clock import FixedClock, SystemClock
from digest.errors import Unreachable
from digest.model import Request
from digest.sources.deadline import TooSlow
from digest.sources.fetch import FetchSettings, PoliteFetcher
from digest.sources.turns import Turns

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Slept:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at, self.naps = NOW, []

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(round(seconds, 3))
        self.at += timedelta(seconds=seconds)


def take(turns: Turns, url: str = "http://a.example/x", patience: float = 60) -> None:
    with turns.take(url, 3.0, time.monotonic() + patience):
        pass


def test_the_second_request_waits_out_the_pace_and_another_host_does_not(tmp_path: Path):
    clock = Slept()
    turns = Turns(tmp_path / "turns", clock, clock.sleep)
    take(turns)
    clock.at += timedelta(seconds=1)
    take(Turns(tmp_path / "turns", clock, clock.sleep))
    take(turns, "http://b.example/")
    assert clock.naps == [2.0]


def test_a_clock_that_was_set_back_costs_no_more_than_the_pace(tmp_path: Path):
    clock = Slept()
    turns = Turns(tmp_path, clock, clock.sleep)
    take(turns)
    clock.at -= timedelta(days=1)
    take(turns)
    assert clock.naps == [3.0]


def test_a_turn_that_would_come_too_late_is_not_waited_for(tmp_path: Path):
    clock = Slept()
    turns = Turns(tmp_path, clock, clock.sleep)
    take(turns)
    with pytest.raises(TooSlow, match=r"owed 3\.0 s"):
        take(turns, patience=1)


def test_turns_that_cannot_be_kept_are_not_just_skipped(tmp_path: Path):
    (tmp_path / "file").write_text("")
    clock = Slept()
    with pytest.raises(Unreachable, match="whose turn"):
        take(Turns(tmp_path / "file", clock, clock.sleep))


HOLDER = """
import sys, time
from pathlib import Path
from digest.clock import SystemClock
from digest.sources.turns import Turns
turns = Turns(Path(sys.argv[1]), SystemClock(), time.sleep)
with turns.take("http://a.example/", 0.0, time.monotonic() + 9):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_holds_the_host_and_its_death_frees_it(tmp_path: Path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout.readline() == "held\n"
        turns = Turns(tmp_path, SystemClock(), lambda seconds: None)
        with pytest.raises(TooSlow, match="another process"):
            take(turns, patience=0)
        holder.kill()
        holder.wait()
    with turns.take("http://a.example/", 0.0, time.monotonic() + 9):
        pass


def test_the_fetcher_keeps_the_pace_over_retries_and_closes_its_connection(tmp_path: Path):
    clock = Slept()
    steps = [answer("503 Busy"), answer("200 OK", b"[]"), answer("200 OK", b"[]")]
    with ScriptedWeb(steps) as web:
        turns = Turns(tmp_path, clock, clock.sleep)
        fetcher = PoliteFetcher(
            FetchSettings(backoff=0), FixedClock(NOW), sleep=clock.sleep, turns=turns
        )
        fetcher.fetch(Request(web.url, pace=3.0))
        fetcher.fetch(Request(web.url))
        assert [nap for nap in clock.naps if nap] == [3.0]
        assert web.header(0, "connection") == "close"


def test_a_body_is_posted_and_its_answer_never_kept(tmp_path: Path):
    with ScriptedWeb([answer("200 OK", b"[1]", ETag='"x"')]) as web:
        fetcher = PoliteFetcher(FetchSettings(), FixedClock(NOW))
        request = Request(web.url, {"fields": "title"}, {"x-api-key": "secret"}, b'{"ids":[]}')
        assert fetcher.fetch(request).body == b"[1]"
        assert web.requests[0].startswith(b"POST /?fields=title")
        assert web.header(0, "x-api-key") == "secret"
        assert "secret" not in repr(request)
