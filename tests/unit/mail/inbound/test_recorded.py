"""Real bounces, read, and graded as the judge beside the repository grades them."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from shared import shared

from digest.mail.inbound.reading import Kind, Reading, read
from digest.model import Severity

CLASSES = {
    Severity.HARD: "hard",
    Severity.SOFT: "soft",
    Severity.BLOCK: "soft",
    Severity.DELAYED: "soft",
    Severity.NONE: "delivered",
}
RIGHT = {
    "bounce": {"hard", "soft"},
    "unsubscribe-request": {"complaint"},
}

pytestmark = pytest.mark.shared


def classes(reading: Reading) -> list[tuple[str, str]]:
    if reading.kind is Kind.COMPLAINT:
        return [("", "complaint")]
    if reading.kind is Kind.AUTO_REPLY:
        return [("", "auto-reply")]
    return [(f.address, CLASSES[f.severity]) for f in reading.failures]


@pytest.fixture(scope="module")
def expected() -> dict[str, list[tuple[str, str]]]:
    found = defaultdict(list)
    with (shared("recorded/bounces") / "expected.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["file"]].append((row["address"].lower(), row["class"]))
    return dict(found)


@pytest.fixture(scope="module")
def readings(expected) -> dict[str, Reading]:
    folder = Path(shared("recorded/bounces")) / "mail"
    return {name: read((folder / name).read_bytes()) for name in expected}


def test_all_but_one_in_twenty_are_read_as_they_are_known_to_be(expected, readings):
    rows = right = alarms = 0
    for name, wanted in expected.items():
        got = classes(readings[name])
        for address, kind in wanted:
            rows += 1
            if kind == "not-a-bounce":
                right += not any(k in {"hard", "soft"} for _, k in got)
            elif kind == "delivered":
                right += not any(a == address and k != "delivered" for a, k in got)
            else:
                fitting = [k for a, k in got if a in {address, ""}]
                right += any(k in RIGHT.get(kind, {kind}) for k in fitting)
        named = {address for address, _ in wanted}
        alarms += sum(k in {"hard", "soft"} and a not in named for a, k in got)
    assert (right - alarms) / rows >= 0.95


def test_at_most_one_in_a_hundred_is_called_dead_and_is_not(expected, readings):
    rows = sum(map(len, expected.values()))
    harmful = 0
    for name, wanted in expected.items():
        dead = {a for a, kind in wanted if kind in {"hard", "bounce"}}
        got = classes(readings[name])
        harmful += sum(k == "hard" and a not in dead for a, k in got)
    assert harmful / rows <= 0.01


def test_no_ordinary_mail_is_taken_for_a_bounce(readings):
    ordinary = {name: r for name, r in readings.items() if name.startswith(("mailgem", "is-not"))}
    assert len(ordinary) > 90
    assert not [name for name, reading in ordinary.items() if reading.kind is Kind.BOUNCE]
