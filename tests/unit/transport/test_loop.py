"""Many sessions at once: one supply, no mail twice, no error that ends its siblings."""

import threading
import time
from collections import Counter

import pytest
from sending import CONTENT, message, messages, send
from smtp_server import DROP, SILENCE, ScriptedServer

from digest.errors import TransportError
from digest.model import DeliveryState
from digest.transport.loop import deliver_all
from digest.transport.memory import MemoryTransport
from digest.transport.relays import Relay
from digest.transport.supply import Course


def many(count: int) -> list:
    """So many messages, each to a domain of its own."""
    return [message(f"r{number}@d{number}.example") for number in range(count)]


def test_each_message_goes_out_once_through_all_sessions():
    with ScriptedServer(latency=0.002) as server:
        sent = send(server, many(100), sessions=8)
    assert server.connections == 8
    assert all(mails == [CONTENT] for mails in server.accepted.values())
    assert len(server.accepted) == len(sent.outcomes) == 100


def test_no_more_sessions_than_messages_and_none_for_nothing():
    with ScriptedServer() as server:
        send(server, [], sessions=8)
        assert server.connections == 0
        send(server, messages("ab"), sessions=8)
        assert server.connections <= 2


def test_messages_are_taken_when_they_can_go_and_not_before():
    taken = []

    def supply():
        for one in many(30):
            taken.append(one)
            yield one
            assert len(taken) - len(server.received) <= 3

    with ScriptedServer(latency=0.002) as server:
        send(server, supply(), sessions=2)
    assert server.count == 30


def test_a_mail_in_trouble_does_not_disturb_the_others():
    with ScriptedServer(latency=0.001) as server:
        server.on_dot("r3@d3.example", DROP)
        server.on_dot("r7@d7.example", "hello")
        server.on_rcpt("r11@d11.example", "550 5.1.1 unknown")
        server.on_rcpt("r13@d13.example", "421 4.3.2 closing")
        server.on_data("r17@d17.example", DROP)
        sent = send(server, many(60), sessions=5)
    states = Counter(outcome.state for outcome in sent.outcomes)
    assert states == {
        DeliveryState.ACCEPTED: 55,
        DeliveryState.IN_DOUBT: 2,
        DeliveryState.REJECTED: 1,
        DeliveryState.DEFERRED: 2,
    }
    assert max(map(len, server.accepted.values())) == 1


def test_no_session_at_all_is_an_error_and_nothing_is_recorded():
    server = ScriptedServer().start()
    server.stop()
    with pytest.raises(TransportError, match=f"no connection to 127.0.0.1:{server.port}"):
        send(server, messages("ab"))


@pytest.mark.parametrize("answer", ["554 5.7.1 go away", "421 4.7.0 too many", DROP, "hello"])
def test_a_greeting_that_refuses_is_an_error(answer):
    with ScriptedServer() as server:
        server.on("CONNECT", answer)
        with pytest.raises(TransportError, match=r"127\.0\.0\.1"):
            send(server, messages("a"))


def test_a_greeting_that_never_comes_is_an_error():
    with ScriptedServer() as server:
        server.on("CONNECT", SILENCE)
        with pytest.raises(TransportError, match=r"did not answer within 0\.2 s"):
            send(server, messages("a"), timeout=0.2)


def test_a_relay_that_grants_one_session_gets_all_mail_through_it():
    with ScriptedServer(latency=0.001) as server:
        server.on("CONNECT", "421 4.7.0 too many connections", skip=1)
        sent = send(server, many(40), sessions=6)
    assert server.count == 40
    assert len(sent.outcomes) == 40


def test_a_relay_that_dies_defers_the_rest():
    with ScriptedServer() as server:

        def die(marked):
            if marked.address == "r5@d5.example":
                threading.Thread(target=server.stop).start()
                time.sleep(0.2)

        sent = send(server, many(20), sessions=2, before_dot=die)
    states = Counter(outcome.state for outcome in sent.outcomes)
    assert len(sent.outcomes) == len({o.address for o in sent.outcomes}) == 20
    assert states[DeliveryState.DEFERRED] >= 12
    assert states[DeliveryState.IN_DOUBT] <= 2  # at most one for each open connection
    assert all(o.reply for o in sent.outcomes)
    assert "no connection" in sent.outcomes[-1].reply


def test_a_relay_that_comes_back_is_used_again():
    with ScriptedServer() as server:

        def restart(marked):
            if marked.address == "r5@d5.example":
                server.stop()
                server.start()

        sent = send(server, many(20), before_dot=restart, reopen_after=(0.0, 0.1, 0.5))
    states = Counter(outcome.state for outcome in sent.outcomes)
    assert states[DeliveryState.ACCEPTED] == 19
    assert server.connections == 2


def test_a_provider_that_is_too_fast_for_is_left_alone_and_the_others_are_not():
    slow = [message(f"r{number}@slow.example") for number in range(5)]
    with ScriptedServer() as server:
        server.on_rcpt("r0@slow.example", "450 4.7.28 unusual rate")
        sent = send(server, [*slow, *many(3)])
    assert [line for line in server.lines if "@slow.example" in line] == [
        "RCPT TO:<r0@slow.example>"
    ]
    held = [outcome for outcome in sent.outcomes if outcome.address.endswith("slow.example")]
    assert {outcome.state for outcome in held} == {DeliveryState.DEFERRED}
    assert all(590 <= outcome.retry_after <= 600 for outcome in held)
    assert "held back" in held[-1].reply
    assert "4.7.28 unusual rate" in held[-1].reply
    assert server.count == 3


def test_stop_takes_no_more_and_finishes_what_is_under_way():
    with ScriptedServer(latency=0.005) as server:
        sent = send(server, many(100), sessions=4, stop=lambda: server.count >= 10)
    assert 10 <= len(sent.outcomes) <= 14
    assert {outcome.state for outcome in sent.outcomes} == {DeliveryState.ACCEPTED}
    assert server.count == len(sent.outcomes)


def test_stop_does_not_wait_for_ever():
    with ScriptedServer() as server:
        server.on_dot(None, SILENCE)
        start = time.monotonic()
        sent = send(server, many(3), stop=lambda: bool(server.received))
        assert time.monotonic() - start < 5
    assert sent.outcomes == []
    assert len(sent.marks) == 1  # the mark alone tells that this one is in doubt


def test_a_message_that_cannot_be_composed_ends_the_run_in_order():
    def all_begun():
        while sum(line.startswith("MAIL") for line in server.lines) < 5:
            time.sleep(0.005)

    def supply():
        yield from many(5)
        yield all_begun  # what is still waiting for a session is not under way, and is not sent
        raise ValueError("no template")

    with ScriptedServer(latency=0.005) as server, pytest.raises(ValueError, match="no template"):
        send(server, supply(), sessions=3)
    assert server.count == 5


def test_an_outcome_that_cannot_be_recorded_ends_the_run():
    def full(_):
        raise OSError(28, "No space left on device")

    transport = MemoryTransport()
    with pytest.raises(OSError, match="No space"):
        deliver_all(Course([Relay(transport, 1)]), many(5), lambda _: None, full)
    assert len(transport.messages) == 1
