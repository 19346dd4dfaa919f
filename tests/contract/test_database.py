"""All or nothing, old and new schemas told apart, backups whole."""

import threading

import pytest

from digest.errors import StoreError, WrongSchema
from digest.store.sqlite import SqliteDatabase

FUTURE = {
    "sqlite": "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
    "VALUES ('paper-digest', '9999_from_the_future', '')",
    "postgres": "INSERT INTO digest_migrations (name, expands) VALUES ('9999_from_the_future', 0)",
}


def readers(database):
    return [row[0] for row in database.all("SELECT address FROM readers ORDER BY address")]


def insert(database, address):
    database.execute("INSERT INTO readers (address) VALUES (:address)", {"address": address})


def test_a_transaction_is_all_or_nothing(database):
    def half_way():
        with database.transaction():
            insert(database, "a@x.example")
            with database.transaction():
                insert(database, "b@x.example")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        half_way()
    assert readers(database) == []


def test_a_broken_statement_is_a_store_error(database):
    with pytest.raises(StoreError, match="the database failed"):
        database.execute("SELECT * FROM nowhere")


def test_migrating_again_changes_nothing(database):
    assert database.migrate() == []
    database.require_current()
    assert database.check() == []


def test_an_older_schema_says_what_to_do(tmp_path):
    database = SqliteDatabase(tmp_path / "old.db")
    assert database.is_new()
    with pytest.raises(WrongSchema, match="digest db migrate"):
        database.require_current()
    database.close()


def test_a_newer_schema_says_what_to_do(database):
    database.execute(FUTURE[database.dialect])
    for meet in (database.require_current, database.migrate):
        with pytest.raises(WrongSchema, match=r"9999_from_the_future.*upgrade"):
            meet()


def test_a_backup_is_whole_and_overwrites_nothing(tmp_path):
    database = SqliteDatabase(tmp_path / "digest.db")
    database.migrate()
    insert(database, "a@x.example")
    database.backup(tmp_path / "copy.db")
    copy = SqliteDatabase(tmp_path / "copy.db")
    assert readers(copy) == ["a@x.example"]
    copy.require_current()
    with pytest.raises(StoreError, match="exists"):
        database.backup(tmp_path / "copy.db")
    database.vacuum()
    database.close()
    copy.close()


def test_a_file_that_is_no_database_is_a_store_error(tmp_path):
    file = tmp_path / "digest.db"
    file.write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(StoreError, match="the database failed"):
        SqliteDatabase(file)


def test_two_writers_wait_for_each_other(tmp_path):
    path = tmp_path / "digest.db"
    SqliteDatabase(path).migrate()

    def write(prefix):
        own = SqliteDatabase(path)
        for n in range(50):
            with own.transaction():
                insert(own, f"{prefix}{n}@x.example")
        own.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = SqliteDatabase(path)
    assert len(readers(reader)) == 150
    reader.close()


def test_many_who_make_a_store_at_once_make_one(tmp_path):
    path, failures = tmp_path / "home" / "digest.db", []

    def make():
        try:
            database = SqliteDatabase(path)
            database.make()
            database.require_current()
            database.close()
        except StoreError as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_nobody_else_can_read_a_store_or_its_backup(tmp_path):
    database = SqliteDatabase(tmp_path / "digest.db")
    database.make()
    database.backup(tmp_path / "backup.db")
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    database.close()
    assert {"digest.db", "digest.db-wal", "backup.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}
