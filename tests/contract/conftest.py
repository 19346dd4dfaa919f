"""Each contract runs once per database: SQLite in memory, in a file, and PostgreSQL."""

from importlib.util import find_spec

import pytest
from contract_stores import emptied
from postgres_fixtures import empty_url, fresh_url, kept, server

from digest.store.sqlite import SqliteDatabase

collect_ignore = [] if find_spec("procrastinate") else ["test_fleet.py"]
__all__ = ["empty_url", "fresh_url", "kept", "server"]


@pytest.fixture(params=["memory", "file", "postgres"])
def database(request, tmp_path):
    """An empty store of this program's schema."""
    if request.param == "postgres":
        yield emptied(request.getfixturevalue("kept"))
        return
    path = ":memory:" if request.param == "memory" else tmp_path / "home" / "digest.db"
    opened = SqliteDatabase(path)
    opened.migrate()
    yield opened
    opened.close()
