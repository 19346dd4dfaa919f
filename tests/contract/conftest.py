"""Each contract runs once per database."""

import pytest

from digest.store.sqlite import SqliteDatabase


@pytest.fixture(params=["memory", "file"])
def database(request, tmp_path):
    path = ":memory:" if request.param == "memory" else tmp_path / "home" / "digest.db"
    opened = SqliteDatabase(path)
    opened.migrate()
    yield opened
    opened.close()
