"""What the machine may do to a run. Each trouble has a name and an outcome, and none sends twice.

The whole program over a post room whose mails are cheap, in this process, against a real server.
"""

import resource
import shutil
import sqlite3
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from smtp_server import DROP, ScriptedServer

from benchmarks.room import DAY, RUN, Room, fill, settings
from digest.app import open_app
from digest.clock import FixedClock
from digest.errors import Busy, Misuse, Restored, StoreError
from digest.model import Collection, DeliveryState, Paper, Run, Verdict
from digest.store import sqlite
from digest.store.journal import Journal
from digest.store.retention import RetentionSettings, prune

READERS = 60
NOW = datetime(2026, 9, 26, 6, tzinfo=UTC)


@pytest.fixture
def relay():
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def home(tmp_path):
    fill(tmp_path / "home", READERS, 2_000)
    return tmp_path / "home"


@contextmanager
def room(home, relay, now=NOW, sessions=4):
    with open_app(
        settings(home, relay.port, sessions), FixedClock(now), lambda _: None, kind=Room
    ) as app:
        yield app


def run(home, relay, now=NOW, wanted=RUN):
    with room(home, relay, now) as app:
        return app.nightly(wanted, collect=False)


def once_each(relay):
    return len(relay.accepted) == READERS and all(len(m) == 1 for m in relay.accepted.values())


def test_in_peace_everybody_gets_one(home, relay):
    report = run(home, relay)
    assert report.states == {DeliveryState.ACCEPTED: READERS}
    assert once_each(relay)
    assert run(home, relay).attempted == 0
    assert once_each(relay)
    assert list((home / "journal").iterdir()) == []


def test_the_sessions_stay_open_from_batch_to_batch(home, relay, monkeypatch):
    monkeypatch.setattr("digest.stages.send.SIZE", 7)
    run(home, relay)
    assert once_each(relay)
    assert relay.connections <= 4


@contextmanager
def files_end_at(octets):
    """A disk that is full (setrlimit(2)); Python ignores the signal, so that writing fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_disk_full_for_the_journal_sends_what_is_marked_and_no_more(home, relay, monkeypatch):
    """The store was given room beforehand; a journal ends after a few marks."""
    written, real = [], Journal._write

    def write(self, record):
        written.append(record)
        if len(written) > 31:
            raise StoreError("no space left on device")
        real(self, record)

    monkeypatch.setattr(Journal, "_write", write)
    with pytest.raises(StoreError, match="no space"):
        run(home, relay)
    sent = relay.count
    assert 0 < sent < READERS
    monkeypatch.undo()
    run(home, relay)
    assert once_each(relay)


def test_disk_full_for_the_store_is_said_and_everybody_gets_one_later(home, relay):
    with room(home, relay) as app:
        most = (home / "digest.db-wal").stat().st_size
        with files_end_at(most + 1_000), pytest.raises(StoreError, match=r"disk|full|I/O"):
            app.nightly(RUN, collect=False)
    run(home, relay)
    assert once_each(relay)


def test_a_database_locked_by_a_stranger_means_try_again_later(home, relay, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY", 0.1)
    stranger = sqlite3.connect(home / "digest.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="another program has held the database") as raised:
        run(home, relay)
    assert raised.value.exit_status == 75
    assert relay.count == 0
    stranger.execute("ROLLBACK")
    stranger.close()
    run(home, relay)
    assert once_each(relay)


def test_a_database_locked_in_the_middle_loses_and_doubles_nothing(home, relay, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY", 0.1)
    monkeypatch.setattr("digest.stages.send.SIZE", 10)
    stranger = sqlite3.connect(home / "digest.db", isolation_level=None, check_same_thread=False)
    real, turns = relay.rule, count()

    def rule(verb, connection, recipient=None):
        if verb == "DOT" and next(turns) == 12:
            stranger.execute("BEGIN IMMEDIATE")
        return real(verb, connection, recipient)

    monkeypatch.setattr(relay, "rule", rule)
    with pytest.raises(Busy):
        run(home, relay)
    assert relay.count > 0
    stranger.execute("ROLLBACK")
    stranger.close()
    run(home, relay)
    assert once_each(relay)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=400)])
def test_a_clock_that_steps_back_sends_nothing_twice(home, relay, back):
    relay.on_rcpt(None, "451 4.2.1 busy", times=5)
    assert run(home, relay).states[DeliveryState.DEFERRED] == 5
    for now in (NOW - back, NOW, NOW + back):
        run(home, relay, now)
    assert once_each(relay)


def test_a_store_restored_from_yesterdays_backup_sends_nothing(home, relay):
    with room(home, relay) as app:
        app.database.backup(home / "yesterday.db")
    run(home, relay)
    for name in ("digest.db", "digest.db-wal", "digest.db-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(home / "yesterday.db", home / "digest.db")
    with pytest.raises(Restored, match="digest db adopt --sent DAY"):
        run(home, relay)
    assert once_each(relay)
    with room(home, relay) as app:
        app.adopt(DAY)
        with pytest.raises(Misuse, match="nobody remembers"):
            app.run(DAY)
        assert app.nightly(RUN, collect=False).attempted == 0
        assert app.run(DAY + timedelta(days=1)).backfill is False
    assert once_each(relay)


def test_a_backup_made_while_it_was_sending_is_older_too(home, relay):
    with room(home, relay) as app:

        def back_up_once(event):
            if not (home / "during.db").exists():
                app.database.backup(home / "during.db")

        app.engine._stages.send._observer = back_up_once
        app.nightly(RUN, collect=False)
    shutil.copy(home / "during.db", home / "digest.db")
    for name in ("digest.db-wal", "digest.db-shm"):
        (home / name).unlink(missing_ok=True)
    with pytest.raises(Restored):
        run(home, relay)


def test_a_mark_that_cannot_be_read_is_no_mark_that_is_missing(home, relay):
    (home / "sent").write_text("seven\n")
    with pytest.raises(StoreError, match="cannot be read"):
        run(home, relay)
    assert relay.count == 0


def test_a_fault_of_ours_leaves_what_was_under_way_to_the_next_run(home, relay, monkeypatch):
    """An exception between claim and record is as a crash: the journals tell."""
    monkeypatch.setattr("digest.stages.send.SIZE", 10)
    with room(home, relay) as app:
        real, calls = app.ledger.record, []

        def record(ended, now):
            calls.append(len(ended))
            if len(calls) == 3:
                raise ZeroDivisionError
            real(ended, now)

        app.ledger.record = record
        with pytest.raises(ZeroDivisionError):
            app.nightly(RUN, collect=False)
        assert list((home / "journal").iterdir())
    report = run(home, relay)
    assert report.states[DeliveryState.IN_DOUBT] == 0
    assert once_each(relay)


def test_a_server_that_dies_between_dot_and_answer_leaves_a_doubt_for_each_session(home, relay):
    relay.on_dot(None, DROP, keep=True, skip=9, times=4)
    report = run(home, relay)
    assert report.states[DeliveryState.IN_DOUBT] == 4
    run(home, relay)
    assert once_each(relay)


def test_a_relay_that_dies_for_good_ends_the_run_and_the_rest_stays_planned(
    home, relay, monkeypatch
):
    monkeypatch.setattr("digest.stages.send.SIZE", 10)
    relay.on_dot(None, DROP, skip=15)
    relay.on("CONNECT", "554 5.3.2 closed for today", skip=4)
    with room(home, relay) as app:
        quick = replace(app.settings.smtp, reopen_after=(0.0,))
        app.settings = replace(app.settings, smtp=quick)
        report = app.nightly(RUN, collect=False)
        assert "closed for today" in report.trouble
        assert report.states[DeliveryState.DEFERRED] <= 40  # some batches, not all
        assert app.states(DAY)[DeliveryState.PLANNED] > 0
    relay.forget()
    run(home, relay)
    with room(home, relay) as app:
        doubts = app.ledger.count(DAY)[DeliveryState.IN_DOUBT]
    assert len(relay.accepted) == READERS - doubts
    assert all(len(mails) == 1 for mails in relay.accepted.values())


def test_what_is_too_old_is_forgotten_and_never_sent_again(home, relay):
    run(home, relay)
    with room(home, relay) as app:
        assert prune(app.database, RetentionSettings(), NOW + timedelta(days=179)) == 0
        long_after = NOW + timedelta(days=181)
        assert prune(app.database, RetentionSettings(), long_after) == READERS
        assert app.database.all("SELECT count(*) FROM selections") == [(0,)]
        assert app.memory.forgotten == DAY
        with pytest.raises(Misuse, match=f"edition of {DAY}"):
            app.run(DAY)
        assert app.nightly(Run(DAY, backfill=True), collect=False).attempted == 0
        assert prune(app.database, RetentionSettings(), long_after) == 0
    assert once_each(relay)


def test_an_old_edition_that_was_sent_lately_is_remembered(home, relay):
    long_after = NOW + timedelta(days=300)
    relay.on_rcpt(None, "550 5.1.1 nobody here", times=1)
    run(home, relay, long_after)
    with room(home, relay, long_after) as app:
        assert app.ledger.count(DAY)[DeliveryState.ACCEPTED] == READERS - 1
        [rejected] = app.ledger.deliveries(DAY, DeliveryState.REJECTED)
        assert rejected.reply == "550 5.1.1 nobody here"
    run(home, relay, long_after + timedelta(days=91))
    with room(home, relay) as app:
        [rejected] = app.ledger.deliveries(DAY, DeliveryState.REJECTED)
        assert rejected.reply == ""


def test_papers_are_forgotten_when_no_list_has_them_any_more(home, relay):
    with room(home, relay) as app:
        for days in (0, 200):
            day = DAY + timedelta(days=days)
            paper = Paper(id=f"arxiv:2606.0000{days}", title="A title", day=day)
            fetched = Collection("huggingface", day, Verdict.COMPLETE, 1, 1, 0, NOW)
            app.papers.add(fetched, [paper])
        prune(app.database, RetentionSettings(), NOW + timedelta(days=500))
        assert app.papers.of_day(DAY) == []
        assert list(app.papers.get(["arxiv:2606.00000", "arxiv:2606.0000200"])) == [
            "arxiv:2606.0000200"
        ]
