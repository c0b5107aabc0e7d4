"""What long work writes down before it stores anything, so that nobody waits while it does.

On SQLite whoever stores keeps everybody else from storing. So the history of rows that will be added, or that
statements will change (`foretold.py`), is written ahead, in short transactions, under a save that nobody is
told of yet (`UNTOLD`). The transaction that stores the rows tells it, and is over much sooner. Where that
never comes, because the work was refused or killed, what was written ahead is a left-over: nobody has seen
it, and it is cleared away.
"""

import sqlite3
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Select, Table, delete, func, insert, select, text, update

from core.bookkeeping import bookkeeping
from core.db import db
from core.history.added import Portion, Sum, portions_of
from core.models import LEFT_OVER, UNTOLD, Change, ChangeSet, instant
from core.plain_rows import Numbered, as_tuples
from core.progress import step, tell

# Whoever writes ahead says every moment that it is alive; after so long without it is taken for dead.
DEAD_AFTER = timedelta(minutes=2)
# So many changes are removed at once: nobody shall wait. And so many rows are brought over at once, between
# which somebody may stop the import.
PORTION = 2_500
# PostgreSQL gives numbers one after the other, unless somebody else draws at the same time: so it tells where
# each run begins, and how long it is. A row for each took more memory than anything else of an import.
DRAWN = """
WITH drawn AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence(:name, 'id')) AS number FROM generate_series(1, :count)
)
SELECT min(number), count(*)
FROM (SELECT number, number - row_number() OVER (ORDER BY number) AS run FROM drawn) AS numbered
GROUP BY run ORDER BY run
"""
SAVES = cast(Table, ChangeSet.__table__)
CHANGES = cast(Table, Change.__table__)


class Ahead(Sequence[Mapping[str, Any]]):
    """Rows that will be added, as the driver takes them; their history is there already.

    They wait in a small database beside the large one. So they take no memory, and one statement after the
    other brings them over by the thousand, in a third of the time that the driver takes row by row.
    """

    def __init__(self, change_set_id: int, table: Table) -> None:
        self.change_set_id, self.table = change_set_id, table
        self.names = [one.name for one in table.c]
        self.sum = Sum(0, set(), "")
        self._columns = ", ".join(map(db.engine.dialect.identifier_preparer.quote, self.names))
        self._place = _place(change_set_id)
        self._place.unlink(missing_ok=True)  # numbers are given again after a backup was restored
        self._place.touch(mode=0o600)
        self._file = sqlite3.connect(self._place)
        self._file.execute("PRAGMA journal_mode=OFF")
        self._file.execute("PRAGMA synchronous=OFF")
        # As the table is called: what is asked of that can be asked of the rows that wait.
        self._name = db.engine.dialect.identifier_preparer.quote(table.name)
        self._file.execute(f"CREATE TABLE {self._name} ({self._columns})")
        # The connection by which they are brought over.
        self._host: Any = None
        # Whether it was counted what the rooms keep of the rows.
        self.is_reckoned = False

    def add(self, dialect: Dialect, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let rows wait."""
        marks = ", ".join("?" * len(self.names))
        ready = as_tuples(dialect, self.table, rows, self.names)
        with self._file:
            self._file.executemany(f"INSERT INTO {self._name} VALUES ({marks})", ready)  # nosec B608: marks

    def bring_over(self, connection: Connection) -> None:
        """Store the rows in their table, in the transaction of this connection."""
        self._host = connection.connection.driver_connection
        connection.exec_driver_sql("ATTACH ? AS ahead", (str(self._place),))
        some = (
            f"INSERT INTO main.{self._name} ({self._columns}) "  # nosec B608
            f"SELECT {self._columns} FROM ahead.{self._name} WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
        )
        for start in range(0, len(self), PORTION):
            step(connection.exec_driver_sql(some, (start, start + PORTION)).rowcount)

    def close(self) -> None:
        """Drop what waits; asked when the transaction that stores it is over."""
        if self._host is not None:
            self._host.execute("DETACH ahead")
        self._file.close()
        self._place.unlink(missing_ok=True)

    def reckon(self, name: str, asked: Select[Any]) -> None:
        """Let what a select says of the rows, as if they were stored, stand beside them as another table.

        When they are brought over, it is there by the schema `ahead`.
        """
        dialect = db.engine.dialect
        said = asked.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        quoted = dialect.identifier_preparer.quote(name)
        self._file.execute(f"CREATE TABLE {quoted} AS {said}")
        self.is_reckoned = True

    def different(self, name: str) -> set[Any]:
        """The different values of a column, as the driver takes them."""
        quoted = db.engine.dialect.identifier_preparer.quote(name)
        found = self._file.execute(f"SELECT DISTINCT {quoted} FROM {self._name}")  # nosec B608: our names
        return {value for (value,) in found}

    def __len__(self) -> int:
        return self.sum.rows

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, stride = place.indices(len(self))
            return list(self._rows(start, stop))[::stride]
        return self[place : place + 1][0]

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return self._rows(0, len(self))

    def _rows(self, start: int, stop: int) -> Iterator[Mapping[str, Any]]:
        dialect = db.engine.dialect
        backs = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in self.table.c]
        some = f"SELECT * FROM {self._name} WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
        for row in self._file.execute(some, (start, stop)):
            values = (back(value) if back else value for back, value in zip(backs, row, strict=True))
            yield dict(zip(self.names, values, strict=True))


def _place(id: int) -> Path:
    """The file in which the rows of this save wait."""
    return Path(f"{db.engine.url.database}-ahead-{id}")


def written_ahead(table: Table, rows: Sequence[Mapping[str, Any]]) -> Ahead:
    """Write down that these rows are added, under a save that is not told yet."""
    tell("Writing the history", len(rows))
    ahead, numbered = _begun(table, rows)
    try:
        for portion in portions_of(ahead.change_set_id, 1, table, numbered):
            ahead.add(db.engine.dialect, portion.rows)
            ahead.sum = portion.sum
            put(ahead.change_set_id, portion)
            step(len(portion.rows))
    except BaseException:
        ahead.close()
        drop(ahead.change_set_id)
        raise
    return ahead


def _begun(table: Table, rows: Sequence[Mapping[str, Any]]) -> tuple[Ahead, Sequence[Mapping[str, Any]]]:
    with bookkeeping() as connection:
        if "id" in table.c:
            rows = Numbered(ids_kept(connection, table, len(rows)), rows)
        return Ahead(begun(connection), table), rows


def begun(connection: Connection) -> int:
    """The number of a save that nobody is told of yet."""
    id: int = connection.execute(insert(SAVES).values(room=UNTOLD).returning(SAVES.c.id)).scalar_one()
    return id


def ids_kept(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """So many unused ids of a table whose numbers count up (`KEEPS_NUMBERS`); nobody else gets them."""
    named = {"name": table.name, "count": count}
    if connection.dialect.name != "sqlite":
        ids = array("q")
        for first, many in connection.execute(text(DRAWN), named):
            ids.extend(range(first, first + many))
        return ids
    more = text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = :name")
    if connection.execute(more, named).rowcount == 0:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :count)"), named)
    last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), named).scalar_one()
    return range(last - count + 1, last + 1)


def put(id: int, portion: Portion) -> None:
    """Write down some more of a save that is not told yet, and say that whoever does so is alive."""
    with bookkeeping() as connection:
        portion.put(connection)
        connection.execute(update(SAVES).where(SAVES.c.id == id).values(made_at=instant()))


# --- what was never told ---------------------------------------------------------------------------


def clear_away() -> None:
    """Remove what long work has left that was killed before it stored anything."""
    dead = (SAVES.c.room == LEFT_OVER) | (
        (SAVES.c.room == UNTOLD) & (SAVES.c.made_at < instant() - DEAD_AFTER)
    )
    with db.engine.connect() as connection:
        ids = connection.scalars(select(SAVES.c.id).where(dead).order_by(SAVES.c.id)).all()
    for id in ids:
        drop(id)


def drop(id: int) -> None:
    """Remove a save that was never told, some thousand changes at a time."""
    here = SAVES.c.id == id
    with bookkeeping() as connection:
        # From here on nobody tells it, however far this comes.
        connection.execute(update(SAVES).where(here, SAVES.c.room == UNTOLD).values(room=LEFT_OVER))
    if db.engine.dialect.name == "sqlite":
        _place(id).unlink(missing_ok=True)
    while _some_are_dropped(id):
        pass


def _some_are_dropped(id: int) -> bool:
    """Remove some of its changes, and it with the last ones; whether there are more."""
    with bookkeeping() as connection:
        left = select(SAVES.c.id).where(SAVES.c.id == id, SAVES.c.room == LEFT_OVER)
        if connection.scalar(left) is None:
            return False
        first = select(func.min(CHANGES.c.number)).where(CHANGES.c.change_set_id == id)
        number = connection.scalar(first)
        if number is None:
            connection.execute(delete(SAVES).where(SAVES.c.id == id))
            return False
        some = (CHANGES.c.change_set_id == id, CHANGES.c.number < number + PORTION)
        connection.execute(delete(CHANGES).where(*some))
        return True
