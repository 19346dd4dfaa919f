"""Stores that contracts are held against."""


def open_postgres(url):
    from digest.store.postgres import PostgresDatabase

    return PostgresDatabase(url)


def maker(server):
    """A connection that databases are made with."""
    import psycopg

    return psycopg.connect(server.url(), autocommit=True)


def emptied(database):
    """As after its making; to make another one takes a hundred times as long."""
    for table in reversed(database.tables()):
        if table != "memory":
            database.execute(f"DELETE FROM {table}")  # noqa: S608
    database.execute("UPDATE memory SET generation = 0, forgotten = 0")
    return database
