"""Alerts, the first sending, `status` and `why-no-mail`, on a real store and real servers."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from scripted_web import ScriptedWeb, answer, reset
from smtp_server import ScriptedServer
from web_server import Site

from digest.app import open_app
from digest.app.telling import absence, figures
from digest.clock import FixedClock
from digest.config import Outbox, OutboxKind, Settings
from digest.config.sections import Quiet, SelectionSettings, SourcesSettings
from digest.errors import NotProved, RenderError
from digest.model import DeliveryState, Remedy, Rhythm, Secret, Subscriber, SubscriberState
from digest.observe import fan_out
from digest.observe.metrics import exposition
from digest.observe.settings import AlertSettings
from digest.sources.fetch import FetchSettings
from digest.sources.huggingface import HuggingFaceSettings
from digest.sources.replay import Replay
from digest.sources.sample import sample
from digest.transport.settings import Security, SmtpSettings

DAY = timedelta(days=1)
EDITION = date(2026, 6, 30)  # a Tuesday
NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
ANN = Subscriber("ann@x.example", send_at=time(7, 30))
OPERATOR = "operator@house.example"


@pytest.fixture
def relay():
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def hub():
    with Replay({EDITION: sample()}) as replay:
        yield replay


@pytest.fixture
def here(tmp_path, relay, hub):
    with installation(tmp_path, relay, hub) as app:
        yield app


@contextmanager
def installation(directory, relay, hub, source="", **changes):
    settings = Settings(
        home=directory / "home",
        outbox=Outbox(OutboxKind.SMTP),
        smtp=SmtpSettings(
            host=relay.host, port=relay.port, security=Security.NONE, sessions=1, processes=1,
            reopen_after=(0.0,),
        ),
        sources=SourcesSettings(
            fetch=FetchSettings(attempts=1), huggingface=HuggingFaceSettings(source or hub.url)
        ),
        alerts=AlertSettings(mail=OPERATOR, timeout=2),
    )  # fmt: skip
    with open_app(replace(settings, **changes), FixedClock(NOW), fan_out(())) as app:
        app.collect = app.collecting(app.sources(["huggingface"]))
        app.subscribers.put([ANN], NOW - 9 * DAY)
        yield app


def run(app, day=None):
    return app.nightly(app.run(day))


def alerts(relay):
    return [mail.decode() for mail in relay.accepted[OPERATOR]]


# Alerts


def test_all_is_well_and_nobody_is_alarmed(here, relay):
    assert run(here).exit_status == 0
    assert relay.accepted["ann@x.example"]
    assert alerts(relay) == []


def test_a_source_that_fails_is_told_once_a_day(tmp_path, relay, hub):
    with installation(tmp_path, relay, hub, source="http://127.0.0.1:9") as app:
        assert run(app).exit_status == 1
        [mail] = alerts(relay)
        assert 'From: "Paper Digest"' in mail
        assert "Auto-Submitted: auto-generated" in mail
        assert "a source could not be read" in mail
        assert "readers were due, and nobody got anything" in mail
        assert relay.received[-1].sender == ""
        app.clock.instant += timedelta(hours=7)
        run(app)
        assert len(alerts(relay)) == 1
        app.clock.instant += DAY
        run(app)
        assert len(alerts(relay)) == 2
        told = app.watch.alerts(NOW.date())
        assert {each.cause for each in told} == {"source-failed", "silent-day"}


def test_a_provider_that_does_not_believe_us_is_told(here, relay):
    relay.on_rcpt("ann@x.example", "550 5.7.26 unauthenticated mail")
    assert run(here).exit_status == 1
    [mail] = alerts(relay)
    assert "a provider refuses what we send (x.example)" in mail.replace("=\r\n", "")


def test_a_run_that_breaks_off_is_told_and_still_breaks_off(here, relay, monkeypatch):
    def broken(*_):
        raise RenderError("digest.html, line 3: nobody knows 'papers'")

    monkeypatch.setattr(type(here.engine), "deliver", broken)
    with pytest.raises(RenderError):
        run(here)
    [mail] = alerts(relay)
    assert "a run broke off" in mail
    assert "digest.html, line 3" in mail.replace("=\r\n", "")


def hooked(tmp_path, relay, hub, web, source="http://127.0.0.1:9"):
    told = AlertSettings(
        webhook=Secret(f"{web.url}/hook/secret1"), ping=Secret(f"{web.url}/secret2"), timeout=2
    )
    return installation(tmp_path, relay, hub, source=source, alerts=told)


def paths(web):
    return [request.split(b" ")[1].decode() for request in web.requests]


def test_webhook_and_dead_mans_switch(tmp_path, relay, hub):
    with Site() as web, hooked(tmp_path, relay, hub, web) as app:
        run(app)
        paths = [path for _, path, _ in web.heard]
        assert paths == ["/secret2/start", "/hook/secret1", "/secret2/fail"]
        told = json.loads(web.heard[1][2])
        assert told["exit_status"] == 1
        causes = {each["cause"]: each for each in told["causes"]}
        assert causes.keys() == {"source-failed", "silent-day"}
        assert causes["source-failed"]["subject"] == "huggingface"
        assert causes["source-failed"]["advice"]
        assert "could not be read" in told["text"]


def test_the_switch_hears_of_success(tmp_path, relay, hub):
    with ScriptedWeb([answer("200 OK")]) as web, hooked(tmp_path, relay, hub, web, "") as app:
        assert run(app).exit_status == 0
        assert paths(web) == ["/secret2/start", "/secret2"]


def test_a_digest_for_one_by_name_is_no_sign_that_runs_happen(tmp_path, relay, hub):
    with ScriptedWeb([answer("200 OK")]) as web, hooked(tmp_path, relay, hub, web, "") as app:
        app.engine.collect(app.run(None), run_report())
        app.nightly(app.run(None, (ANN.address,)), collect=False)
        assert relay.accepted[ANN.address]
        assert web.requests == []
        assert app.watch.last_run() is None


@pytest.mark.parametrize(
    "step", [answer("500 No"), answer("302 Found", Location="/x"), b"no HTTP at all\r\n\r\n", reset]
)
def test_an_alert_that_fails_costs_nothing_is_no_secret_and_is_tried_again(
    tmp_path, relay, hub, caplog, step
):
    with ScriptedWeb([step]) as web, hooked(tmp_path, relay, hub, web) as app:
        assert run(app).exit_status == 1
        assert app.watch.alerts(NOW.date()) == []
        assert "alerts.webhook was not taken" in caplog.text
        assert not any(word in caplog.text + repr(app.settings) for word in ("secret1", "secret2"))


def test_a_webhook_that_nobody_answers_costs_nothing(tmp_path, relay, hub, caplog):
    told = AlertSettings(webhook=Secret("http://127.0.0.1:9/secret"), ping=Secret("nonsense"))
    with installation(tmp_path, relay, hub, alerts=told) as app:
        assert run(app).exit_status == 0
        assert "alerts.ping was not taken" in caplog.text
        assert "nonsense" not in caplog.text


def test_every_cause_has_a_consequence_and_every_bad_verdict_a_cause():
    from digest.model import CAUSES, CONSEQUENCES, Cause, Verdict
    from digest.model.cause import OF_VERDICT

    assert CAUSES.keys() == set(Cause)
    assert all(isinstance(each, Remedy) and each.advice for each in CAUSES.values())
    for verdict, cause in OF_VERDICT.items():
        assert CAUSES[cause].alert is CONSEQUENCES[verdict].alert
    assert OF_VERDICT.keys() == set(Verdict) - {Verdict.COMPLETE, Verdict.EMPTY}


# The first sending to many


def public(app):
    """The same installation behind a relay that is not on this machine."""
    smtp = replace(app.settings.smtp, host="relay.invalid", timeout=1.0)
    return replace(app, settings=replace(app.settings, smtp=smtp))


def readers(number):
    return [Subscriber(f"r{n}@x.example") for n in range(number)]


def test_the_first_sending_to_many_waits_for_the_preflight(here):
    here.subscribers.put(readers(100), NOW)  # and ann
    app = public(here)
    with pytest.raises(NotProved, match="digest doctor"):
        run(app)
    assert app.papers.of_day(EDITION), "collecting needs no preflight"
    assert list(app.ledger.deliveries()) == []
    app.watch.prove("localhost", [app.settings.smtp.name], NOW, "doctor")
    assert run(app).states[DeliveryState.DEFERRED]


def test_few_readers_and_a_relay_on_this_machine_need_no_preflight(here):
    here.subscribers.put(readers(99), NOW)
    assert run(public(here)).states[DeliveryState.DEFERRED]
    here.subscribers.put(readers(300), NOW)
    assert run(here).states[DeliveryState.ACCEPTED] > 100


def test_a_sending_that_was_meant_anyway_is_the_last_that_is_asked_about(here):
    here.subscribers.put(readers(101), NOW)
    app = public(here)
    report = app.nightly(app.run(None), anyway=True)
    assert report.states[DeliveryState.DEFERRED]
    app.clock.instant += timedelta(hours=1)
    assert run(app).trouble
    assert app.watch.proved("localhost").keys() == {app.settings.smtp.name}
    other = replace(app.settings.smtp, host="other.invalid")
    moved = replace(app, settings=replace(app.settings, smtp=other))
    with pytest.raises(NotProved):
        run(moved)


def test_what_is_no_longer_well_is_told_and_stops_no_run(here, relay):
    here.watch.prove("localhost", ["relay.invalid:25"], NOW - 2 * DAY, "doctor")
    app = public(here)
    app.settings = replace(app.settings, smtp=replace(app.settings.smtp, port=25))
    told = []
    app.alerts._ways = [("test", told.append)]
    report = run(app)
    assert report.states[DeliveryState.DEFERRED] == 1
    causes = [notice.cause.value for alert in told for notice in alert.notices]
    assert "preflight" in causes
    told.clear()
    app.clock.instant += timedelta(hours=1)
    run(app)
    assert "preflight" not in [n.cause.value for alert in told for n in alert.notices]


# Why no mail


def other(app, **changes):
    """Ann with other wishes."""
    app.subscribers.put([replace(ANN, **changes)], NOW - 9 * DAY)


def at(day, hour):
    return datetime(2026, 7, day, hour, tzinfo=UTC)


def after_run(app):
    run(app)


def answered(reply, **options):
    def step(app):
        app.relay.on_rcpt("ann@x.example", reply, **options)
        run(app)

    return step


def lost(app):
    from smtp_server import DROP

    app.relay.on_dot("ann@x.example", DROP)
    run(app)


def left(app):
    other(app, state=SubscriberState.LEFT)


def resting(app):
    from digest.model.life import Act, lived

    life = app.joining.life(ANN.address)
    app.subscribers.live(ANN.address, lived(life, Act.PAUSE, NOW, date(2026, 7, 15)), NOW)


def expired(app):
    answered("450 4.2.1 busy")(app)
    app.clock.instant = at(2, 7)
    app.ledger.expire(EDITION, app.clock.now(), app.clock.now())
    app.clock.instant = NOW + timedelta(hours=3)


def fold(app):
    app.clock.instant = at(1, 9)
    run(app)
    app.papers.add(
        replace(app.papers.collections(EDITION)[0], day=date(2026, 7, 1)),
        [replace(app.papers.of_day(EDITION)[0], id="arxiv:2607.00001", day=date(2026, 7, 1))],
    )
    app.clock.instant = at(3, 4)


WHY = {
    "nobody": (lambda app: app.subscribers.remove(ANN.address), "not-subscribed", "does not sub"),
    "pending": (lambda app: other(app, state=SubscriberState.PENDING), "pending", "confirmed"),
    "paused": (lambda app: other(app, state=SubscriberState.PAUSED), "paused", "paused"),
    "paused until": (resting, "paused", "until 2026-07-15"),
    "left": (left, "left", "unsubscribed on 2026-06-22"),
    "suppressed": (
        lambda app: other(app, state=SubscriberState.SUPPRESSED), "suppressed", "bounced"),
    "weekly": (lambda app: other(app, rhythm=Rhythm.WEEKLY), "not-theirs", "edition of 2026-07-03"),
    "not yet": (lambda app: other(app, send_at=time(11, 15)), "not-yet", "2026-07-01 11:15 UTC"),
    "no papers": (lambda app: None, "no-papers", "digest collect --day 2026-06-30"),
    "a source failed": (
        lambda app: app.collecting(app.sources(["huggingface"])).perform(
            app.run(date(2026, 6, 29)), app.sources(["huggingface"]), NOW) and None,
        "no-papers", "nothing was collected"),
    "due": (
        lambda app: app.engine.collect(app.run(None), run_report()),
        "due", "the next `digest run`"),
    "accepted": (after_run, "accepted", "accepted it at 2026-07-01 09:00 UTC"),
    "deferred": (answered("450 4.2.1 mailbox busy, later"), "deferred", "“450 4.2.1 mailbox busy"),
    "rejected": (answered("550 5.1.1 no such user"), "rejected", "“550 5.1.1 no such user”"),
    "in doubt": (lost, "in-doubt", "settle"),
    "expired": (expired, "expired", "given up"),
    "overtaken": (
        lambda app: setattr(app.clock, "instant", at(3, 9)),
        "overtaken", "while it was the newest"),
    "folded": (fold, "folded", "at 2026-07-03 07:30 UTC"),
    "forgotten": (lambda app: app.adopt(EDITION), "forgotten", "nobody remembers"),
    "left after it came": (
        lambda app: (run(app), left(app)),
        "left", "Before that, ann@x.example got the edition"),
}  # fmt: skip


def run_report():
    from digest.model import Report

    return Report(EDITION)


@pytest.mark.parametrize("case", WHY)
def test_why_no_mail(here, relay, case):
    step, reason, words = WHY[case]
    here.relay = relay
    step(here)
    day = date(2026, 7, 1) if case == "folded" else EDITION
    found = absence(here, "Ann@X.example", day)
    assert (found.why, words in found.sentence) == (reason, True), found.sentence
    assert found.sentence.startswith("ann@x.example ")
    assert found.sentence.endswith(".")
    assert ".." not in found.sentence.replace("…", "")


def test_a_quiet_reader_who_wants_no_mail_then(tmp_path, relay, hub):
    quiet = SelectionSettings(quiet=Quiet.SKIP)
    with installation(tmp_path, relay, hub, selection=quiet) as app:
        from digest.model import Topic

        other(app, topics=(Topic.parse('"a phrase that no paper has"'),))
        report = run(app)
        assert report.exit_status == 0
        assert absence(app, ANN.address, None).why == "quiet"


def test_without_a_day_it_is_the_edition_that_the_reader_should_have(here):
    here.clock.instant = at(2, 6)  # before half past seven: the newest is none of hers yet
    assert "2026-06-30" in absence(here, ANN.address, None).sentence


# Figures


def test_figures_for_a_monitor_tell_no_reader_apart(here, relay):
    here.subscribers.put(readers(3), NOW)
    relay.on_rcpt("r1@x.example", "450 4.2.1 busy")
    run(here)
    page = exposition(figures(here), {})
    lines = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    assert lines['digest_subscribers{state="active"}'] == "4"
    assert lines['digest_edition_deliveries{state="accepted"}'] == "3"
    assert lines['digest_edition_deliveries{state="deferred"}'] == "1"
    assert lines['digest_source_verdict{source="huggingface",verdict="complete"}'] == "1"
    assert lines['digest_source_verdict{source="huggingface",verdict="failed"}'] == "0"
    assert lines["digest_waiting"] == "1"
    assert lines["digest_last_run_status"] == "75"
    assert lines["digest_edition_timestamp_seconds"] == str(
        int(datetime(2026, 6, 30, tzinfo=UTC).timestamp())
    )
    assert "@" not in page
    assert page.endswith("\n")
    for line in page.splitlines():
        if line.startswith("# TYPE"):
            assert f"# HELP {line.split()[2]} " in page
