"""The whole local run with PostgreSQL as the store."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from smtp_server import DROP

from digest.clock import SystemClock
from digest.model.due import newest_day
from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample

ONE = timedelta(days=1)
READERS = [f"reader{n:02}@inbox.example" for n in range(12)]


@pytest.fixture
def subscribed(installation, empty_url):
    moved = replace(
        installation, environment={**installation.environment, "DIGEST__STORE": empty_url}
    )
    lines = "".join(f"{address},diffusion models;robots\n" for address in READERS)
    (installation.directory / "readers.csv").write_text(f"email,topics\n{lines}")
    said = moved("subscribers", "import", "readers.csv")
    assert said.status == 0, said.err
    return moved


def states(installation):
    rows = installation("deliveries", "--day", str(DAY), "--json").records
    return {row["address"]: row["state"] for row in rows}


def test_everybody_gets_the_edition_once_whatever_happens(subscribed, relay, server):
    relay.on_rcpt(READERS[3], "451 4.2.1 mailbox busy, come back", times=1)
    relay.on_rcpt(READERS[7], "550 5.1.1 no such reader")
    relay.on_dot(READERS[5], DROP, keep=True)
    first = subscribed("run", "--day", str(DAY))
    assert first.status == 1, first.err
    assert "9 accepted" in first.last
    server.stop()
    down = subscribed("run", "--day", str(DAY))
    assert (down.status, down.err.count("\n")) == (75, 1), down.err
    server.start()
    again = subscribed("run", "--day", str(DAY))
    assert again.status == 0, again.err
    assert all(len(mails) == 1 for mails in relay.accepted.values())
    found = states(subscribed)
    assert (found.pop(READERS[7]), found.pop(READERS[5])) == ("rejected", "in_doubt")
    assert set(found.values()) == {"accepted"}
    assert sorted(found) == sorted(set(relay.accepted) - {READERS[5]})


def test_an_installation_moves_there_and_back(subscribed, relay):
    assert subscribed("run", "--day", str(DAY)).status == 0
    before = states(subscribed)
    moved = subscribed("db", "copy", "-", "sqlite:///moved.db")
    assert moved.status == 0, moved.err
    back = replace(
        subscribed, environment={**subscribed.environment, "DIGEST__STORE": "sqlite:///moved.db"}
    )
    assert states(back) == before
    again = back("run", "--day", str(DAY))
    assert "nothing to send" in again.last


def test_a_worker_works_beside_a_run_and_ends_in_order(subscribed, relay):
    fleet = replace(subscribed, environment={**subscribed.environment, "DIGEST__ENGINE": "fleet"})
    worker = fleet.start("worker", "--name", "ours")
    try:
        ran = fleet("run", "--day", str(DAY))
        assert ran.status == 0, ran.err
        assert "12 accepted" in ran.last
        assert fleet("status", "--day", str(DAY)).status == 0
    finally:
        worker.terminate()
        _, said = worker.communicate(timeout=60)
    assert worker.returncode == 0, said
    assert said.splitlines()[0].startswith("ours: works, with mails of ")
    assert said.splitlines()[-1] == "stopped"
    assert {len(mails) for mails in relay.accepted.values()} == {1}


def test_two_schedules_and_a_worker_send_the_newest_edition_once(subscribed, relay):
    today = newest_day(SystemClock().now(), fresh=False)
    papers = sample().replace(str(DAY).encode(), str(today).encode())
    papers = papers.replace(str(DAY - ONE).encode(), str(today - ONE).encode())
    with Replay({today: papers}) as hub:
        more = {"DIGEST__ENGINE": "fleet", "DIGEST__SOURCES__HUGGINGFACE__URL": hub.url}
        fleet = replace(subscribed, environment={**subscribed.environment, **more})
        processes = [fleet.start(word) for word in ("schedule", "schedule", "worker")]
        try:
            deadline = time.monotonic() + 100
            while len(relay.accepted) < len(READERS) and time.monotonic() < deadline:
                time.sleep(0.2)
        finally:
            for process in processes:
                process.terminate()
            said = [process.communicate(timeout=60)[1] for process in processes]
    assert sorted(relay.accepted) == READERS, said
    assert {len(mails) for mails in relay.accepted.values()} == {1}
    assert [process.returncode for process in processes] == [0, 0, 0]
