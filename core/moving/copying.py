"""All rows from one connection to another, in chunks, table after table, and back again to be compared."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, func, select, text

from core.moving.places import tables
from core.moving.values import Row, Sum, columns_of, for_postgresql, plain
from core.plain_rows import hand_over

CHUNK = 5_000
# Rows with files in them are as large as these.
FILES_AT_ONCE = 4


def _quoted(connection: Connection, table: Table) -> tuple[str, str]:
    """The table and its columns, as they stand in a statement."""
    quote = connection.dialect.identifier_preparer.quote
    return quote(table.name), ", ".join(quote(column.name) for column in columns_of(table))


def read(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of a table in the plain form; memory holds one chunk of them."""
    name, columns = _quoted(connection, table)
    is_large = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = FILES_AT_ONCE if is_large else CHUNK
    driver: Any = connection.connection.driver_connection
    # On PostgreSQL a cursor with a name stays at the server, and hands over what is asked for.
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(name="moving")
    try:
        cursor.execute(f"SELECT {columns} FROM {name}")  # nosec B608: names of our own models
        while rows := cursor.fetchmany(size):
            yield from plain(table, rows)
    finally:
        cursor.close()


def write(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Store plain rows; rules, keys and triggers of the target have their say."""
    ready = rows if connection.dialect.name == "sqlite" else for_postgresql(table, rows)
    hand_over(connection, table, [column.name for column in columns_of(table)], ready)


def empty(connection: Connection) -> None:
    """Take away what a former try has left."""
    names = [_quoted(connection, table)[0] for table in reversed(tables())]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"TRUNCATE {', '.join(names)}")
        return
    for name in names:
        connection.exec_driver_sql(f"DELETE FROM {name}")  # nosec B608


def copy(here: Connection, there: Connection) -> Iterator[tuple[Table, Sum]]:
    """Copy table after table; what each was, as it is done."""
    if there.dialect.name == "sqlite":
        there.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # a save can undo one of a higher number
    for table in tables():
        total = Sum()
        write(there, table, total.over(read(here, table)))
        _go_on_counting(here, there, table)
        yield table, total


def sum_of(connection: Connection, table: Table) -> Sum:
    """What a table holds, read back."""
    total = Sum()
    for _row in total.over(read(connection, table)):
        pass
    return total


def gather_statistics(connection: Connection) -> None:
    """Let the planner know how much there is."""
    connection.exec_driver_sql("ANALYZE")


# --- numbers -------------------------------------------------------------------------------------------


def _go_on_counting(here: Connection, there: Connection, table: Table) -> None:
    """Let the next number be the one that the source would have given: not that of a deleted record."""
    column = table.autoincrement_column
    if column is None:
        return
    last = max(last_number(here, table), there.scalar(select(func.max(column))) or 0)
    if there.dialect.name == "postgresql":
        asked = {"of": _sequence(there, table), "last": max(last, 1), "given": last > 0}
        there.execute(text("SELECT setval(CAST(:of AS regclass), :last, :given)"), asked)
    elif _keeps_numbers(table) and last:
        there.execute(text("DELETE FROM sqlite_sequence WHERE name = :of"), {"of": table.name})
        there.execute(
            text("INSERT INTO sqlite_sequence VALUES (:of, :last)"), {"of": table.name, "last": last}
        )


def last_number(connection: Connection, table: Table) -> int:
    """The highest number that was ever given in this table; 0: none, or the database does not keep it."""
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, table)
        row = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()  # nosec B608
        return int(row.last_value) if row.is_called else 0
    if not _keeps_numbers(table):
        return 0
    asked = text("SELECT seq FROM sqlite_sequence WHERE name = :of")
    return int(connection.scalar(asked, {"of": table.name}) or 0)


def _keeps_numbers(table: Table) -> bool:
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _sequence(connection: Connection, table: Table) -> str:
    """The sequence of a table's numbers, as it stands in a statement."""
    asked = {"of": _quoted(connection, table)[0], "column": table.autoincrement_column.name}  # type: ignore[union-attr]
    return str(connection.scalar(text("SELECT pg_get_serial_sequence(:of, :column)"), asked))
