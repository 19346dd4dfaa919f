"""Rest when a provider asks for it, one connection then, and one more at a time; limits; shares."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.model import DeliveryState, Outcome, Part, Scope, Standing
from digest.transport.gate import Gate, Limit, share
from digest.transport.pace import STEP, Pace
from digest.transport.rate import Rate

NOON = datetime(2026, 9, 25, 12, tzinfo=UTC)
TOO_FAST = "421 4.7.28 unusual rate"


def outcome(state=DeliveryState.ACCEPTED, pause=0, reply="250 ok", **changes):
    return Outcome("a@x.example", NOON.date(), state, reply, pause, **changes)


def complaint(pause=600, **changes):
    return outcome(DeliveryState.DEFERRED, pause, TOO_FAST, scope=Scope.PROVIDER, **changes)


def take(pace, count, at, provider="google"):
    for _ in range(count):
        pace.ended(provider, outcome(), at)


def test_without_limits_and_complaints_nothing_is_asked():
    pace = Pace()
    assert pace.idle
    take(pace, 3, NOON)
    assert pace.resting("google", NOON) is None
    assert pace.gate("google") is None
    assert pace.idle
    assert pace.news() == []


def test_who_asks_for_rest_gets_it_for_as_long_and_nobody_else():
    pace = Pace()
    pace.ended("google", complaint(), NOON)
    assert not pace.idle
    seconds, why = pace.resting("google", NOON + timedelta(seconds=10))
    assert seconds == 590
    assert why == f"held back, google answered: {TOO_FAST}"
    assert pace.resting("yahoo", NOON) is None
    assert pace.resting("google", NOON + timedelta(seconds=600)) is None


def test_then_it_is_given_one_connection_and_one_more_at_a_time():
    pace, later = Pace(sessions=4), NOON + timedelta(minutes=11)
    pace.ended("google", complaint(), NOON)
    granted = []
    for _ in range(3):
        granted.append(pace.gate("google").connections)
        take(pace, STEP, later)
    assert granted == [1, 2, 3]
    assert pace.gate("google").connections == 0  # in full favour
    assert pace.idle


def test_mails_that_were_under_way_when_the_rest_began_earn_no_favour():
    pace = Pace()
    pace.ended("google", complaint(), NOON)
    take(pace, 5 * STEP, NOON + timedelta(seconds=1))
    assert pace.gate("google").connections == 1


def test_of_several_complaints_at_once_the_first_counts_and_a_later_one_begins_again():
    pace = Pace()
    pace.ended("google", complaint(), NOON)
    pace.ended("google", complaint(), NOON + timedelta(seconds=9))
    assert pace.resting("google", NOON + timedelta(seconds=9))[0] == 591
    again = NOON + timedelta(minutes=20)
    take(pace, STEP, again)
    assert pace.gate("google").connections == 2
    pace.ended("google", complaint(), again)
    assert pace.resting("google", again)[0] == 600
    assert pace.gate("google").connections == 1


def test_what_one_process_hears_another_learns_and_so_does_the_next_run():
    first, second = Pace(), Pace()
    first.ended("google", complaint(alert=True), NOON)
    [standing] = first.news()
    assert standing == Standing("google", NOON, 600, 1, TOO_FAST, alert=True)
    assert first.news() == []
    second.learn([standing], NOON + timedelta(seconds=10))
    assert not second.idle
    assert second.resting("google", NOON + timedelta(seconds=10))[0] == 590
    assert second.gate("google").connections == 1


def test_favour_is_told_too_to_the_last():
    first, second, later = Pace(sessions=3), Pace(sessions=3), NOON + timedelta(minutes=11)
    first.ended("google", complaint(), NOON)
    second.learn(first.news(), NOON)
    take(first, STEP, later)
    [standing] = first.news()
    assert standing.connections == 2
    second.learn([standing], later)
    second.resting("google", later)
    assert second.gate("google").connections == 2
    take(first, STEP, later)
    assert [standing.connections for standing in first.news()] == [0]


def test_the_operator_s_pause_replaces_that_of_an_earlier_run_but_not_of_this():
    pace, later = Pace(), NOON + timedelta(seconds=10)
    pace.learn([Standing("google", NOON, 600, 1, TOO_FAST)], later, pause=0)
    assert pace.resting("google", later) is None
    assert pace.gate("google").connections == 1
    pace.learn([Standing("yahoo", later, 600, 1, TOO_FAST)], later, pause=0)
    assert pace.resting("yahoo", later)[0] == 600


def test_a_clock_that_is_set_back_does_not_lengthen_a_rest():
    pace = Pace()
    pace.learn([Standing("google", NOON + timedelta(days=3), 600, 1, TOO_FAST)], NOON)
    assert pace.resting("google", NOON)[0] == 600


def test_a_complaint_of_yesterday_is_forgotten():
    pace = Pace()
    pace.learn([Standing("google", NOON - timedelta(days=2), 600, 1, TOO_FAST)], NOON)
    assert pace.idle


def test_one_of_several_processes_alone_goes_on_with_who_grants_one_connection():
    later = NOON + timedelta(minutes=11)
    parts = [Pace(part=Part(index, 3)) for index in range(3)]
    for pace in parts:
        pace.ended("google", complaint(), NOON)
    assert [pace.resting("google", later) is None for pace in parts] == [True, False, False]


@pytest.mark.parametrize(("number", "of"), [(1, 3), (7, 3), (16, 2), (0, 4)])
def test_shares_add_up(number, of):
    assert sum(share(number, Part(index, of)) for index in range(of)) == number


def test_limits_hold_by_name_and_for_everyone_else_and_the_lesser_counts():
    pace = Pace({"google": Limit(2), "*": Limit(5, Rate(10))}, part=Part(0, 1))
    assert pace.gate("google").connections == 2
    assert pace.gate("x.example").connections == 5
    assert pace.gate("x.example").rate == Rate(10)
    pace.ended("google", complaint(), NOON)
    assert pace.gate("google").connections == 1


def test_a_gate_lets_so_many_through_at_once():
    gate = Gate(connections=2)
    for _ in range(2):
        assert gate.wait(0) == 0
        gate.enter(0)
    assert gate.wait(0) == float("inf")
    gate.leave()
    assert gate.wait(0) == 0


def test_a_rate_spaces_mails_evenly_and_lateness_earns_no_burst():
    gate = Gate(rate=Rate(2))
    gate.enter(100)
    assert gate.wait(100) == pytest.approx(0.4)  # a tenth of a second may be caught up with
    gate.enter(100.4)
    assert gate.wait(100.4) == pytest.approx(0.5)
    gate.enter(1_000)
    assert gate.wait(1_000) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("written", "per_second"),
    [
        ("", 0),
        ("5/second", 5),
        ("30/minute", 0.5),
        (" 7200 / hours ", 2),
        ("2/s", 2),
        ("6/min", 0.1),
    ],
)
def test_rates_as_they_are_written(written, per_second):
    assert Rate.parse(written).per_second == pytest.approx(per_second)


@pytest.mark.parametrize(
    "written", ["5", "0/second", "-1/s", "1/week", "a/s", "5/second!", "1e9/s"]
)
def test_what_is_no_rate(written):
    with pytest.raises(ValueError, match="30/minute"):
        Rate.parse(written)


def test_a_standing_ends():
    standing = Standing("google", NOON, 600, 1, TOO_FAST)
    assert standing.until == NOON + timedelta(minutes=10)
    assert replace(standing, pause=0).until == NOON
