"""A journal keeps what a kill must not make us forget, and never tells more than it knows."""

import os
import resource
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import Locked, StoreError
from digest.model import Claim, DeliveryState, Outcome
from digest.store.journal import Journals, Mark, header, numbers_of, packed, replay
from digest.store.process import Process, boot_id

DAY = date(2026, 8, 20)
HERE = Process(b"this boot's name", 4711, 99)
NUMBER = 77
MARKED = [s for s in DeliveryState if s is not DeliveryState.PLANNED]

marks = st.builds(
    Mark,
    day=st.integers(1, 3_652_059),
    reader=st.integers(1, 2**62),
    state=st.sampled_from(MARKED),
    retry_after=st.integers(0, 10**6),
)


def written(made, process=HERE):
    return header(NUMBER, process) + b"".join(packed(NUMBER, mark) for mark in made)


def read(content, boot=HERE.boot):
    return replay(content, boot)


@given(st.lists(marks, max_size=20))
def test_what_was_marked_last_is_told_of_each_claim(made):
    left = read(written(made))
    assert (left.number, left.process, left.whole) == (NUMBER, HERE, True)
    assert set(left.marks) == set({(m.day, m.reader): m for m in made}.values())


@given(st.lists(marks, min_size=1, max_size=5), st.data())
def test_a_torn_tail_is_a_mark_that_was_never_made(made, data):
    content = written(made)
    size = len(packed(NUMBER, made[0]))
    torn = data.draw(st.integers(1, size - 1))
    assert read(content[:-torn]) == read(written(made[:-1]))


@given(st.lists(marks, min_size=1, max_size=5), st.data())
def test_a_damaged_mark_means_that_absence_proves_nothing(made, data):
    content = bytearray(written(made))
    start = len(header(NUMBER, HERE))
    at = data.draw(st.integers(start, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    left = read(bytes(content))
    assert not left.whole
    assert set(left.marks) <= set(made)


@given(st.binary(max_size=300))
def test_anything_can_be_read(content):
    left = read(content)
    assert not left.whole
    assert left.marks == ()


@given(st.lists(marks, max_size=3), st.binary(min_size=1, max_size=400))
def test_rubbish_behind_the_marks_hides_none_of_them(made, rubbish):
    assert set(read(written(made)).marks) <= set(read(written(made) + rubbish).marks)


def test_a_mark_of_another_journal_is_none_of_this_one():
    mark = Mark(DAY.toordinal(), 5, DeliveryState.ACCEPTED)
    left = read(header(NUMBER, HERE) + packed(NUMBER + 2, mark))
    assert left.marks == ()
    assert not left.whole


@pytest.mark.parametrize("boot", [b"another boot 123", b""])
def test_after_another_boot_absence_proves_nothing_and_presence_does(boot):
    mark = Mark(DAY.toordinal(), 5, DeliveryState.ACCEPTED)
    left = read(written([mark]), boot)
    assert left.marks == (mark,)
    assert not left.whole


def test_where_a_boot_has_no_name_absence_proves_nothing():
    assert not replay(written([], Process(b"", 1, 1)), b"").whole


def test_marks_survive_a_kill(tmp_path):
    script = f"""
import os, signal, sys
from datetime import date
from pathlib import Path
from digest.model import Claim, DeliveryState, Outcome
from digest.store.journal import Journals
journal = Journals(Path({str(tmp_path)!r})).begin()
day = date(2026, 8, 20)
first, second = (Claim("a@x.example", day, reader, journal.number) for reader in (1, 2))
journal.dot(first)
journal.dot(second)
journal.ended(second, Outcome("a@x.example", day, DeliveryState.ACCEPTED))
print(journal.number, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    [left] = Journals(tmp_path).left()
    assert left.number == int(done.stdout)
    assert left.whole
    assert {m.reader: m.state for m in left.marks} == {
        1: DeliveryState.SENDING,
        2: DeliveryState.ACCEPTED,
    }


def test_a_journal_of_a_living_process_is_not_taken_over(tmp_path):
    script = f"""
import sys
from pathlib import Path
from digest.store.journal import Journals
Journals(Path({str(tmp_path)!r})).begin()
print("begun", flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        with pytest.raises(Locked, match=f"process {process.pid} still writes"):
            Journals(tmp_path).left()
        process.stdin.close()
    assert len(Journals(tmp_path).left()) == 1


def test_a_process_number_used_again_is_another_process():
    assert not Process(boot_id(), os.getppid(), 1).lives()
    assert Process(boot_id(), os.getppid(), _start_of(os.getppid())).lives()
    assert not Process(b"another boot 123", os.getppid(), _start_of(os.getppid())).lives()


def _start_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def test_removed_journals_leave_nothing(tmp_path):
    journals = Journals(tmp_path / "journal")
    assert journals.left() == []
    first, second = journals.begin(), journals.begin()
    assert first.number != second.number
    first.remove()
    assert [left.number for left in journals.left()] == [second.number]
    second.leave()
    journals.clear()
    assert list((tmp_path / "journal").iterdir()) == []


def test_on_a_full_disk_no_mark_is_made_and_none_is_hidden(tmp_path):
    """A file size limit is a full disk that needs no root (setrlimit(2))."""
    journal = Journals(tmp_path).begin()
    claim = Claim("a@x.example", DAY, 1, journal.number)
    journal.dot(claim)
    [path] = tmp_path.iterdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, before[1]))
    try:
        with pytest.raises(StoreError, match="without its marks no mail is sent"):
            journal.ended(claim, Outcome(claim.address, DAY, DeliveryState.ACCEPTED))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    journal.ended(claim, Outcome(claim.address, DAY, DeliveryState.REJECTED))
    [left] = Journals(tmp_path).left()
    assert [mark.state for mark in left.marks] == [DeliveryState.REJECTED]
    assert left.whole
    journal.leave()


def test_what_lives_is_settled_by_nobody_else_and_what_is_left_once(tmp_path):
    """Whoever writes holds its lock: process numbers mean nothing between containers."""
    living, dead = Journals(tmp_path, 7).begin(), Journals(tmp_path, 8).begin()
    dead.dot(Claim("a@x.example", date(2026, 8, 20), 1, dead.number))
    dead.leave()
    taken = []
    assert Journals(tmp_path).settle(taken.extend) == 1
    assert [left.number for left in taken] == [dead.number]
    first, last = numbers_of(8)
    assert first <= dead.number <= last
    living.dot(Claim("a@x.example", date(2026, 8, 20), 2, living.number))
    assert Journals(tmp_path).settle(taken.extend) == 0
    living.remove()
