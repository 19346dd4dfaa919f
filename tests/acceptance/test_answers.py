"""What each answer of a mail server comes to, for whom it was meant, for its provider's other
readers, for everyone else: in this run, ten seconds later, and when the rest is over.

The whole program, in this process, against a server that answers from a script.
"""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from decided import decided
from smtp_server import DROP, Answer, ScriptedServer

from benchmarks.room import DAY, RUN, Room, SameBody, settings
from digest.app import open_app
from digest.cli.closing import sentence
from digest.clock import FixedClock
from digest.model import Mood, Selection, Subscriber
from digest.sources.sample import DAY as SAMPLE
from digest.stages.render import checksum
from digest.transport.pace import STEP
from digest.transport.settings import ProviderSettings, RelaySettings

NOW = datetime(2026, 9, 26, 6, tzinfo=UTC)
MEANT = "a0@gmail.com"
KIN = [f"a{n}@gmail.com" for n in range(1, 4)] + ["a4@googlemail.com"]
OTHERS = ["b0@x.example", "b1@y.example"]
NEW = "a9@gmail.com"


@dataclass(frozen=True)
class Row:
    """One answer, and what it comes to."""

    verb: str
    answer: Answer
    state: str
    """Of the mail that it was meant for."""
    rest: int = 0
    """Minutes for which its provider is left alone."""
    due: int = 0
    """Minutes until the mail is due again."""
    alert: bool = False
    reconnects: bool = False


ROWS = {
    "accepted": Row("DOT", "250 2.0.0 queued as 17", "accepted"),
    "lost before the dot": Row("DATA", DROP, "deferred", due=1, reconnects=True),
    "lost after the dot": Row("DOT", DROP, "in_doubt", reconnects=True),
    "nonsense after the dot": Row("DOT", "hello", "in_doubt", reconnects=True),
    "closed in silence": Row("MAIL", DROP, "accepted", reconnects=True),
    "too fast": Row("RCPT", "421 4.7.28 unusual rate", "deferred", 10, 10, reconnects=True),
    "too fast, after DATA": Row("DOT", "450 4.7.28 unusual rate of mail", "deferred", 10, 10),
    "Yahoo 421": Row("MAIL", "421 4.7.0 [TSS04] deferred", "deferred", 15, 15, reconnects=True),
    "Yahoo 451": Row("RCPT", "451 4.7.1 [TS03] deferred", "deferred", 15, 15),
    "service closes": Row("RCPT", "421 4.3.2 shutting down", "deferred", due=5, reconnects=True),
    "mailbox busy": Row("RCPT", "450 4.2.1 receives too fast", "deferred", due=15),
    "greylisted": Row("RCPT", "450 4.2.0 Greylisted", "deferred", due=5),
    "any other 4yz": Row("RCPT", "451 4.3.0 local trouble", "deferred", due=30),
    "full for now": Row("RCPT", "452 4.2.2 over quota", "deferred", due=60),
    "full": Row("RCPT", "552 5.2.2 over quota", "rejected"),
    "dead": Row("RCPT", "550 5.1.1 no such user", "rejected"),
    "dead, null MX": Row("RCPT", "556 5.1.10 null MX", "rejected"),
    "dead, no domain": Row("RCPT", "550 5.4.4 no such domain", "rejected"),
    "dead, in words": Row("RCPT", "550 no such user here", "rejected"),
    "any other 5yz": Row("RCPT", "550 5.5.0 no", "rejected"),
    "refused after DATA": Row("DOT", "550 5.6.0 not so", "rejected"),
    "header too large": Row("DOT", "552 5.3.4 header too large", "rejected", alert=True),
    "sender refused": Row("MAIL", "553 5.1.8 bad sender", "rejected", alert=True),
    "relay wants login": Row(
        "RCPT", "530 5.7.0 log in", "deferred", due=10, alert=True, reconnects=True
    ),
    "spam": Row("DOT", "554 5.7.1 spam", "rejected", 30, alert=True),
    "Spamhaus": Row("RCPT", "550 5.7.1 blocked using zen", "rejected", 30, alert=True),
    "Spamhaus, for now": Row("RCPT", "450 4.7.1 blocked using zen", "deferred", 30, 30, alert=True),
    "554": Row("DOT", "554 transaction failed", "rejected", 30, alert=True),
}
for code in ("4.7.23", "4.7.27", "4.7.29", "4.7.30", "4.7.31", "4.7.32", "4.7.40"):
    ROWS[code] = Row("DOT", f"421 {code} mend it", "deferred", 30, 30, alert=True, reconnects=True)
for code in ("5.7.25", "5.7.26", "5.7.27", "5.7.29", "5.7.30", "5.7.515"):
    ROWS[code] = Row("DOT", f"550 {code} mend it", "rejected", 30, alert=True)


@pytest.fixture
def relay():
    with ScriptedServer() as server:
        yield server


@contextmanager
def room(home, server, minutes=0.0, sessions=1, processes=1, **smtp):
    given = settings(home, server.port, sessions, processes)
    given = replace(
        given,
        smtp=replace(given.smtp, reopen_after=(0.0,), **smtp),
        delivery=replace(given.delivery, retry_after=None),
    )
    clock = FixedClock(NOW + timedelta(minutes=minutes))
    with open_app(given, clock, lambda _: None, kind=Room) as app:
        yield app


def invite(home, relay, *addresses):
    """Readers with a choice and a proof, so that a run begins to send at once."""
    home.mkdir(exist_ok=True)
    (home / "size").write_text("2000")
    press = SameBody(2_000)
    with room(home, relay) as app:
        app.subscribers.put((Subscriber(address) for address in addresses), NOW)
        for address in addresses:
            quiet = Selection(address, DAY, (), Mood.QUIET, 0, NOW)
            app.selections.put(decided(quiet), DAY, NOW)
        app.selections.prove({a: checksum(press.message(a)) for a in addresses}, DAY)


def run(home, server, minutes=0.0, **smtp):
    """A pass; what it came to, and the state of each delivery."""
    with room(home, server, minutes, **smtp) as app:
        report = app.nightly(RUN, collect=False)
        report.uncollected = False  # no papers here: the choices are made
        return report, {d.address: d.state.value for d in app.ledger.deliveries(DAY)}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_what_an_answer_comes_to(row, tmp_path, relay):
    home = tmp_path / "home"
    invite(home, relay, MEANT, *KIN, *OTHERS)
    # the server learns whom a MAIL is for only afterwards; it is the first one
    whom = {"times": 1} if row.verb == "MAIL" else {"recipient": MEANT, "times": 1}
    relay.on(row.verb, row.answer, **whom)

    report, states = run(home, relay)
    assert states[MEANT] == row.state
    kin = "deferred" if row.rest else "accepted"
    assert {states[address] for address in KIN} == {kin}
    assert {states[address] for address in OTHERS} == {"accepted"}
    assert (relay.connections > 1) == row.reconnects
    assert bool(report.alerts) == row.alert
    assert report.held.total() == (len(KIN) if row.rest else 0)
    if row.alert:
        assert report.exit_status == 1
        assert f"to be mended: gmail.com answered {str(row.answer)[:3]}" in sentence(report)

    relay.forget()
    before = len(relay.received)
    invite(home, relay, NEW)
    report, states = run(home, relay, 1 / 6)  # ten seconds later
    assert states[NEW] == kin
    assert len(relay.received) - before == (0 if row.rest else 1)
    assert not report.alerts
    if row.rest:
        assert report.exit_status == 75
        assert f"held back, google answered: {str(row.answer)[:3]}" in sentence(report)

    if almost := max(row.rest, row.due):
        run(home, relay, almost - 0.1)
        assert relay.accepted.keys() >= set(OTHERS)
        assert not relay.accepted[MEANT]
    _, states = run(home, relay, 61)
    again = {"deferred": "accepted"}
    assert states[MEANT] == again.get(row.state, row.state)
    assert {states[address] for address in [*KIN, *OTHERS, NEW]} == {"accepted"}
    mails = {address: len(contents) for address, contents in relay.accepted.items() if contents}
    assert set(mails.values()) == {1}  # 0 double
    assert set(mails) == {a for a, state in states.items() if state == "accepted"}  # 0 lost


def test_after_its_rest_a_provider_gets_one_connection_and_one_more_at_a_time(tmp_path, relay):
    home, crowd = tmp_path / "home", [f"a{n:03}@gmail.com" for n in range(4 * STEP)]
    invite(home, relay, *crowd)
    relay.on_rcpt(crowd[0], "421 4.7.28 unusual rate", times=1)
    run(home, relay)
    relay.forget()
    relay.on_data(None, "354 go on", delay=0.002)
    begun = relay.connections
    report, _ = run(home, relay, 11, sessions=8)
    assert report.exit_status == 0
    assert relay.count == len(crowd)
    starts = [(h.at, 1) for h in relay.heard if h.verb == "RCPT" and h.connection > begun]
    ends = [(r.at, -1) for r in relay.received if r.connection > begun]
    level, ended, most = 0, 0, {}
    for _, step in sorted(starts + ends):
        level, ended = level + step, ended + (step < 0)
        granted = 1 + ended // STEP
        most[granted] = max(most.get(granted, 0), level)
    assert most[1] == 1
    assert all(level <= granted for granted, level in most.items())


def test_a_refusal_that_comes_again_halts_its_provider_again_with_one_mail(tmp_path, relay):
    home = tmp_path / "home"
    invite(home, relay, MEANT, *KIN)
    relay.on_rcpt(None, "550 5.7.26 not authenticated")
    for number, minutes in enumerate((0, 5, 31, 62), start=1):
        _, states = run(home, relay, minutes, sessions=4)
        tried = [state for state in states.values() if state == "rejected"]
        assert len(tried) <= min(4, 1 + max(0, number - 2)) + 3
    rcpts = [heard.line for heard in relay.heard if heard.verb == "RCPT"]
    assert len(rcpts) == len(set(rcpts))  # 5yz is never tried again


def test_several_processes_keep_one_another_s_word(tmp_path, relay):
    """A provider that grants one connection gets one, however many processes there may be."""
    home, crowd = tmp_path / "home", [f"a{n:04}@gmail.com" for n in range(600)]
    invite(home, relay, *crowd[:1])
    relay.on_rcpt(crowd[0], "421 4.7.28 unusual rate", times=1)
    run(home, relay)
    with room(home, relay, 11, sessions=4, processes=2) as app:
        assert app.processes == 1
    with room(home, relay, 5, sessions=4, processes=2) as app:
        assert app.processes == 2
    slow = (ProviderSettings("x.example", 3),)
    with room(home, relay, 5, sessions=8, processes=4, provider=slow) as app:
        assert app.processes == 3


def test_a_ramp_holds_over_days_and_is_told(tmp_path, relay):
    home = tmp_path / "home"
    invite(home, relay, *[f"r{n:02}@x.example" for n in range(20)])
    report, _ = run(home, relay, ramp=(3, 5))
    assert relay.count == 3
    assert report.exit_status == 75
    assert "17 held back until tomorrow, mail from localhost is on a ramp" in sentence(report)
    assert "127.0.0.1:" in sentence(report)
    day = 24 * 60
    report, _ = run(home, relay, 10, ramp=(3, 5))
    assert relay.count == 3  # not due before midnight
    run(home, relay, day, ramp=(3, 5))
    assert relay.count == 8
    run(home, relay, day + 5, ramp=(3, 5))
    assert relay.count == 8
    report, _ = run(home, relay, 2 * day, ramp=(3, 5))
    assert relay.count == 20
    assert max(map(len, relay.accepted.values())) == 1


def test_relays_by_weight_through_the_whole_program(tmp_path, relay):
    home, crowd = tmp_path / "home", [f"r{n:03}@d{n}.example" for n in range(200)]
    invite(home, relay, *crowd)
    with ScriptedServer() as other:
        relays = (
            RelaySettings(relay.host, relay.port, weight=4),
            RelaySettings(other.host, other.port, weight=1),
        )
        run(home, relay, sessions=5, relay=relays)
        assert relay.count + other.count == 200
        assert 20 <= other.count <= 60
        assert relay.connections == 4
        assert other.connections == 1


# As it is called from the command line


@pytest.fixture
def subscribed(installation):
    for name in ("ann@gmail.com", "bob@gmail.com", "eve@x.example"):
        said = installation("subscribers", "add", name, "--topic", "diffusion models")
        assert said.status == 0, said.err
    return installation


def test_what_is_to_be_mended_ends_the_run_with_1_and_is_seen_in_status(subscribed, relay):
    relay.on_rcpt("ann@gmail.com", "550 5.7.26 this mail is not authenticated")
    one = {"DIGEST__SMTP__SESSIONS": "1", "DIGEST__DELIVERY__RETRY_AFTER": "300"}
    said = subscribed("run", "--day", str(SAMPLE), **one)
    assert said.status == 1
    assert "to be mended: gmail.com answered 550 5.7.26 this mail is not authenticated" in said.last
    assert "1 held back, google answered: 550 5.7.26" in said.last
    assert list(relay.accepted) == ["eve@x.example"]
    again = subscribed("run", "--day", str(SAMPLE), **one)
    assert again.status == 75
    assert len([h for h in relay.heard if h.verb == "RCPT"]) == 2
    rows = subscribed("status", "--day", str(SAMPLE), "--json").records
    [standing] = [row for row in rows if "provider" in row]
    assert standing["provider"] == "google"
    assert standing["connections"] == 1
    assert "google" in subscribed("status", "--day", str(SAMPLE)).out


def test_retry_after_0_means_at_once_for_a_provider_too(subscribed, relay):
    relay.on_rcpt("ann@gmail.com", "421 4.7.28 unusual rate", times=1)
    assert subscribed("run", "--day", str(SAMPLE)).status == 75
    assert subscribed("run", "--day", str(SAMPLE)).status == 0
    assert {a: len(m) for a, m in relay.accepted.items()} == {
        "ann@gmail.com": 1, "bob@gmail.com": 1, "eve@x.example": 1
    }  # fmt: skip


def test_relays_and_limits_from_the_environment(subscribed, relay):
    with ScriptedServer() as other:
        gone = ScriptedServer().start()
        gone.stop()
        entries = ", ".join(
            f'{{host = "127.0.0.1", port = {server.port}}}' for server in (relay, other, gone)
        )
        said = subscribed(
            *("run", "--day", str(SAMPLE)),
            DIGEST__SMTP__RELAY=f"[{entries}]",
            DIGEST__SMTP__PROVIDER='[{name = "*", concurrency = 1, rate = "20/second"}]',
            DIGEST__SMTP__PER_CONNECTION="1",
        )
        assert said.status == 0, said.err
        assert relay.count + other.count == 3
