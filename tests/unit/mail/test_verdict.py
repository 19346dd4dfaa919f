"""Every row of the table decides something, and decides as MAIL.md §4 asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.mail.reply import EnhancedStatus, Reply
from digest.mail.verdict import TABLE, Phase, judge, row
from digest.model import DeliveryState, Scope, Severity

ACCEPTED, DEFERRED = DeliveryState.ACCEPTED, DeliveryState.DEFERRED
REJECTED, IN_DOUBT = DeliveryState.REJECTED, DeliveryState.IN_DOUBT
RECIPIENT, PROVIDER, CONNECTION = Scope.RECIPIENT, Scope.PROVIDER, Scope.CONNECTION
NONE, HARD, SOFT, BLOCK = Severity.NONE, Severity.HARD, Severity.SOFT, Severity.BLOCK

AUTH = "our DNS, TLS or authentication"
DEAD = "no such mailbox or domain"
REPUTATION = "reputation or content"

CASES = [
    # answer, phase, row, state, scope, severity, alert
    ("250 2.0.0 queued", Phase.DOT, "accepted", ACCEPTED, RECIPIENT, NONE, False),
    ("421 4.7.28 unusual rate", Phase.MAIL, "too fast", DEFERRED, PROVIDER, BLOCK, False),
    ("450 4.7.28 unusual rate", Phase.DOT, "too fast", DEFERRED, PROVIDER, BLOCK, False),
    ("421 4.7.0 [TSS04] deferred", Phase.MAIL, "Yahoo defers", DEFERRED, PROVIDER, BLOCK, False),
    ("451 4.7.1 [TSS09] deferred", Phase.RCPT, "Yahoo defers", DEFERRED, PROVIDER, BLOCK, False),
    *[
        (f"421 4.7.{n} mend", Phase.DOT, f"{AUTH}, for now", DEFERRED, PROVIDER, BLOCK, True)
        for n in (23, 27, 29, 30, 31, 32, 40)
    ],
    *[
        (f"550 5.7.{n} mend", Phase.DOT, AUTH, REJECTED, PROVIDER, BLOCK, True)
        for n in (25, 26, 27, 29, 30, 515)
    ],
    (
        "530 5.7.0 authenticate first",
        Phase.MAIL,
        "the relay wants authentication",
        DEFERRED,
        CONNECTION,
        NONE,
        True,
    ),
    ("450 4.2.1 too much mail", Phase.RCPT, "mailbox busy", DEFERRED, RECIPIENT, NONE, False),
    ("452 4.2.2 full", Phase.RCPT, "mailbox full, for now", DEFERRED, RECIPIENT, SOFT, False),
    ("552 5.2.2 full", Phase.RCPT, "mailbox full", REJECTED, RECIPIENT, SOFT, False),
    ("450 4.2.0 Greylisted", Phase.RCPT, "greylisted", DEFERRED, RECIPIENT, NONE, False),
    ("550 5.1.1 no such user", Phase.RCPT, DEAD, REJECTED, RECIPIENT, HARD, False),
    ("556 5.1.10 null MX", Phase.RCPT, DEAD, REJECTED, RECIPIENT, HARD, False),
    ("550 5.4.4 no such domain", Phase.RCPT, DEAD, REJECTED, RECIPIENT, HARD, False),
    ("554 5.1.1 no such user", Phase.DOT, DEAD, REJECTED, RECIPIENT, HARD, False),
    (
        "552 5.3.4 header too large",
        Phase.DOT,
        "header or message too large",
        REJECTED,
        RECIPIENT,
        NONE,
        True,
    ),
    (
        "451 4.7.1 listed by Spamhaus, spam",
        Phase.RCPT,
        "reputation, for now",
        DEFERRED,
        PROVIDER,
        BLOCK,
        True,
    ),
    ("550 5.7.1 unsolicited mail", Phase.DOT, REPUTATION, REJECTED, PROVIDER, BLOCK, True),
    ("550 5.7.1 Content refused", Phase.DOT, REPUTATION, REJECTED, PROVIDER, BLOCK, True),
    ("550 blocked using zen.spamhaus.org", Phase.RCPT, REPUTATION, REJECTED, PROVIDER, BLOCK, True),
    (
        "550 User unknown",
        Phase.RCPT,
        "no such mailbox, in words alone",
        REJECTED,
        RECIPIENT,
        HARD,
        False,
    ),
    ("554 refused", Phase.DOT, "transaction failed", REJECTED, PROVIDER, BLOCK, True),
    ("421 closing", Phase.RCPT, "service closes", DEFERRED, CONNECTION, NONE, False),
    ("451 4.3.0 later", Phase.RCPT, "any other 4yz", DEFERRED, RECIPIENT, NONE, False),
    ("553 5.1.8 bad sender", Phase.MAIL, "the sender is refused", REJECTED, RECIPIENT, NONE, True),
    (
        "550 5.2.1 disabled",
        Phase.RCPT,
        "any other 5yz to the recipient",
        REJECTED,
        RECIPIENT,
        SOFT,
        False,
    ),
    ("503 5.5.1 not now", Phase.DATA, "any other 5yz", REJECTED, RECIPIENT, NONE, False),
    (
        "354 go on",
        Phase.DOT,
        "nonsense after the final dot",
        IN_DOUBT,
        CONNECTION,
        NONE,
        False,
    ),
    ("250 fine", Phase.DATA, "nonsense", DEFERRED, CONNECTION, NONE, False),
]


@pytest.mark.parametrize(
    ("answer", "phase", "name", "state", "scope", "severity", "alert"), CASES, ids=str
)
def test_a_reply_means(answer, phase, name, state, scope, severity, alert):
    reply = Reply.parse(answer.encode())
    assert row(reply, phase).name == name
    action = judge(reply, phase)
    assert (action.state, action.scope, action.severity, action.alert) == (
        state,
        scope,
        severity,
        alert,
    )


def test_every_row_has_a_case_and_a_source():
    assert {case[2] for case in CASES} == {row.name for row in TABLE}
    assert all(
        "RFC" in row.source
        or "Gmail" in row.source
        or "Yahoo" in row.source
        or "Spamhaus" in row.source
        for row in TABLE
    )


def test_too_fast_stops_the_provider_for_ten_minutes():
    assert judge(Reply.parse(b"421 4.7.28 slow down"), Phase.MAIL).retry_after == 600


@pytest.mark.parametrize("phase", sorted(set(Phase) - {Phase.DOT}))
def test_a_loss_before_the_dot_is_tried_again_soon(phase):
    action = judge(None, phase)
    assert action.state is DEFERRED
    assert 0 < action.retry_after <= 60


def test_a_loss_after_the_dot_is_in_doubt():
    assert judge(None, Phase.DOT).state is IN_DOUBT


replies = st.builds(
    Reply,
    st.integers(200, 599),
    st.none()
    | st.builds(EnhancedStatus, st.sampled_from([2, 4, 5]), st.integers(0, 9), st.integers(0, 50)),
    st.sampled_from(["", "spam", "greylisted", "user unknown", "[TSS04]", "blocked using x"]),
)


@given(replies, st.sampled_from(Phase))
def test_never_twice_and_never_a_5yz_again(reply, phase):
    state = judge(reply, phase).state
    assert (state is ACCEPTED) == (200 <= reply.code < 300 and phase is Phase.DOT)
    if reply.permanent and reply.code not in {530, 534, 535, 538}:
        assert state is REJECTED
    if reply.transient:
        assert state is DEFERRED
        assert judge(reply, phase).retry_after > 0
    assert (state is IN_DOUBT) <= (phase is Phase.DOT and 300 <= reply.code < 400)
