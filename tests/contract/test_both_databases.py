"""What is true of two databases side by side, and of PostgreSQL alone."""

import re
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from contract_stores import emptied, open_postgres

from digest.errors import Busy, DigestError, Locked, Misuse, StoreError, WrongSchema
from digest.model import (
    Collection,
    DeliveryState,
    Outcome,
    Paper,
    Rhythm,
    Subscriber,
    Topic,
    Verdict,
)
from digest.store.copying import copy
from digest.store.database import Queries
from digest.store.ledger import LedgerStore
from digest.store.papers import PaperStore
from digest.store.sqlite import SqliteDatabase
from digest.store.subscribers import SubscriberStore

NOW = datetime(2026, 8, 21, 6, 0, tzinfo=UTC)
DAY = date(2026, 8, 20)
ASKERS = 40


@pytest.fixture
def file(tmp_path):
    opened = SqliteDatabase(tmp_path / "digest.db")
    opened.migrate()
    yield opened
    opened.close()


def shape(database):
    return {
        table: (database.key(table), database.columns(table)) for table in sorted(database.tables())
    }


def test_both_have_the_same_tables_columns_and_keys(file, kept):
    assert shape(file) == shape(kept)


def test_both_have_the_same_migrations():
    from importlib.resources import files

    def names(dialect):
        folder = files("digest.store") / "migrations" / dialect
        return {entry.name for entry in folder.iterdir() if entry.name[0].isdigit()}

    assert names("sqlite") == names("postgres")


def test_a_query_that_is_overridden_has_its_name_in_the_common_file():
    folder = Path(__file__).parents[2] / "digest" / "store" / "sql"
    overrides = [*folder.glob("postgres/*.sql"), *folder.glob("sqlite/*.sql")]
    for override in (o for o in overrides if o.stem != "fleet"):  # which has no other home
        common = Queries(override.stem, "none").names
        assert set(Queries(override.stem, override.parent.name).names) <= set(common), override


@pytest.mark.parametrize("kind", ["file", "postgres"])
def test_of_forty_askers_at_once_one_wins_each_reader(kind, request, tmp_path):
    """Each in its own order, from its own connection: nobody is promised to two, or to none."""
    if kind == "file":
        path = tmp_path / "many.db"
        SqliteDatabase(path).migrate()
        opened = [SqliteDatabase(path) for _ in range(ASKERS)]
    else:
        shared = open_postgres(request.getfixturevalue("fresh_url"))
        opened = [shared] * ASKERS
    readers = [f"r{n}@reader.example" for n in range(100)]
    SubscriberStore(opened[0]).put([Subscriber(a) for a in readers], NOW)
    start, won, failures = threading.Barrier(ASKERS), [], []

    def ask(database, number):
        start.wait()
        try:
            turned = readers[number:] + readers[:number]
            won.extend(LedgerStore(database).claim(turned, DAY, NOW, number + 1))
        except DigestError as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(d, n)) for n, d in enumerate(opened)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(claim.address for claim in won) == sorted(readers)
    for database in set(opened):
        database.close()


def filled(database):
    """A little of everything, with what is awkward to carry."""
    readers = [
        Subscriber(
            f"r{n}@reader.example",
            name="Émilie 陶 \U0001f4dc '\"\\",
            topics=(Topic.parse("cat:cs.LG"), Topic.parse('"exact phrase"')),
            timezone="Asia/Kolkata",
            send_at=time(7, 30) if n % 2 else None,
            rhythm=Rhythm.WEEKLY,
        )
        for n in range(50)
    ]
    SubscriberStore(database).put(readers, NOW)
    for back in range(3):
        day = DAY - timedelta(days=back)
        title = "tab\t line\n back\\slash \\N"
        papers = [Paper(f"arxiv:{n}", title, "a", ("A", "B")) for n in range(9)]
        PaperStore(database).add(Collection("x", day, Verdict.COMPLETE, 0, 0, 0, NOW), papers)
        ledger = LedgerStore(database)
        claims = ledger.claim([r.address for r in readers], day, NOW, 2**55 + 1)
        states = [DeliveryState.ACCEPTED, DeliveryState.DEFERRED, DeliveryState.IN_DOUBT]
        ended = [
            (c, Outcome(c.address, day, states[n % 3], f"45{n} its\nwords"))
            for n, c in enumerate(claims[:-5])
        ]
        ledger.record(ended, NOW)
    database.execute(
        "INSERT INTO selections (reader, day, chosen, proof) "
        "SELECT id, :day, :chosen, :proof FROM readers",
        {"day": DAY.toordinal(), "chosen": bytes(range(256)), "proof": b"\0\xff"},
    )
    database.execute("UPDATE memory SET generation = 7, forgotten = 5")


def contents(database):
    found = {}
    with database.transaction():
        for table in database.tables():
            names = ", ".join(f'"{name}"' for name in database.columns(table))
            found[table] = sorted(database.all(f"SELECT {names} FROM {table}"), key=repr)  # noqa: S608
    return found


def test_there_and_back_again_nothing_is_lost(file, empty_url, tmp_path):
    filled(file)
    there, back = open_postgres(empty_url), SqliteDatabase(tmp_path / "back.db")
    counted = copy(file, there)
    assert counted["deliveries"] == 150
    assert copy(there, back) == counted
    assert contents(back) == contents(file) == contents(there)
    SubscriberStore(there).put([Subscriber("new@reader.example")], NOW)  # numbers go on
    assert SubscriberStore(there).numbers(["new@reader.example"])["new@reader.example"] == 51
    there.close()
    back.close()


def test_nothing_is_copied_over_what_is_there(file, fresh_url):
    there = open_postgres(fresh_url)
    filled(file)
    SubscriberStore(there).put([Subscriber("other@reader.example")], NOW)
    with pytest.raises(Misuse, match="not empty"):
        copy(file, there)
    assert [r.address for r in SubscriberStore(there).all()] == ["other@reader.example"]
    there.close()


def test_a_row_that_came_otherwise_undoes_the_copy(file, fresh_url):
    there = open_postgres(fresh_url)
    SubscriberStore(file).put([Subscriber("a@reader.example", name="nul \0")], NOW)
    with pytest.raises(StoreError, match="row 1 of subscribers is another one"):
        copy(file, there)
    assert not there.all("SELECT 1 FROM readers")
    there.close()


def test_a_backup_of_postgresql_is_a_whole_sqlite_store(kept, tmp_path):
    filled(emptied(kept))
    kept.backup(tmp_path / "backup.db")
    backup = SqliteDatabase(tmp_path / "backup.db")
    assert contents(backup) == contents(kept)
    backup.close()
    with pytest.raises(StoreError, match="exists"):
        kept.backup(tmp_path / "backup.db")
    kept.vacuum()
    assert kept.check() == []


def test_rows_without_their_reader_are_damage(kept):
    emptied(kept).execute(
        "INSERT INTO deliveries (day, reader, state, attempts, updated) VALUES (1, 77, 3, 1, 1)"
    )
    assert kept.check() == ["1 rows of deliveries refer to a missing row of readers"]


def test_many_who_make_a_store_at_once_make_one(empty_url):
    failures = []

    def make():
        try:
            database = open_postgres(empty_url)
            database.make()
            database.require_current()
            database.close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_old_schema_is_refused_and_one_that_only_expands_is_not(empty_url):
    database = open_postgres(empty_url)
    with pytest.raises(WrongSchema, match="digest db migrate"):
        database.require_current()
    database.migrate()
    newer = "INSERT INTO digest_migrations (name, expands) VALUES (:name, :expands)"
    database.execute(newer, {"name": "8888_adds", "expands": True})
    database.require_current()
    database.execute(newer, {"name": "9999_takes_away", "expands": False})
    with pytest.raises(WrongSchema, match="9999_takes_away"):
        database.require_current()
    database.close()


def test_only_one_machine_at_a_time_does_what_one_may(kept, server):
    other = open_postgres(server.url("kept"))
    with (
        kept.alone("digest run of today"),
        pytest.raises(Locked, match="digest run of today on"),
        other.alone("another"),
    ):
        pass
    with other.alone("another"):
        pass
    other.close()


def test_a_server_that_is_not_there_is_asked_again_later():
    with pytest.raises(Busy, match="try again later"):
        open_postgres("postgresql://digest@127.0.0.1:1/digest")


def test_a_server_that_refuses_us_is_to_be_mended(server):
    with pytest.raises(StoreError, match="nowhere") as refused:
        open_postgres(server.url("nowhere").replace("digest@", "digest:secret@"))
    assert "secret" not in str(refused.value)


def test_connections_that_were_cut_are_made_anew(kept, server):
    with pytest.raises(Busy), kept.transaction():
        kept.all("SELECT pg_terminate_backend(pg_backend_pid())")
    assert kept.all("SELECT 1") == [(1,)]


def test_sums_flags_and_lists_are_as_in_sqlite(database):
    assert database.all("SELECT sum(v) FROM (SELECT 1 AS v UNION ALL SELECT 2) AS t") == [(3,)]
    assert database.all("SELECT 1 WHERE :flag = 1", {"flag": True}) == [(1,)]
    assert database.all("SELECT value FROM json_each(:list)", {"list": '["ä", "b%"]'}) == [
        ("ä",),
        ("b%",),
    ]
    assert database.all("SELECT 7 % :n, ':n', '%' -- :n", {"n": 4}) == [(3, ":n", "%")]


QUERIES = [
    (file.stem, name)
    for file in sorted((Path(__file__).parents[2] / "digest" / "store" / "sql").glob("*.sql"))
    for name in Queries(file.stem, "none").names
    if name != "columns"  # which others begin with
]


@pytest.mark.parametrize(("file", "name"), QUERIES)
def test_every_query_means_something_to_postgresql(kept, file, name):
    """Asked for a plan, it finds its tables, columns and functions, and the types agree."""
    queries = Queries(file, "postgres")
    sql = queries[name].replace("{columns}", queries["columns"] if file == "papers" else "")
    names = re.findall(r"(?<![:\w]):([a-z_]\w*)", re.sub(r"'[^']*'|--.*", "", sql))
    for value in (None, 1, "1"):
        params = dict.fromkeys(names, [value] if "unnest(" in sql else value)
        if "address" in params and value == 1:
            params["address"] = "a@x.example"
        if "json_each" in sql:
            params |= dict.fromkeys(re.findall(r"json_each\(:(\w+)\)", sql), "[]")
        try:
            kept.all(f"EXPLAIN {sql}", params)
        except StoreError as error:
            found = error
        else:
            return
    raise found
