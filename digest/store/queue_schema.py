"""Procrastinate's own tables: made with its schema, brought up to date by its migrations."""

from importlib.resources import files

from digest.errors import WrongSchema
from digest.store.database import Params
from digest.store.postgres import PostgresDatabase
from digest.store.postgres_schema import LOCKS

_LOCK: Params = {"locks": LOCKS, "lock": 3}
_APPLIED = "SELECT name FROM digest_migrations WHERE name LIKE 'procrastinate/%'"
_RECORD = "INSERT INTO digest_migrations (name, expands) VALUES (:name, 1)"


def make_queue(database: PostgresDatabase) -> list[str]:
    """Brings the queue's tables up to date; returns the migrations applied. Safe to repeat."""
    with database.transaction():
        database.all(
            "SELECT pg_advisory_xact_lock(CAST(:locks AS INTEGER), CAST(:lock AS INTEGER))", _LOCK
        )
        applied = {row[0] for row in database.all(_APPLIED)}
        pending = {name: text for name, text in _migrations().items() if name not in applied}
        if not applied:  # the schema as it is now is what all of them make
            database.script((files("procrastinate") / "sql" / "schema.sql").read_text("utf-8"))
        else:
            for name in sorted(pending):
                database.script(pending[name])
        database.many(_RECORD, ({"name": name} for name in sorted(pending)))
    return sorted(pending)


def require_queue(database: PostgresDatabase) -> None:
    """Makes the queue's tables where there are none. Raises WrongSchema when they are older."""
    applied = {row[0] for row in database.all(_APPLIED)}
    if not applied:
        make_queue(database)
    elif lacking := _migrations().keys() - applied:
        named = ", ".join(sorted(lacking))
        raise WrongSchema(
            f"the queue's tables are of an older Procrastinate (they lack {named}): "
            "run `digest db backup FILE`, then `digest db migrate`"
        )


def _migrations() -> dict[str, str]:
    folder = files("procrastinate") / "sql" / "migrations"
    return {
        f"procrastinate/{file.name.removesuffix('.sql')}": file.read_text("utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }
