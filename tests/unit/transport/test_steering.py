"""Limits, relays and ramp on real connections: who overtakes whom, and that nobody is forgotten."""

import time
from collections import Counter
from datetime import UTC, date, datetime
from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending import CONTENT, DAY, message, send
from smtp_server import DROP, ScriptedServer

from digest.clock import FixedClock
from digest.errors import TransportError
from digest.model import DeliveryState
from digest.transport.gate import Limit
from digest.transport.loop import deliver_all
from digest.transport.memory import MemoryTransport
from digest.transport.pace import Pace
from digest.transport.ramp import Ramp
from digest.transport.rate import Rate
from digest.transport.relays import Relay, draw, sessions_by_weight
from digest.transport.settings import Security, SmtpSettings
from digest.transport.smtp import SmtpTransport
from digest.transport.supply import MOST_PARKED, Course

NOON = datetime(2026, 9, 25, 12, tzinfo=UTC)


def to(domain, count):
    return [message(f"r{number}@{domain}") for number in range(count)]


def most_at_once(server, domain):
    """How many mails to a domain were between MAIL and the answer to their dot at once."""
    starts = [(h.at, 1) for h in server.heard if h.verb == "RCPT" and f"@{domain}" in h.line]
    ends = [(r.at, -1) for r in server.received if r.recipient.endswith(f"@{domain}")]
    level = most = 0
    for _, step in sorted(starts + ends):
        level += step
        most = max(most, level)
    return most


def test_a_provider_s_concurrency_holds_and_others_overtake_it():
    readers = [*to("slow.example", 12), *to("other.example", 12)]
    with ScriptedServer() as server:
        server.on_data(None, "354 go on", delay=0.02)
        pace = Pace({"slow.example": Limit(2)})
        sent = send(server, readers, 8, steering={"pace": pace})
    assert server.count == len(sent.outcomes) == 24
    assert most_at_once(server, "slow.example") <= 2
    assert most_at_once(server, "other.example") > 2
    order = [r.recipient.partition("@")[2] for r in server.received]
    assert order[-4:] == ["slow.example"] * 4


def test_far_more_mails_than_can_be_parked_all_go_out_in_order():
    readers = [*to("slow.example", MOST_PARKED * 2), *to("other.example", 50)]
    with ScriptedServer() as server:
        send(server, readers, 6, steering={"pace": Pace({"slow.example": Limit(1)})})
    assert server.count == len(readers)
    assert max(map(len, server.accepted.values())) == 1
    slow = [r.recipient for r in server.received if "slow" in r.recipient]
    assert slow == [f"r{n}@slow.example" for n in range(MOST_PARKED * 2)]


def test_a_provider_s_rate_holds_and_the_sessions_serve_others_meanwhile():
    readers = [*to("slow.example", 6), *to("other.example", 30)]
    with ScriptedServer() as server:
        pace = Pace({"slow.example": Limit(rate=Rate(20))})
        start = time.monotonic()
        send(server, readers, 3, steering={"pace": pace})
        took = time.monotonic() - start
    at = [r.at for r in server.received if "slow" in r.recipient]
    assert took >= 0.14  # six at 20/s, of which a tenth of a second may be caught up with
    assert at[-1] - at[0] >= 0.14
    assert server.count == 36


def test_mails_on_a_connection_are_limited():
    with ScriptedServer() as server:
        sent = send(server, to("x.example", 10), per_connection=3)
    assert [len(list(group)) for _, group in groupby(r.connection for r in server.received)] == [
        3, 3, 3, 1
    ]  # fmt: skip
    assert [h.verb for h in server.heard].count("QUIT") == 4
    assert set(sent.states.values()) == {"accepted"}


def test_a_server_that_says_421_again_and_again_is_let_breathe():
    with ScriptedServer() as server:
        server.on_rcpt(None, "421 4.3.2 not now", times=3)
        send(server, to("x.example", 4), reopen_after=(0.0, 0.15, 0.3))
    rcpts = [h.at for h in server.heard if h.verb == "RCPT"]
    pauses = [after - before for before, after in pairwise(rcpts)]
    assert pauses[0] < 0.15 <= pauses[1] < 0.3 <= pauses[2]


# Several relays


def relay(server, weight=1.0, sessions=2, **more):
    options = {"security": Security.NONE, "reopen_after": (0.0,), "timeout": 2.0}
    settings = SmtpSettings(host=server.host, port=server.port, **options)
    return Relay(SmtpTransport(settings), sessions, settings.name, weight, **more)


def hand_over(relays, readers, before_dot=lambda _: None, **steering):
    outcomes = []
    deliver_all(Course(relays, **steering), readers, before_dot, outcomes.append)
    return outcomes


def test_relays_take_their_shares_each_reader_always_through_the_same():
    readers = to("x.example", 400)
    with ScriptedServer() as heavy, ScriptedServer() as light:
        for _ in range(2):
            hand_over([relay(heavy, 3), relay(light, 1)], readers)
    assert heavy.count + light.count == 800
    assert 270 <= heavy.count / 2 <= 330
    assert not set(heavy.accepted) & set(light.accepted)


def test_a_relay_out_of_reach_is_left_to_the_others():
    gone = ScriptedServer().start()
    gone.stop()
    with ScriptedServer() as server:
        outcomes = hand_over([relay(gone), relay(server)], to("x.example", 50))
    assert server.count == len(outcomes) == 50
    assert {o.state for o in outcomes} == {DeliveryState.ACCEPTED}


def test_a_relay_that_dies_midway_is_left_to_the_others_and_nobody_gets_two():
    with ScriptedServer() as dying, ScriptedServer() as server:
        dying.on("CONNECT", DROP, skip=2)
        dying.on("MAIL", DROP, skip=10)
        outcomes = hand_over([relay(dying), relay(server)], to("x.example", 200))
    assert len(outcomes) == 200
    both = Counter(dict.fromkeys(dying.accepted, 1)) + Counter(dict.fromkeys(server.accepted, 1))
    assert max(both.values()) == 1
    assert dying.count == 10
    states = Counter(o.state for o in outcomes)
    assert states[DeliveryState.ACCEPTED] >= 198  # at most one each that was under way


def test_no_relay_in_reach_is_an_error_and_nothing_is_recorded():
    servers = [ScriptedServer().start(), ScriptedServer().start()]
    for server in servers:
        server.stop()
    with pytest.raises(TransportError, match="no connection to 127"):
        hand_over([relay(server) for server in servers], to("x.example", 3))


def test_a_relay_s_rate_holds():
    with ScriptedServer() as slow, ScriptedServer() as fast:
        hand_over([relay(slow, rate=Rate(20)), relay(fast)], to("x.example", 20))
    at = [r.at for r in slow.received]
    assert at[-1] - at[0] >= (len(at) - 1) / 20 - 0.16
    assert slow.count + fast.count == 20


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=5), st.integers(0, 40))
def test_sessions_by_weight(weights, more):
    given_out = sessions_by_weight(len(weights) + more, weights)
    assert sum(given_out) == len(weights) + more
    assert min(given_out) >= 1
    for one, other in zip(weights, given_out, strict=True):
        for weight, number in zip(weights, given_out, strict=True):
            assert one >= weight or other <= number


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_when_a_relay_goes_only_its_own_mail_moves(number, many):
    relays = [Relay(MemoryTransport(), 1, f"r{n}", n + 1) for n in range(many)]
    address, everyone = f"r{number}@x.example", list(range(many))
    won = draw(address, relays, everyone)
    for lost in set(everyone) - {won}:
        assert draw(address, relays, [n for n in everyone if n != lost]) == won


# The ramp


def ramp(steps=(3, 5), sent=None):
    one = Ramp(steps, "news.example")
    one.begin(DAY, sent or {"": {}})
    return one


def test_what_is_over_the_ramp_waits_until_tomorrow_and_says_so():
    transport = MemoryTransport()
    steering = {"ramp": ramp(), "clock": FixedClock(NOON)}
    outcomes = hand_over([Relay(transport, 2)], to("x.example", 8), **steering)
    assert len(transport.messages) == 3
    waiting = [o for o in outcomes if o.state is DeliveryState.DEFERRED]
    assert len(waiting) == 5
    assert {o.retry_after for o in waiting} == {12 * 3_600}
    assert all(o.held for o in waiting)
    assert "held back until tomorrow, mail from news.example is on a ramp" in waiting[0].reply
    assert steering["ramp"].news() == {"": 3}


def test_what_was_refused_does_not_count_for_the_ramp():
    one = ramp((3,))
    with ScriptedServer() as server:
        one.begin(DAY, {f"{server.host}:{server.port}": {}})
        server.on_rcpt("r1@x.example", "550 5.1.1 unknown")
        outcomes = hand_over([relay(server, sessions=1)], to("x.example", 6), ramp=one)
    assert server.count == 3
    assert Counter(o.state.value for o in outcomes) == {"accepted": 3, "rejected": 1, "deferred": 2}


def test_the_ramp_climbs_by_days_on_which_something_was_sent_then_ends():
    day = date.fromordinal
    days = {day(1): 3, day(2): 0, day(9): 4}
    one = ramp((3, 5, 7))
    one.begin(day(9), {"": days})
    assert one.words().endswith(" 5 on day 2")
    one.take("")
    assert not one.may("")
    one.ended("", sent=False)  # it was refused: another may go in its stead
    assert one.may("")
    one.begin(day(10), {"": days})
    assert one.words().endswith(" 7 on day 3")
    one.begin(day(11), {"": {**days, day(10): 7}})
    for _ in range(100):
        one.take("")
    assert one.may("")


def test_a_relay_over_its_ramp_is_left_to_another_that_is_not():
    with ScriptedServer() as new, ScriptedServer() as old:
        relays = [relay(new), relay(old)]
        one = Ramp((4,), "news.example")
        one.begin(DAY, {relays[0].name: {}, relays[1].name: {date(2026, 1, 1): 9}})
        hand_over(relays, to("x.example", 60), ramp=one)
    assert new.count == 4
    assert old.count == 56
    assert all(mails == [CONTENT] for mails in old.accepted.values())
