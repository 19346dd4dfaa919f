"""A fleet on a real queue: plans are whole, shards are stable, the dead are replaced."""

import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from contract_stores import open_postgres
from hypothesis import given
from hypothesis import strategies as st
from smtp_server import ScriptedServer

from digest.app import open_app
from digest.clock import SystemClock
from digest.config import load
from digest.errors import Locked, Misuse
from digest.model import DeliveryState, Outcome, Run, Subscriber, Topic
from digest.sources.replay import Replay
from digest.sources.sample import DAY, sample
from digest.store.fleet import PLACES, ranges
from digest.store.journal import Journals, numbers_of

RUN = Run(DAY, backfill=True)
READERS = [f"r{n}@{'gmail.com' if n % 2 else f'd{n % 7}.example'}" for n in range(60)]


@pytest.fixture(scope="module")
def hub():
    with Replay({DAY: sample()}) as replay:
        yield replay


@pytest.fixture
def relay():
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def machine(fresh_url, hub, relay, tmp_path):
    """Opens the installation as one machine of several has it."""

    @contextmanager
    def opened(name="one", stop=lambda: False, **more):
        environment = {
            "DIGEST__STORE": fresh_url,
            "DIGEST__ENGINE": "fleet",
            "DIGEST__SECRET_KEY": "the same one on every machine",
            "DIGEST__OUTBOX": "smtp",
            "DIGEST__SMTP__HOST": relay.host,
            "DIGEST__SMTP__PORT": str(relay.port),
            "DIGEST__SMTP__SECURITY": "none",
            "DIGEST__SMTP__SESSIONS": "2",
            "DIGEST__SOURCES__HUGGINGFACE__URL": hub.url,
            "DIGEST__DELIVERY__RETRY_AFTER": "0",
            **more,
        }
        settings = load(None, environment, {"home": str(tmp_path / name)}, tmp_path)
        with open_app(settings, SystemClock(), lambda _: None, stop) as app:
            yield app

    with opened() as app:
        readers = [Subscriber(a, topics=(Topic.parse("robots"),)) for a in READERS]
        app.subscribers.put(readers, app.clock.now() - timedelta(hours=1))
    return opened


def told(said):
    return said.append


def jobs(app):
    sql = "SELECT task_name, COALESCE(lock, ''), args FROM procrastinate_jobs ORDER BY id"
    return app.database.all(sql)


def states(app):
    return {d.address: d.state for d in app.ledger.deliveries(DAY)}


@given(st.integers(1, 500))
def test_ranges_hold_every_place_once(shards):
    found = ranges(shards)
    assert (found[0][0], found[-1][1]) == (0, PLACES - 1)
    assert all(high + 1 == low for (_, high), (low, _) in pairwise(found))


def test_a_pass_reaches_everybody_once_and_what_was_deferred_goes_again(machine, relay):
    relay.on_rcpt(READERS[3], "451 4.2.1 busy", times=1)
    with machine() as app:
        first = app.nightly(RUN)
        assert (first.states[DeliveryState.ACCEPTED], first.deferred) == (59, 1)
        assert [c.verdict for c in first.collections] == ["complete"]
        assert app.nightly(RUN).states == {DeliveryState.ACCEPTED: 1}
        assert not +app.nightly(RUN).states
        assert not jobs(app)
    assert sorted(relay.accepted) == sorted(READERS)
    assert {len(mails) for mails in relay.accepted.values()} == {1}


def test_a_plan_is_whole_or_not_there(machine, monkeypatch):
    with machine() as app:
        fleet = app.fleet(print)
        app.collect.perform(RUN, app.sources(["huggingface"]), app.clock.now())

        def fails(*_, **__):
            raise RuntimeError("half-way")

        monkeypatch.setattr(fleet.store, "plan", fails)
        with pytest.raises(RuntimeError, match="half-way"):
            fleet.plans.plan(RUN)
        assert jobs(app) == []
        monkeypatch.undo()
        fleet.plans.plan(RUN)
        planned = [name for name, _, _ in jobs(app)]
        assert planned == ["select"]
        fleet.plans.plan(RUN)
        assert [name for name, _, _ in jobs(app)] == planned, "what is planned is not planned twice"


def test_shards_hold_everybody_once_by_provider(machine):
    with machine() as app:
        fleet = app.fleet(print)
        shards = [fleet.plans.of(g, DAY, *r) for g in ("google", "*") for r in ranges(5)]
        assert sorted(a for shard in shards for a in shard) == sorted(READERS)
        gmail = {a for shard in shards[:5] for a in shard}
        assert gmail == {a for a in READERS if a.endswith("gmail.com")}
        app.subscribers.remove(READERS[1])
        again = [fleet.plans.of(g, DAY, *r) for g in ("google", "*") for r in ranges(5)]
        assert [set(s) - {READERS[1]} for s in shards] == [set(s) for s in again]


def test_a_limited_provider_is_sent_to_by_one_worker_at_a_time(machine, tmp_path):
    (tmp_path / "digest.toml").write_text('[[smtp.provider]]\nname = "google"\nconcurrency = 1\n')
    with machine() as app:
        fleet = app.fleet(print)
        app.collect.perform(RUN, app.sources(["huggingface"]), app.clock.now())
        fleet.plans.plan(RUN)
        [(_, _, keys)] = jobs(app)
        fleet.select(**keys)
        sends = {(lock, keys["group"]) for name, lock, keys in jobs(app) if name == "send"}
        assert sends == {("provider google", "google"), ("", "*")}


def test_the_last_range_that_is_proved_sends_the_wave_off_once(machine, monkeypatch):
    monkeypatch.setattr("digest.app.fleet_plan.CHOSEN_TOGETHER", 20)
    with machine() as app:
        fleet = app.fleet(print)
        app.collect.perform(RUN, app.sources(["huggingface"]), app.clock.now())
        fleet.plans.plan(RUN)
        keys = [keys for _, _, keys in jobs(app)]
        assert len(keys) == 3
        for key in [keys[0], keys[0], keys[1]]:
            fleet.select(**key)
        assert "send" not in {name for name, _, _ in jobs(app)}
        fleet.select(**keys[2])
        fleet.select(**keys[2])
        assert [name for name, _, _ in jobs(app)].count("send") == 2


def test_a_worker_with_other_mails_refuses_and_says_so(machine):
    with machine() as app, machine("two", DIGEST__MAIL__IMPRINT="Another house") as other:
        planner, stranger = app.fleet(print), other.fleet(print)
        app.collect.perform(RUN, app.sources(["huggingface"]), app.clock.now())
        planner.plans.plan(RUN)
        [(_, _, keys)] = jobs(app)
        with pytest.raises(Exception, match=f"refused.*{planner.templates}.*{stranger.templates}"):
            stranger.select(**keys)


def test_after_an_upgrade_what_nobody_makes_any_more_is_made_anew(machine, relay):
    with machine() as app, machine("two", DIGEST__MAIL__IMPRINT="Another house") as other:
        old, new = app.fleet(print), other.fleet(print)
        app.collect.perform(RUN, app.sources(["huggingface"]), app.clock.now())
        old.plans.plan(RUN)
        [(_, _, keys)] = jobs(app)
        old.select(**keys)
        with old.store.enlisted("old", old.templates, app.clock.now()):
            new.plans.plan(RUN)
            made = {keys["templates"] for _, _, keys in jobs(app)}
            assert made == {old.templates}, "as long as one of them lives it is theirs"
        done = other.nightly(RUN)
        assert done.deferred == 60, "these mails are others than were proved"
        assert other.nightly(RUN).states == {DeliveryState.ACCEPTED: 60}
    assert {len(mails) for mails in relay.accepted.values()} == {1}


def test_a_job_that_fails_is_told_and_queued_again(machine, monkeypatch):
    said = []
    with machine() as app:
        fleet = app.fleet(told(said))
        tried = []

        def collect(**keys):
            tried.append(keys)
            raise Misuse("nobody knows why")

        fleet.queue._app.tasks["collect"].func = lambda context, **keys: collect(**keys)
        fleet.plans.plan(RUN)
        fleet.queue.work(["collect"], lambda: False, lambda: True, list)
        assert len(tried) == 1
        assert any("nobody knows why; again in 60 s" in words for words in said)
        assert [name for name, _, _ in jobs(app)] == ["collect"]


def test_what_a_dead_worker_held_is_others_and_its_journals_count(machine):
    """Its machine goes with it; others doubt what it had claimed. Then it comes back."""
    with machine("dead") as dead, machine() as app:
        fleet = app.fleet(print)
        ghost = dead.fleet(print)
        with ghost.store.enlisted("ghost", "x", app.clock.now()) as (worker, held):
            ghost.store.take_up(worker, 77)
            dead.worker = worker
            journal = dead.journals.begin()
            addresses = READERS[:3]
            claims = dead.ledger.claim(addresses, DAY, app.clock.now(), journal.number)
            first, last = numbers_of(worker)
            assert first <= journal.number <= last
            journal.dot(claims[0])
            journal.dot(claims[1])
            journal.ended(claims[1], Outcome(claims[1].address, DAY, DeliveryState.ACCEPTED))
            journal.leave()
            assert fleet.store.absent() == []
            held._connection.close()
            [absent] = fleet.store.absent()
            assert (absent.worker, absent.job, absent.missed) == (worker, 77, None)
            assert fleet._look_around(Alive()) == [77]
            assert fleet._look_around(Alive()) == [], "told once"
            app.database.execute("UPDATE fleet_workers SET lost = lost - 60")
            fleet._look_around(Alive())
            assert set(states(app).values()) == {DeliveryState.IN_DOUBT}
            assert fleet.store.absent() == []
        dead.__dict__.pop("journals")
        ghost._settle()
        assert sorted(states(app).values()) == ["accepted", "deferred", "in_doubt"]
        assert app.database.all("SELECT sum(doubts) FROM deliveries") == [(1,)]


class Alive:
    """A lock that is held."""

    def check(self):
        pass


def test_a_worker_that_was_cut_off_records_what_came_of_it(machine):
    with machine() as app:
        journals = Journals(app.settings.home / "journal", 9)
        journal = journals.begin()
        now = app.clock.now()
        claims = app.ledger.claim(READERS[:2], DAY, now, journal.number)
        app.ledger.lose(*numbers_of(9), now)
        ended = [Outcome(c.address, DAY, s) for c, s in zip(claims, ANSWERS, strict=True)]
        app.ledger.record(list(zip(claims, ended, strict=True)), now + timedelta(seconds=50))
        journal.remove()
        assert sorted(states(app).values()) == ["accepted", "rejected"]
        assert app.database.all("SELECT max(doubts) FROM deliveries") == [(1,)]


ANSWERS = (DeliveryState.ACCEPTED, DeliveryState.REJECTED)


def test_each_minute_counts_once_for_all_machines(machine):
    ticked = []
    with machine("one") as one, machine("two") as two:
        fleets = [one.fleet(print), two.fleet(print)]
        for fleet in fleets:
            fleet.queue.tick(lambda *, timestamp: ticked.append(timestamp))
        rounds = iter(range(100))

        def enough():
            return bool(ticked) or next(rounds) > 20

        workers = [
            threading.Thread(target=f.queue.work, args=(["tick"], lambda: False, enough, list))
            for f in fleets
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert ticked
    assert len(ticked) == len(set(ticked))


def test_later_waves_hold_who_fell_due_or_came_since(machine, relay):
    with machine() as app:
        assert app.nightly(RUN).states[DeliveryState.ACCEPTED] == 60
        app.subscribers.put([Subscriber("late@d1.example")], app.clock.now())
        assert app.nightly(RUN).states == {DeliveryState.ACCEPTED: 1}
        waves = app.database.all("SELECT wave, sending FROM fleet_waves ORDER BY wave")
        assert waves == [(1, 1), (2, 1)]
    assert len(relay.accepted["late@d1.example"]) == 1


def test_a_fleet_on_sqlite_is_misuse(tmp_path):
    settings = load(None, {}, {"home": str(tmp_path)}, tmp_path)
    with (
        open_app(replace(settings), SystemClock(), lambda _: None) as app,
        pytest.raises(Misuse, match="postgresql"),
    ):
        app.fleet(print)


def test_the_queues_tables_are_made_once_and_brought_up_to_date(fresh_url):
    from digest.errors import WrongSchema
    from digest.store.queue_schema import make_queue, require_queue

    database = open_postgres(fresh_url)
    assert make_queue(database)
    assert make_queue(database) == []
    database.execute("DELETE FROM digest_migrations WHERE name LIKE '%retry_failed%post%'")
    lacking = "procrastinate/03.04.00_50_post_add_retry_failed_job_procedure"
    database.execute("DELETE FROM digest_migrations WHERE name = :name", {"name": lacking})
    with pytest.raises(WrongSchema, match="digest db migrate"):
        require_queue(database)
    assert make_queue(database) == [lacking]
    require_queue(database)
    database.close()


def test_the_local_engine_and_a_fleet_do_not_work_on_one_store(machine):
    with machine() as app, machine("two", DIGEST__ENGINE="local") as other:
        fleet = app.fleet(print)
        with (
            fleet.store.enlisted("a worker", "x", app.clock.now()),
            fleet.store.enlisted("another", "x", app.clock.now()),
            pytest.raises(Locked, match="digest worker a"),
        ):
            other.nightly(RUN)
        with other.alone("digest run", app.clock.now()), pytest.raises(Locked, match="digest run"):
            fleet.work(["send"], lambda: True, "late")
