"""A reader's life, act by act."""

from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import SubscriberState
from digest.model.life import BACK, FOREVER, LIFE, RETURNS, UNDO_WITHIN, Act, Life, after, lived

NOW = datetime(2026, 8, 21, 6, tzinfo=UTC)
ACTIVE, PAUSED, LEFT = SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.LEFT
PENDING, SUPPRESSED = SubscriberState.PENDING, SubscriberState.SUPPRESSED
STATES = [None, *SubscriberState]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", list(Act))
def test_an_act_leads_where_the_table_says_or_changes_nothing(state, act):
    if act in BACK:
        assert after(Life(state), act) is state
    else:
        assert after(Life(state), act) is LIFE.get((state, act), state)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("act", [act for act in Act if act not in {Act.PAUSE, Act.REQUEST}])
def test_an_act_said_twice_is_said_once(state, act):
    once = lived(Life(state, ACTIVE, NOW), act, NOW)
    if (state, act) != (LEFT, Act.UNDO):
        assert lived(once, act, NOW) == once


@pytest.mark.parametrize("state", [SubscriberState.LEFT, SubscriberState.SUPPRESSED])
def test_only_the_reader_or_the_operator_brings_back(state):
    ways = {act for act in Act if after(Life(state, ACTIVE, NOW), act) in RETURNS}
    assert ways == ({Act.CONFIRM, Act.UNDO} if state is LEFT else {Act.RELEASE})


@pytest.mark.parametrize("before", RETURNS)
def test_undo_leads_back_to_where_they_were(before):
    gone = lived(Life(before, None, NOW, date(2026, 9, 1)), Act.LEAVE, NOW)
    assert gone.state is LEFT
    back = lived(gone, Act.UNDO, NOW + timedelta(days=1))
    assert back.state is before
    assert back.pause_until == (date(2026, 9, 1) if before is PAUSED else None)


def test_undo_has_its_time():
    gone = lived(Life(ACTIVE, None, NOW), Act.LEAVE, NOW)
    assert lived(gone, Act.UNDO, NOW + UNDO_WITHIN).state is ACTIVE
    assert lived(gone, Act.UNDO, NOW + UNDO_WITHIN + timedelta(seconds=1)) == gone


def test_no_detour_confirms_who_never_said_yes():
    dead = lived(Life(PENDING, None, NOW), Act.BOUNCE, NOW)
    assert dead.state is SUPPRESSED
    assert lived(dead, Act.RELEASE, NOW).state is PENDING
    left = lived(dead, Act.LEAVE, NOW)
    assert lived(left, Act.UNDO, NOW) == left


def test_a_pause_ends_on_its_day_or_never_by_itself():
    assert lived(Life(ACTIVE), Act.PAUSE, NOW).pause_until == FOREVER
    resting = lived(Life(ACTIVE), Act.PAUSE, NOW, date(2026, 9, 1))
    assert resting.pause_until == date(2026, 9, 1)
    longer = lived(resting, Act.PAUSE, NOW, date(2026, 10, 1))
    assert longer.pause_until == date(2026, 10, 1)
    assert lived(longer, Act.RESUME, NOW) == Life(ACTIVE, None, NOW)


def test_who_asks_again_has_the_whole_time_to_answer():
    first = lived(Life(), Act.REQUEST, NOW)
    later = NOW + timedelta(days=3)
    assert lived(first, Act.REQUEST, later) == Life(PENDING, None, later)
