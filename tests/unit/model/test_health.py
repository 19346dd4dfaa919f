"""The score of an address: what counts, what is forgotten, and when it is written to no more."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from digest.model import Severity
from digest.model.health import LAST, PROBE, WELL, Health, Step, struck

NOW = datetime(2026, 8, 21, 7, 0, tzinfo=UTC)


def day(number: int) -> tuple[date, datetime]:
    """The edition that goes out on a day, and when its bounce comes."""
    return (NOW + timedelta(days=number - 1)).date(), NOW + timedelta(days=number)


def after(*bounces: tuple[int, Severity]) -> list[Step]:
    health, steps = Health(), []
    for number, severity in bounces:
        health, step = struck(health, severity, *day(number))
        steps.append(step)
    return steps


def test_a_dead_address_is_probed_and_then_suppressed():
    assert after((0, Severity.HARD), (1, Severity.HARD)) == [Step.PROBE, Step.SUPPRESS]


def test_a_weekly_reader_s_dead_address_too():
    assert after((0, Severity.HARD), (7, Severity.HARD)) == [Step.PROBE, Step.SUPPRESS]


def test_one_hard_bounce_alone_never_suppresses():
    assert after((0, Severity.HARD), (60, Severity.HARD)) == [Step.PROBE, Step.PROBE]


def test_at_most_one_bounce_counts_a_day():
    assert after(*[(0, Severity.HARD)] * 50) == [Step.PROBE] + [Step.NONE] * 49


def test_a_second_notice_of_the_same_mail_is_no_probe():
    edition, now = day(0)
    health, _ = struck(Health(), Severity.HARD, edition, now)
    _, step = struck(health, Severity.HARD, edition, now + timedelta(days=1))
    assert step is Step.NONE


def test_a_full_mailbox_gets_eleven_days_of_daily_mail_and_weekly_mail_for_ever():
    daily = after(*[(n, Severity.SOFT) for n in range(20)])
    assert daily.index(Step.SUPPRESS) == 10
    assert Step.SUPPRESS not in after(*[(7 * n, Severity.SOFT) for n in range(200)])


@pytest.mark.parametrize("severity", [Severity.BLOCK, Severity.DELAYED, Severity.NONE])
def test_refusals_that_speak_of_us_never_kill_an_address(severity):
    assert set(after(*[(n, severity) for n in range(400)])) == {Step.NONE}


def test_half_is_forgotten_in_a_week():
    health, _ = struck(Health(), Severity.HARD, *day(0))
    assert health.now(NOW + timedelta(days=7)) == pytest.approx(2.5)


class Machine(RuleBasedStateMachine):
    """Any bounces, in any order, at any pace."""

    def __init__(self):
        super().__init__()
        self.health, self.now = Health(), NOW
        self.strikes: list[date] = []
        self.probed: date | None = None
        self.failing = 0

    @rule(hours=st.integers(0, 24 * 40))
    def time_passes(self, hours):
        before = self.health.now(self.now)
        self.now += timedelta(hours=hours)
        assert self.health.now(self.now) <= before

    @rule(severity=st.sampled_from(Severity), age=st.integers(0, 10))
    def a_bounce_comes(self, severity, age):
        edition = self.now.date() - timedelta(days=age)
        before = self.health
        self.health, step = struck(self.health, severity, edition, self.now)
        if severity not in {Severity.HARD, Severity.SOFT}:
            assert (self.health, step) == (before, Step.NONE)
        if self.health is not before:
            assert self.health.struck == self.now.date() != before.struck
            self.strikes.append(self.now.date())
        if step is Step.SUPPRESS:
            assert before.probing is not None
            assert edition > before.probing
            assert self.health.score >= LAST
            assert len(self.strikes) >= 2
        if step is Step.PROBE:
            assert self.health.probing == edition

    @invariant()
    def days_count_once(self):
        assert len(set(self.strikes)) == len(self.strikes)

    @invariant()
    def a_low_score_is_no_probation(self):
        if self.health.score < min(PROBE, WELL):
            assert self.health.probing is None


TestScores = Machine.TestCase


@given(st.floats(0, 1e6), st.integers(0, 10**6))
def test_a_score_never_grows_by_itself(score, hours):
    health = Health(score, NOW)
    assert 0 <= health.now(NOW + timedelta(hours=hours)) <= score
