"""One mail after the other over real SMTP: what is said, what arrives, what is made of answers."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sending import CONTENT, message, messages, send
from smtp_server import DROP, RESET, SILENCE, ScriptedServer

from digest.mail.verdict import Phase
from digest.model import DeliveryState, Scope, Severity
from digest.transport.pipeline import LIMITS

ENVELOPE = ["MAIL FROM:<bounces+t@news.example>", "RCPT TO:<a@x.example>", "DATA"]
BOTH = pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "in turn"])


@BOTH
def test_mails_arrive_byte_for_byte_on_one_connection(pipelining):
    with ScriptedServer(pipelining=pipelining) as server:
        sent = send(server, messages("abc"))
    assert server.connections == 1
    assert server.accepted == {f"{name}@x.example": [CONTENT] for name in "abc"}
    assert [o.state for o in sent.outcomes] == [DeliveryState.ACCEPTED] * 3
    assert sent.of("b").reply == "250 2.0.0 queued as 000002"
    assert sent.marks == ["a@x.example", "b@x.example", "c@x.example"]
    assert server.lines_of(1)[-1] == "QUIT"


def test_without_pipelining_each_command_awaits_its_answer():
    with ScriptedServer(pipelining=False, latency=0.05) as server:
        send(server, messages("a"))
    times = [heard.at for heard in server.heard if heard.line in ENVELOPE]
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(times))


def test_with_pipelining_the_envelope_comes_at_once_and_never_two_mails():
    with ScriptedServer(latency=0.05) as server:
        send(server, messages("ab"))
    assert b"\r\n".join(line.encode() for line in ENVELOPE) + b"\r\n" in server.bytes_in[1]
    second = next(h.at for h in server.heard if h.line == "RCPT TO:<b@x.example>")
    assert second > server.received[0].at + 0.05


def test_a_server_of_before_ehlo_gets_helo_and_plain_commands():
    with ScriptedServer(ehlo=False) as server:
        sent = send(server, messages("a"))
    assert sent.states == {"a": "accepted"}
    assert [line[:4] for line in server.lines] == ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.binary(max_size=40), max_size=30).map(
            lambda all_lines: (
                b"".join(
                    line.replace(b"\r", b".").replace(b"\n", b".") + b"\r\n" for line in all_lines
                )
                or b"\r\n"
            )
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_any_content_arrives_as_it_was(contents, pipelining):
    with ScriptedServer(pipelining=pipelining) as server:
        send(server, [message("a@x.example", content) for content in contents])
    assert server.accepted["a@x.example"] == contents


def test_large_content_arrives_as_it_was():
    content = b"Subject: x\r\n\r\n" + b".dotted line\r\nplain line\r\n" * 60_000
    with ScriptedServer() as server:
        send(server, [message("a@x.example", content)])
    assert server.accepted["a@x.example"] == [content]


@BOTH
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("451 4.3.0 later", DeliveryState.DEFERRED),
        ("550 5.3.0 never\n550 5.3.0 ever", DeliveryState.REJECTED),
    ],
)
def test_a_refusal_is_kept_in_the_servers_words_and_the_next_mail_goes(
    pipelining, verb, answer, state
):
    with ScriptedServer(pipelining=pipelining) as server:
        server.on(verb, answer, times=1)
        sent = send(server, messages("ab"))
    assert sent.of("a").state is state
    assert sent.of("a").reply.startswith(answer.split("\n")[0])
    assert sent.of("b").state is DeliveryState.ACCEPTED
    assert server.accepted == {"b@x.example": [CONTENT]}
    assert server.connections == 1
    assert ("RSET" in server.lines) == (verb != "DOT")
    assert sent.marks == (["a@x.example", "b@x.example"] if verb == "DOT" else ["b@x.example"])


def test_a_server_that_says_354_to_nobody_gets_an_empty_mail():
    with ScriptedServer(eager_data=True) as server:
        server.on_rcpt("a@x.example", "550 5.1.1 unknown")
        sent = send(server, messages("ab"))
    assert sent.of("a").reply == "550 5.1.1 unknown"
    assert sent.of("a").severity is Severity.HARD
    assert server.accepted == {"b@x.example": [CONTENT]}
    assert server.connections == 1


@BOTH
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "DOT"])
def test_421_defers_and_the_session_is_opened_again(pipelining, verb):
    with ScriptedServer(pipelining=pipelining) as server:
        server.on(verb, "421 4.3.2 closing", times=1)
        sent = send(server, messages("ab"))
    assert sent.of("a").state is DeliveryState.DEFERRED
    assert sent.of("a").reply == "421 4.3.2 closing"
    assert sent.of("b").state is DeliveryState.ACCEPTED
    assert server.connections == 2


@BOTH
@pytest.mark.parametrize("act", [DROP, RESET])
@pytest.mark.parametrize("verb", ["RCPT", "DATA", "CONTENT"])
def test_a_loss_before_the_dot_is_no_delivery(pipelining, act, verb):
    long = message("a@x.example", b"Subject: x\r\n\r\n" + b"x" * 70 * 150_000 + b"\r\n")
    with ScriptedServer(pipelining=pipelining) as server:
        server.on(verb, act, times=1)
        sent = send(server, [long, *messages("b")])
    assert sent.of("a").state is DeliveryState.DEFERRED
    assert sent.of("a").retry_after <= 60
    assert sent.marks == ["b@x.example"]
    assert sent.of("b").state is DeliveryState.ACCEPTED
    assert len(server.received) == 1


@pytest.mark.parametrize("act", [DROP, RESET])
def test_a_loss_after_the_dot_is_in_doubt(act):
    with ScriptedServer() as server:
        server.on_dot("a@x.example", act, keep=True)
        sent = send(server, messages("ab"))
    assert sent.of("a").state is DeliveryState.IN_DOUBT
    assert "final dot" in sent.of("a").reply
    assert sent.of("b").state is DeliveryState.ACCEPTED
    assert {name: len(mails) for name, mails in server.accepted.items()} == {
        "a@x.example": 1,
        "b@x.example": 1,
    }


@pytest.mark.parametrize("act", [DROP, RESET])
def test_a_silent_close_between_mails_costs_nothing(act):
    with ScriptedServer() as server:
        server.on_mail(act, skip=1, times=1)
        sent = send(server, messages("abc"))
    assert sent.states == {"a": "accepted", "b": "accepted", "c": "accepted"}
    assert server.connections == 2


def test_a_server_that_always_closes_is_left_alone_after_two_tries():
    with ScriptedServer() as server:
        server.on_mail(DROP)
        sent = send(server, messages("a"))
    assert sent.of("a").state is DeliveryState.DEFERRED
    assert server.connections == 2


def test_a_word_out_of_turn_is_never_taken_for_an_answer():
    with ScriptedServer() as server:
        server.on_dot("a@x.example", b"250 2.0.0 first\r\n250 2.0.0 again\r\n")
        server.on_rcpt("b@x.example", "550 5.1.1 unknown")
        sent = send(server, messages("ab"))
    assert sent.states == {"a": "accepted", "b": "rejected"}
    assert server.connections == 2


@pytest.mark.parametrize(
    ("verb", "phase", "state"),
    [
        ("MAIL", Phase.MAIL, DeliveryState.DEFERRED),
        ("RCPT", Phase.RCPT, DeliveryState.DEFERRED),
        ("DATA", Phase.DATA, DeliveryState.DEFERRED),
        ("DOT", Phase.DOT, DeliveryState.IN_DOUBT),
    ],
)
def test_each_silence_has_its_limit(verb, phase, state):
    with ScriptedServer(pipelining=False) as server:
        server.on(verb, SILENCE, recipient=None, times=2)
        sent = send(server, messages("a"), limits=LIMITS | {phase: 0.2})
    assert sent.of("a").state is state


def test_the_limits_are_those_of_the_rfc():
    seconds = [LIMITS[phase] for phase in Phase]
    assert seconds == [300, 300, 120, 180, 600]  # RFC 5321 §4.5.3.2.2 to §4.5.3.2.6


def test_a_slow_answer_is_waited_for():
    with ScriptedServer() as server:
        server.on_dot(None, "250 2.0.0 at last", delay=0.5)
        sent = send(server, messages("a"))
    assert sent.of("a").reply == "250 2.0.0 at last"


@pytest.mark.parametrize("answer", ["hello", "250-" + "x" * 70_000, "999 what"])
def test_nonsense_after_the_dot_is_in_doubt(answer):
    with ScriptedServer() as server:
        server.on_dot("a@x.example", answer)
        sent = send(server, messages("ab"))
    assert sent.states == {"a": "in_doubt", "b": "accepted"}


def test_an_answer_in_the_middle_of_the_content_counts_and_no_dot_follows():
    long = message("a@x.example", b"x" * 8_000_000 + b"\r\n")
    with ScriptedServer() as server:
        server.on_content("a@x.example", "421 4.3.1 no room")
        sent = send(server, [long])
    assert sent.of("a").state is DeliveryState.DEFERRED
    assert sent.marks == []
    assert server.received == []


def test_a_mark_that_fails_stops_the_dot_and_the_run():
    def full(_):
        raise OSError(28, "No space left on device")

    with ScriptedServer() as server, pytest.raises(OSError, match="No space left"):
        send(server, messages("ab"), before_dot=full)
    assert server.received == []


def test_limits_and_smtputf8_of_the_server_are_obeyed():
    with ScriptedServer(size=100, smtputf8=False) as server:
        sent = send(
            server, [message("a@x.example", b"x" * 101), message("zoë@x.example"), message()]
        )
    assert sent.states == {"a": "accepted", "z": "skipped"} | {"a": sent.outcomes[2].state}
    assert sent.outcomes[0].state is DeliveryState.REJECTED
    assert "SIZE=" in server.lines[1]
    with ScriptedServer(smtputf8=True) as server:
        sent = send(server, [message("zoë@x.example")])
    assert sent.states == {"z": "accepted"}
    assert "SMTPUTF8" in server.lines[1]


def test_the_null_reverse_path_is_written_as_such():
    with ScriptedServer() as server:
        send(server, [message(reverse_path="")])
    assert server.received[0].sender == ""
    assert "MAIL FROM:<>" in server.lines


def test_the_scope_of_a_refusal_is_told():
    with ScriptedServer() as server:
        server.on_dot(None, "421 4.7.28 slow down")
        sent = send(server, messages("a"))
    assert (sent.of("a").scope, sent.of("a").retry_after) == (Scope.PROVIDER, 600)
