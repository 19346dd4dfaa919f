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


def test_a_day_before_all_editions_is_refused(collected):
    said = collected("run", "--day", "1900-01-01")
    assert said.status == 2
    assert "before 2000-01-02" in said.last


@pytest.mark.parametrize("spelling", ["{}", "arxiv:{}", "{}v2", "https://arxiv.org/abs/{}v1"])
def test_a_paper_is_known_however_its_id_is_written(collected, spelling):
    [first, *_] = collected("papers", "--day", str(DAY), "--json").records
    written = spelling.format(first["id"].removeprefix("arxiv:"))
    said = collected("why", written, "--for", READER, "--json")
    assert said.status == 0, said.err
    assert said.records[0]["id"] == first["id"]


@pytest.mark.parametrize("words", [["why", "nonsense"], ["why", "2401.00001"]])
def test_a_paper_that_nobody_knows(collected, words):
    said = collected(*words, "--for", READER)
    assert said.status == 2
    assert "digest papers" in said.last


def test_a_source_that_nobody_knows(collected):
    said = collected("papers", "--day", str(DAY), "--source", "huggingfase")
    assert said.status == 2
    assert "did you mean 'huggingface'" in said.last


def test_a_day_of_which_nothing_is_known_says_what_to_do(collected):
    said = collected("papers", "--day", "2026-07-01", "--json")
    assert (said.status, said.out) == (0, "")
    assert "digest collect --day 2026-07-01" in said.last


def test_a_dry_run_counts_who_would_get_mail(collected):
    assert "would mail 1 reader\n" in collected("run", "--day", str(DAY), "--dry-run").out
    collected("run", "--day", str(DAY))
    planned = collected("run", "--day", str(DAY), "--dry-run", "--json").records
    assert planned == [{"day": str(DAY), "ask": [], "mail": 0}]


def test_a_fleet_without_its_queue_is_not_another_engine(collected):
    said = collected("run", "--day", str(DAY), DIGEST__ENGINE="fleet")
    assert said.status == 2
    assert "'fleet' works from a queue on PostgreSQL" in said.last


def test_a_signing_key_that_others_can_read_is_said(collected):
    assert collected("run", "--day", str(DAY)).status == 0
    key = collected.directory / "var/secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    said = collected("status")
    assert said.status == 0
    assert f"chmod 600 {key}" in said.err
    assert key.read_text().strip() not in said.out + said.err
