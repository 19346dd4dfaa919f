"""Progress bars on a real pseudo-terminal, and nowhere else."""

import contextlib
import io
import os
import pty
import select

import pytest

from digest.model import Advanced, Finished, Stage, Started
from digest.observe import ProgressBars

RUN = [
    Started(Stage.SEND, 4),
    Advanced(Stage.SEND, 3),
    Advanced(Stage.SEND, 1),
    Finished(Stage.SEND),
]


@pytest.fixture
def terminal():
    """A file that is a terminal, and a function that tells what was written to it."""
    master, slave = pty.openpty()
    file = os.fdopen(slave, "w")

    def drawn() -> str:
        file.flush()
        pieces = []  # what was written piecemeal may arrive so
        while select.select([master], [], [], 0.1)[0]:
            pieces.append(os.read(master, 65_536))
        return b"".join(pieces).decode()

    yield file, drawn
    file.close()
    os.close(master)


def test_a_bar_fills_up_and_gives_the_cursor_back(terminal):
    file, drawn = terminal
    bars = ProgressBars(file)
    for event in RUN:
        bars(event)
    text = drawn()
    assert "Sending" in text
    assert "3/4" in text
    assert "4/4" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")


def test_nothing_is_drawn_where_there_is_no_terminal():
    file = io.StringIO()
    bars = ProgressBars(file)
    for event in RUN:
        bars(event)
    assert file.getvalue() == ""


def test_one_bar_at_a_time_and_the_next_shows_what_was_counted_meanwhile(terminal):
    file, drawn = terminal
    bars = ProgressBars(file)
    for event in (
        Started(Stage.RENDER, 2),
        Started(Stage.SEND, 2),
        Advanced(Stage.RENDER, 1),
        Advanced(Stage.SEND, 1),
    ):
        bars(event)
    assert "Sending" not in drawn()
    bars(Finished(Stage.RENDER))
    text = drawn()
    assert "Sending" in text
    assert "1/2" in text
    bars.close()
    assert "\x1b[?25h" in drawn()


def test_a_stage_may_learn_of_more_to_do(terminal):
    file, drawn = terminal
    bars = ProgressBars(file)
    for event in (Started(Stage.SEND, 1), Started(Stage.SEND, 2), Advanced(Stage.SEND, 1)):
        bars(event)
    assert "1/3" in drawn()
    bars.close()


def test_a_terminal_that_goes_away_stops_nobody():
    master, slave = pty.openpty()
    file = os.fdopen(slave, "w")
    bars = ProgressBars(file)
    bars(RUN[0])
    os.dup2(os.open(os.devnull, os.O_RDONLY), file.fileno())
    for event in RUN[1:]:
        bars(event)
    with contextlib.suppress(OSError):
        file.close()
    os.close(master)


def test_strange_events_raise_nothing(terminal):
    bars = ProgressBars(terminal[0])
    for event in (Started(Stage.SEND, 0), Advanced(Stage.SELECT, 1), Finished(Stage.RENDER)):
        bars(event)
