"""The orders of a table (its indexes) made anew around very many rows: that is cheaper than to keep them.

An index that is kept is gone into at another place with each row. One that is made afterwards is sorted once.
What the rules look for stands in the indexes, so they are asked afterwards as well, of all rows together.
Those by which lists are only sorted (`SORTS`) are made last of all, each in a transaction of its own: for the
second until then, such a list takes longer, and nobody waits with a save. Whoever is killed in between leaves
them to the next job, or to the next start of the server.

Only SQLite does it so: there everybody waits for whoever stores. On PostgreSQL nobody does, and an index that
is dropped would lock the table.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index, Table, func, select
from sqlalchemy.orm import Session

from core.bookkeeping import analyze, bookkeeping
from core.db import SORTS, Base, db
from core.spans import asked_at_once

# From so many rows on, and where they are not few beside those that are there already.
MANY = 5_000
FEW = 5

ORDERS = """
    SELECT name, sql FROM sqlite_master
    WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%'
    ORDER BY name"""


@contextmanager
def made_anew(session: Session, table: Table, count: int) -> Iterator[None]:
    """Let a table have neither indexes nor rules of spans while `count` rows are added.

    In the transaction that adds the rows: whoever reads meanwhile has the old ones. When that is over,
    `make_missing` is due, which an import asks for whatever it has stored.
    """
    connection = session.connection()
    pays = connection.dialect.name == "sqlite" and count >= MANY
    if not pays or count * FEW < (session.scalar(select(func.count()).select_from(table)) or 0):
        yield
        return
    later = {one.name for one in _that_sort(table)}
    orders = connection.exec_driver_sql(ORDERS, (table.name,)).all()
    quote = connection.dialect.identifier_preparer.quote
    with asked_at_once(connection, table):
        for name, _sql in orders:
            connection.exec_driver_sql(f"DROP INDEX {quote(name)}")
        yield
        for name, sql in orders:
            if name not in later:
                connection.exec_driver_sql(sql)
        # What the database knew of the indexes went with them.
        analyze(connection, table.name)


def make_missing() -> None:
    """Make the indexes that `made_anew` has left for later; asked when its transaction is over."""
    with db.engine.connect() as connection:
        left = missing(connection)
    for one in left:
        with bookkeeping() as connection:
            if one in missing(connection):  # another worker was faster
                one.create(connection)


def missing(connection: Connection) -> list[Index]:
    """The indexes that are still to be made; one statement on SQLite, and none on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        return []
    there = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'index'").scalars())
    wanted = [one for table in Base.metadata.sorted_tables for one in _that_sort(table)]
    return [one for one in wanted if one.name not in there]


def _that_sort(table: Table) -> list[Index]:
    return [one for one in table.indexes if one.info.get(SORTS)]
