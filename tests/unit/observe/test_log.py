"""The log: one line an event, and no address in it."""

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Advanced, Finished, Stage, Started
from digest.observe import EventLog, LogFormat, configure, fan_out

ADDRESS = "ann.o'neil+papers@example.org"


@pytest.fixture
def log():
    """Logs to a text; call it with format and level."""
    handlers = []

    def begin(log_format=LogFormat.TEXT, level=logging.INFO):
        file = io.StringIO()
        handlers.append(configure(log_format, level, file))
        return file

    yield begin
    for handler in handlers:
        logging.getLogger("digest").removeHandler(handler)


def run(observer):
    observer(Started(Stage.SEND, 3))
    observer(Advanced(Stage.SEND, 2, "accepted"))
    observer(Advanced(Stage.SEND, 1, "deferred"))
    observer(Finished(Stage.SEND))


def test_a_stage_is_two_lines_with_what_it_came_to(log):
    file = log()
    run(EventLog())
    started, finished = file.getvalue().splitlines()
    assert started.split(" ", 1)[1] == "info started stage=send total=3"
    assert finished.split(" ", 1)[1] == "info finished stage=send accepted=2 deferred=1"


def test_json_is_one_object_a_line(log):
    file = log(LogFormat.JSON, logging.DEBUG)
    run(EventLog())
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["started", "advanced", "advanced", "finished"]
    assert lines[1] | {"at": ""} == {
        "at": "", "level": "debug", "event": "advanced", "stage": "send", "count": 2,
        "outcome": "accepted",
    }  # fmt: skip
    assert lines[0]["at"].endswith("+00:00")


@pytest.mark.parametrize("log_format", list(LogFormat))
def test_addresses_are_hidden_but_for_debugging(log, log_format):
    file = log(log_format, logging.DEBUG)
    logger = logging.getLogger("digest.transport")
    logger.info("refused <%s>", ADDRESS, extra={"fields": {"reply": f"550 5.1.1 <{ADDRESS}>: no"}})
    assert "@" not in file.getvalue()
    assert "550 5.1.1" in file.getvalue()
    try:
        int(ADDRESS)
    except ValueError:
        logger.exception("broken")
    assert "@" not in file.getvalue()
    assert "ValueError" in file.getvalue()
    logger.debug("handed over %s", ADDRESS)
    assert ADDRESS in file.getvalue()


@given(st.text(), st.text())
def test_whatever_is_logged_stays_on_one_line(message, value):
    for log_format in LogFormat:
        file = io.StringIO()
        handler = configure(log_format, logging.DEBUG, file)
        logging.getLogger("digest.test").info("%s", message, extra={"fields": {"value": value}})
        logging.getLogger("digest").removeHandler(handler)
        assert len(file.getvalue().splitlines()) == 1
        file.getvalue().encode()


def test_a_listener_that_breaks_stops_neither_the_others_nor_the_work(log):
    file = log()

    def broken(event):
        raise RuntimeError("no")

    heard = []
    run(fan_out([broken, heard.append, EventLog()]))
    assert len(heard) == 4
    assert "finished stage=send" in file.getvalue()
    assert "RuntimeError: no" in file.getvalue()
