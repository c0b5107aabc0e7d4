"""Short transactions beside the write path, for what is nobody's deed and has no change set.

That a job is taken, that somebody signed in, or failed to, is written down here: in one transaction of its
own, with the lock held for a moment.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.db import db, will_write


@contextmanager
def bookkeeping() -> Iterator[Connection]:
    """A connection for writing; what is done on it counts when the block ends."""
    session = db.session()
    if "work" in session.info:
        raise RuntimeError("Inside `writing` this would wait for the very transaction that it stands in.")
    session.rollback()  # it may hold SQLite's only lock for writing
    before = will_write.set(True)
    try:
        with db.engine.begin() as connection:
            yield connection
    finally:
        will_write.reset(before)


@contextmanager
def read_once(session: Session) -> Iterator[None]:
    """While hundreds of thousands of rows are read, and each once: SQLite need not keep their pages."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    kept = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql("PRAGMA cache_size=-2048")
    try:
        yield
    finally:
        session.connection().exec_driver_sql(f"PRAGMA cache_size={kept}")


@contextmanager
def for_speed_alone() -> Iterator[None]:
    """What only makes things quicker: where it fails, the log says so, and what it is done beside goes on."""
    try:
        yield
    except SQLAlchemyError:
        current_app.logger.exception("What would have made the database quicker has failed.")


def learn_sizes() -> None:
    """Let the database see how much there is of what by now: what it plans for a page rests on that."""
    with bookkeeping() as connection:
        analyze(connection)


def analyze(connection: Connection, table: str = "") -> None:
    """The same on a connection that there is, for one table or all of them."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=1000")  # a look at each index, in milliseconds
    connection.exec_driver_sql(
        f"ANALYZE {connection.dialect.identifier_preparer.quote(table) if table else ''}"
    )


def only_look() -> None:
    """Let go of SQLite's lock for writing until something is written.

    For posts that check a password first: that takes its time, on purpose, and whoever sends many of them
    must not keep everybody else from storing anything.
    """
    if will_write.get():
        db.session.rollback()
        will_write.set(False)
