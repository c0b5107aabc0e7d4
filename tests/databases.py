"""Databases that exist for a test only: a SQLite file, or one on the server of TEST_DATABASE_URL."""

import os
import sqlite3
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

SERVER = os.environ.get("TEST_DATABASE_URL", "")
# How many rows were deleted in each database since it was emptied at once.
_deleted: Counter[sa.URL] = Counter()


@contextmanager
def database(folder: Path, template: str = "") -> Iterator[str]:
    """The URL of a database with nothing in it, gone again at the end.

    With the URL of a `template`, which nobody may be connected to, it has everything that this one has: to
    copy it takes a tenth of the time of a dozen migrations.
    """
    name = f"joinery_test_{uuid.uuid4().hex[:16]}"
    prepared = sa.make_url(template).database if template else None
    if not SERVER:
        path = folder / f"{name}.db"
        if prepared:
            with closing(sqlite3.connect(prepared)) as source, closing(sqlite3.connect(path)) as copy:
                source.backup(copy)
        yield f"sqlite:///{path}"
        return
    with on(SERVER) as server:
        server.exec_driver_sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {prepared}" if prepared else ""))
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

    A test fills a few of the tables, and one statement says which. On PostgreSQL, TRUNCATE takes ten times as
    long as DELETE for few rows, but many deleted rows, of this test or of all since the last time, would slow
    down every test that follows.
    """
    named = connection.dialect.identifier_preparer.format_table
    tables = [named(table) for table in reversed(metadata.sorted_tables)]
    has_rows = ", ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)
    found = connection.exec_driver_sql(f"SELECT {has_rows}").one()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    filled = [table for table, is_filled in zip(tables, found, strict=True) if is_filled]
    gone = sum(connection.exec_driver_sql(f"DELETE FROM {table}").rowcount for table in filled)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DELETE FROM sqlite_sequence")
    if connection.dialect.name == "postgresql":
        _deleted[connection.engine.url] += gone
        if _deleted[connection.engine.url] > 500:
            _deleted[connection.engine.url] = 0
            connection.exec_driver_sql(f"TRUNCATE {', '.join(tables)}")
        used = "pg_sequence WHERE pg_sequence_last_value(seqrelid::regclass) IS NOT NULL"
        connection.exec_driver_sql(f"SELECT setval(seqrelid::regclass, 1, false) FROM {used}")
