"""The schema of a PostgreSQL store: numbered files, recorded in the transaction that applies them.

A migration whose first line is `-- expand` only adds what older programs need not know: they go on
beside the newer ones, so that a fleet is upgraded a worker at a time. One that contracts (takes
away, or changes the meaning of what is there) has no such line, and older programs refuse it.
"""

from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files

from digest.errors import WrongSchema
from digest.store.database import Database, Params

EXPAND = "-- expand"
LOCKS = 0x9D16E57
"""The first half of our advisory locks; the second says which."""
MIGRATING = 2
_RECORD = """CREATE TABLE IF NOT EXISTS digest_migrations (
  name TEXT COLLATE "C" PRIMARY KEY,
  expands BIGINT NOT NULL,
  applied TIMESTAMPTZ NOT NULL DEFAULT now()
)"""
_OURS = """SELECT c.relname FROM pg_class AS c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = CAST(current_schema() AS regnamespace)
  AND c.relname !~ '^(procrastinate|fleet|digest)_'
ORDER BY c.relname"""
_REFERENCES = """SELECT child.relname, parent.relname FROM pg_constraint AS k
JOIN pg_class AS child ON child.oid = k.conrelid JOIN pg_class AS parent ON parent.oid = k.confrelid
WHERE k.contype = 'f' AND k.connamespace = CAST(current_schema() AS regnamespace)"""
_COLUMNS = """SELECT attname FROM pg_attribute
WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped"""
_KEY = """SELECT a.attname FROM pg_index AS i
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = CAST(:table AS regclass) AND i.indisprimary
ORDER BY array_position(CAST(i.indkey AS smallint[]), a.attnum)"""

_LOCK = {"locks": LOCKS, "lock": MIGRATING}


@cache
def scripts() -> dict[str, str]:
    """Every migration by name, in order."""
    folder = files("digest.store") / "migrations" / "postgres"
    found = sorted((file.name, file) for file in folder.iterdir() if file.name.endswith(".sql"))
    return {name.removesuffix(".sql"): file.read_text(encoding="utf-8") for name, file in found}


class Schema:
    """What is applied to a database, and what it is made of."""

    def __init__(self, database: Database, where: str) -> None:
        """`where` names the database in errors."""
        self._db, self._where = database, where

    def is_new(self) -> bool:
        """Whether nothing was ever stored."""
        return not self.tables() and not self._applied()

    def migrate(self) -> list[str]:
        """Applies what is pending, all of it or nothing; returns the names."""
        with self._db.transaction():
            self._db.all(
                "SELECT pg_advisory_xact_lock(CAST(:locks AS INTEGER), CAST(:lock AS INTEGER))",
                _LOCK,
            )
            self._db.execute(_RECORD)
            self._refuse_newer()
            pending = self._pending()
            for name in pending:
                script = scripts()[name]
                for statement in script.split(";\n"):
                    if statement.strip():
                        self._db.execute(statement)
                row: Params = {"name": name, "expands": int(script.startswith(EXPAND))}
                self._db.execute(
                    "INSERT INTO digest_migrations (name, expands) VALUES (:name, :expands)", row
                )
            return pending

    def make(self) -> None:
        """Gives a new database its schema."""
        if self.is_new():
            self.migrate()

    def require_current(self) -> None:
        """Raises WrongSchema unless this program can work with the schema."""
        self._refuse_newer()
        if pending := self._pending():
            raise WrongSchema(
                f"{self._where} was made by an older program (it lacks {', '.join(pending)}): "
                "run `digest db backup FILE`, then `digest db migrate`"
            )

    def _pending(self) -> list[str]:
        applied = self._applied()
        return [name for name in scripts() if name not in applied]

    def _applied(self) -> dict[str, int]:
        if self._db.all("SELECT to_regclass('digest_migrations')") == [(None,)]:
            return {}
        return dict(self._db.all("SELECT name, expands FROM digest_migrations ORDER BY name"))

    def _refuse_newer(self) -> None:
        known = scripts()
        foreign = [n for n, expands in self._applied().items() if n not in known and not expands]
        if foreign:
            raise WrongSchema(
                f"{self._where} was made by a newer program (it has {', '.join(foreign)}): "
                "upgrade paper-digest, or restore the backup made before the upgrade"
            )

    def tables(self) -> list[str]:
        """Our tables; those that others refer to come first."""
        names = [row[0] for row in self._db.all(_OURS)]
        above: dict[str, list[str]] = {name: [] for name in names}
        for child, parent in self._db.all(_REFERENCES):
            if child in above and child != parent:
                above[child].append(parent)
        return [name for name in TopologicalSorter(above).static_order() if name in above]

    def key(self, table: str) -> list[str]:
        """The columns of a table's key."""
        return [row[0] for row in self._db.all(_KEY, {"table": table})]

    def columns(self, table: str) -> list[str]:
        """The columns of a table, by name."""
        return sorted(row[0] for row in self._db.all(_COLUMNS, {"table": table}))

    def restart(self, table: str) -> None:
        """Numbers given from now on come after those that are there."""
        named = {"table": table}
        if "id" not in self.columns(table):
            return
        [(sequence,)] = self._db.all("SELECT pg_get_serial_sequence(:table, 'id')", named)
        if sequence is not None:
            self._db.all(
                "SELECT setval(CAST(:sequence AS regclass), "  # noqa: S608 - its own name
                f"(SELECT COALESCE(max(id), 0) + 1 FROM {table}), false)",
                {"sequence": sequence},
            )
