"""Copies of a SQLite database, page by page, by SQLite's own backup: whole, while others read and write."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import NullPool

from core.backup.files import Fault, Manifest, bring_up_to_date, manifest_of
from core.db import foreign_keys_wanted

PATIENCE = 20.0  # seconds, as every connection waits for a writer


def dump(engine: Engine, to: Path) -> Manifest:
    """Copy the database to a file of its own, as it is at one moment, whoever writes meanwhile.

    All pages in one step: in SQLite's WAL mode a reader holds nobody up, and sees one state.
    """
    try:
        with engine.connect() as connection, closing(sqlite3.connect(to)) as copy:
            _driver(connection).backup(copy)
    except sqlite3.Error as error:
        raise Fault(f"The database cannot be copied: {error}. There is no backup.") from error
    with _beside(to) as copied:
        return manifest_of(copied)


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def restore(engine: Engine, data: Path, manifest: Manifest) -> None:
    """Check the copy, bring it to the schema of the code, and only then put it in place."""
    _refuse_damaged(data)
    with _beside(data) as copy:
        bring_up_to_date(copy, manifest)
    _put_in_place(engine, data)


def _refuse_damaged(data: Path) -> None:
    try:
        with closing(sqlite3.connect(data)) as copy:
            said = copy.execute("PRAGMA integrity_check(1)").fetchone()
            orphans = copy.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise Fault(f"The database in the backup is damaged: {error}. Nothing was restored.") from error
    if said != ("ok",) or orphans:
        raise Fault("The database in the backup is damaged. Nothing was restored.")


@contextmanager
def _beside(file: Path) -> Iterator[Connection]:
    """A connection to a copy, on which a migration may recreate tables: without keys it drops no rows."""
    wanted = foreign_keys_wanted.set(False)
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
            connection.rollback()
            # One file: a copy that expects a second one beside it is not whole.
            _driver(connection).execute("PRAGMA journal_mode=DELETE")
    finally:
        engine.dispose()
        foreign_keys_wanted.reset(wanted)


def _put_in_place(engine: Engine, data: Path) -> None:
    """Replace every page in one transaction of the database: who reads meanwhile sees the old or the new."""
    until = time.monotonic() + PATIENCE

    def waited(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise Fault("The database is being written all the time. Stop Joinery, and restore then.")

    # Not by the engine's own way, which reads: what is there now may be damaged.
    words, options = cast(tuple[list[Any], dict[str, Any]], engine.dialect.create_connect_args(engine.url))
    options["timeout"] = 0  # who waits, and how long, is said above
    try:
        with closing(sqlite3.connect(*words, **options)) as place, closing(sqlite3.connect(data)) as copy:
            copy.backup(place, progress=waited, sleep=0.1)
    except sqlite3.Error as error:
        raise Fault(f"The database cannot be replaced: {error}. Nothing was restored.") from error
