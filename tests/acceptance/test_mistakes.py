"""What operators do wrong: each ends as one line that says so, and an exit status."""

import subprocess
import sys

import pytest
from commands import ROOT

from digest.sources.sample import DAY

READER = "ann@inbox.example"


@pytest.fixture
def collected(installation):
    assert installation("subscribers", "add", READER, "--topic", "agents").status == 0
    assert installation("collect", "--day", str(DAY)).status == 0
    return installation


def shell(installation, line):
    """Runs a line of shell in which `digest` is the program."""
    digest = f'digest() {{ "{sys.executable}" -m digest "$@"; }}\n'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", digest + line],
        cwd=installation.directory,
        env=installation._environ({"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_lock_that_cannot_be_opened(collected):
    (collected.directory / "var/run.lock").mkdir()
    said = collected("run", "--day", str(DAY))
    assert said.status == 1
    assert "run.lock cannot be opened" in said.last
    assert len(said.err.splitlines()) == 1


def test_a_reader_of_our_output_who_leaves_early_is_no_failure(collected):
    done = shell(collected, f"digest papers --day {DAY} --json | head -1")
    assert (done.returncode, done.stderr) == (0, "")


def test_output_that_cannot_be_written_is_said(collected):
    done = shell(collected, f"digest papers --day {DAY} >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "digest: output: No space left on device\n"


def test_a_console_that_was_closed_takes_no_mail(collected):
    done = shell(collected, f"DIGEST__OUTBOX=console digest run --day {DAY} >&-")
    assert done.returncode == 75, done.stderr
    [row] = collected("deliveries", "--json").records
    assert (row["state"], row["reply"]) == ("deferred", "not printed: there is no standard output")


def test_a_test_copy_never_takes_the_place_of_the_mail(collected, relay):
    for _ in range(2):
        said = collected("preview", "--for", READER, "--day", str(DAY), "--send-to", READER)
        assert said.status == 0, said.err
    assert collected("run", "--day", str(DAY)).status == 0
    names = {mail.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in relay.accepted[READER]}
    assert len(names) == 3


def test_a_test_copy_in_a_maildir_does_not_either(collected):
    outbox = {"DIGEST__OUTBOX": "maildir:{home}/outbox"}
    sent = ("preview", "--for", READER, "--day", str(DAY), "--send-to", READER)
    assert collected(*sent, **outbox).status == 0
    assert collected("run", "--day", str(DAY), **outbox).status == 0
    assert len(list((collected.directory / "var/outbox/new").iterdir())) == 2


def test_a_choice_that_was_recorded_is_cut_to_the_top(collected):
    assert collected("run", "--day", str(DAY)).status == 0
    chosen = ("select", "--for", READER, "--day", str(DAY), "--json")
    whole = collected(*chosen).records
    assert len(whole) > 1
    assert collected(*chosen, "--top", "1").records == whole[:1]
