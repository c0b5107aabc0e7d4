"""Databases that exist for a test only: a SQLite file, or one on the server of TEST_DATABASE_URL."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

SERVER = os.environ.get("TEST_DATABASE_URL", "")


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, gone again at the end."""
    name = f"joinery_test_{uuid.uuid4().hex[:16]}"
    if not SERVER:
        yield f"sqlite:///{folder / name}.db"
        return
    with on(SERVER) as server:
        server.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        with on(SERVER) as server:
            server.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def on(url: str) -> Iterator[sa.Connection]:
    """A connection of its own, on which every statement counts at once."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def clear(connection: sa.Connection, metadata: sa.MetaData) -> None:
    """Delete every row, and let numbers start from 1 again.

    On PostgreSQL, TRUNCATE takes ten times as long as DELETE for few rows, but many deleted rows would slow
    down every test that follows.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    tables = list(reversed(metadata.sorted_tables))
    gone = sum(connection.execute(table.delete()).rowcount for table in tables)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer.format_table
        if gone > 500:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(map(quoted, tables))}")
        sequences = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
        connection.exec_driver_sql(sequences)
