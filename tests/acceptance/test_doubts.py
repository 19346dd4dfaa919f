"""What is in doubt: held, settled by a person, or sent once more."""

import email

import pytest
from smtp_server import DROP

from digest.sources.sample import DAY

ANN, BOB = "ann@inbox.example", "bob@inbox.example"


@pytest.fixture
def doubtful(installation, relay):
    """Ann's mail was taken, and the answer to it lost."""
    for address in (ANN, BOB):
        installation("subscribers", "add", address, "--topic", "diffusion models")
    relay.on_dot(ANN, DROP, keep=True, times=1)
    said = installation("run", "--day", str(DAY))
    assert "1 in_doubt" in said.last
    return installation


def state(installation, address=ANN):
    rows = installation("deliveries", "--day", str(DAY), "--json").records
    return {row["address"]: row["state"] for row in rows}[address]


def settle(installation, *words):
    return installation("deliveries", *words, "--day", str(DAY))


def test_it_is_held_and_listed(doubtful, relay):
    assert doubtful("run", "--day", str(DAY)).status == 0
    assert len(relay.accepted[ANN]) == 1
    [row] = doubtful("deliveries", "--day", str(DAY), "--state", "in_doubt", "--json").records
    assert row["address"] == ANN
    assert "final dot" in row["reply"]


def test_settled_as_accepted_it_is_over(doubtful, relay):
    assert settle(doubtful, "settle", ANN, "--as", "accepted").status == 0
    assert state(doubtful) == "accepted"
    again = settle(doubtful, "settle", ANN, "--as", "lost")
    assert again.status == 2
    assert "is not in doubt" in again.err
    assert settle(doubtful, "release", ANN).status == 2


def test_settled_as_lost_it_may_be_sent_again(doubtful, relay):
    assert settle(doubtful, "settle", ANN, "--as", "lost").status == 0
    assert state(doubtful) == "expired"
    doubtful("run", "--day", str(DAY))
    assert len(relay.accepted[ANN]) == 1
    assert settle(doubtful, "release", ANN).status == 0
    assert doubtful("run", "--day", str(DAY)).status == 0
    assert state(doubtful) == "accepted"


def test_released_it_is_sent_again_to_the_byte(doubtful, relay):
    said = settle(doubtful, "release", "--all")
    assert "1 released" in said.out
    assert doubtful("run", "--day", str(DAY)).status == 0
    first, second = relay.accepted[ANN]
    assert first == second
    assert email.message_from_bytes(first)["Message-ID"]
    assert state(doubtful) == "accepted"
    assert len(relay.accepted[BOB]) == 1


def test_whose_must_be_said(doubtful):
    assert settle(doubtful, "release").status == 2
    assert settle(doubtful, "release", "--all", ANN).status == 2


def test_resend_sends_it_once_more_and_never_a_third_time(doubtful, relay):
    relay.on_dot(ANN, DROP, keep=True)
    resend = {"DIGEST__DELIVERY__IN_DOUBT": "resend"}
    assert "1 in_doubt" in doubtful("run", "--day", str(DAY), **resend).last
    first, second = relay.accepted[ANN]
    assert first == second
    for _ in range(2):
        doubtful("run", "--day", str(DAY), **resend)
    assert len(relay.accepted[ANN]) == 2
    assert state(doubtful) == "in_doubt"
