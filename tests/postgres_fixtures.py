"""What is tried on PostgreSQL: one server for each process of the tests, many databases."""

import itertools

import pytest
from contract_stores import maker, open_postgres

from benchmarks import postgres_server as postgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL of our own, with a database of our schema to make others from."""
    try:
        with postgres.server() as running:
            with maker(running) as connection:
                connection.execute("CREATE DATABASE template")
            template = open_postgres(running.url("template"))
            template.migrate()
            template.close()
            yield running
    except postgres.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
def empty_url(server):
    """The URL of a new PostgreSQL database, without a schema."""
    yield from _made(server, "")


@pytest.fixture
def fresh_url(server):
    """The URL of a new PostgreSQL database of our schema."""
    yield from _made(server, "TEMPLATE template STRATEGY file_copy")


def _made(server, how):
    name = f"digest_{next(_numbers)}"
    with maker(server) as connection:
        connection.execute(f"CREATE DATABASE {name} {how}")
    yield server.url(name)
    with maker(server) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def kept(server):
    """A PostgreSQL store that tests share, one after the other."""
    with maker(server) as connection:
        connection.execute("CREATE DATABASE kept TEMPLATE template")
    opened = open_postgres(server.url("kept"))
    yield opened
    opened.close()
