"""Records that are found by any part of what they are called, without a look at each of them.

An index of all runs of three signs knows which records can have “acell” in a name: those with ace, cel and
ell. On SQLite it is an FTS5 table that triggers keep, on PostgreSQL an index of pg_trgm on all columns put
together: on a column itself it would also be taken to find a whole key, thousands of times as slow. Both say
only whom to look at. Whether a record is meant says the condition that is asked of every record anyway,
so a search finds the same on both, and the same as without an index.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    DDL,
    ColumnElement,
    Connection,
    Index,
    Integer,
    String,
    Table,
    any_,
    collate,
    column,
    event,
    func,
    inspect,
    literal_column,
    or_,
    select,
    table,
    text,
    type_coerce,
)

from core.db import Base, db
from core.typed import Word

# SQLite's index of a table is called so, with the name of the table; FTS5 makes others that begin like it.
PREFIX = "parts_of_"
# And PostgreSQL's with the name of the table before this.
ENDING = "_parts"


@dataclass(frozen=True)
class Also:
    """Another table with what the records are called, such as former names: its `key` is their `of`."""

    table: str
    key: str
    of: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """The columns with what the records of a table are called."""

    table: str
    columns: tuple[str, ...]
    also: Also | None = None

    @property
    def index(self) -> str:
        """The name of SQLite's index."""
        return PREFIX + self.table


def found_by_parts(
    records: Table, *columns: str, also: tuple[Table, str, tuple[str, ...]] | None = None
) -> None:
    """Keep an index of the parts of these columns.

    `also` is a table with what the records are called as well: its key that refers to them, and its columns.
    """
    beside, last = None, records
    others: tuple[str, ...] = ()
    if also is not None:
        last, key, others = also
        (far,) = last.c[key].foreign_keys
        beside = Also(last.name, key, far.column.name, others)
    parts = records.info["parts"] = Parts(records.name, columns, beside)
    for statement in sqlite_statements(parts):
        event.listen(last, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect="sqlite"))
    for where, names in {records: columns, **({last: others} if others else {})}.items():
        Index(
            f"ix_{where.name}{ENDING}",
            _together(where, names).label("words"),
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
            # What it would put off makes the next search slow, and look slower than it is.
            postgresql_with={"fastupdate": "off"},
        ).ddl_if(dialect="postgresql")


def _together(records: Table, names: Sequence[str]) -> ColumnElement[str]:
    """All columns in one text, as PostgreSQL's index has it; some sort as keys do, and some as text does."""
    words: ColumnElement[str]
    words, *others = (func.coalesce(records.c[name], text("''")) for name in names)
    for one in others:
        words = words.op("||")(text("' '")).op("||")(one)
    return collate(words, "default")


# --- who can be meant ----------------------------------------------------------------------------------


def by_parts(model: type[Base], words: Iterable[Word]) -> list[ColumnElement[bool]]:
    """Conditions that every record meets that has all these words in it, and hardly any other.

    A word that is too short for the index says nothing, and where all are, there are no conditions. They lead
    to few records; who walks through many of them in an order, leaves them out.
    """
    long = [word for word in words if word.runs is not None]
    if not long:
        return []
    records = cast(Table, inspect(model).local_table)
    if db.engine.dialect.name == "sqlite":
        return _in_the_table(records, long)
    return [_in_the_indexes(records, word) for word in long]


def _in_the_table(records: Table, words: Sequence[Word]) -> list[ColumnElement[bool]]:
    """A join, and no list of keys: who needs some of very many stops early."""
    index, mine = table(records.info["parts"].index, column("rowid", Integer)), column("rowid", Integer)
    mine.table = records
    first, *others = (type_coerce(word.runs, String) for word in words)
    wanted: ColumnElement[str] = first
    for other in others:
        wanted = wanted + literal_column("' AND '", String) + other
    return [index.c.rowid == mine, literal_column(index.name).bool_op("MATCH")(wanted)]


def _in_the_indexes(records: Table, word: Word) -> ColumnElement[bool]:
    """In one of the texts, each with its index; an array of keys, so that these lead by an index too."""
    parts: Parts = records.info["parts"]
    found = _in_text(_together(records, parts.columns), word)
    if parts.also is None:
        return found
    others = records.metadata.tables[parts.also.table]
    keys = select(others.c[parts.also.key]).where(_in_text(_together(others, parts.also.columns), word))
    return or_(found, records.c[parts.also.of] == any_(func.array(keys.scalar_subquery())))


def _in_text(words: ColumnElement[str], word: Word) -> ColumnElement[bool]:
    """In any case: not every column is a key, and to these indexes it is all the same."""
    return or_(*(words.ilike(one, escape="/") for one in dict.fromkeys((word.part, word.key))))


# --- the index of SQLite -------------------------------------------------------------------------------


def sqlite_statements(parts: Parts) -> list[str]:
    """The table and the triggers that keep it."""
    index, name = parts.index, parts.table
    changed = " OR ".join(f"NEW.{one} IS NOT OLD.{one}" for one in parts.columns)
    statements = [
        f"CREATE VIRTUAL TABLE {index} USING fts5(words, tokenize='trigram', detail='none', columnsize=0)",
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {name} BEGIN "
        f"INSERT INTO {index} (rowid, words) VALUES (NEW.rowid, {_words(parts, 'NEW')}); END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {', '.join(parts.columns)} ON {name} "
        f"WHEN {changed} BEGIN "
        f"UPDATE {index} SET words = {_words(parts, 'NEW')} WHERE rowid = NEW.rowid; END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {name} BEGIN "
        f"DELETE FROM {index} WHERE rowid = OLD.rowid; END",
    ]
    return [*statements, *_beside(parts)]


def _words(parts: Parts, row: str) -> str:
    """Everything that the record of a row is called, in SQL."""
    own = " || ' ' || ".join(f"coalesce({row}.{one}, '')" for one in parts.columns)
    if parts.also is None:
        return own
    others = " || ' ' || ".join(f"coalesce({one}, '')" for one in parts.also.columns)
    theirs = f"{parts.also.table} WHERE {parts.also.key} = {row}.{parts.also.of}"
    return f"{own} || coalesce((SELECT group_concat(' ' || {others}, '') FROM {theirs}), '')"


def _beside(parts: Parts) -> Iterator[str]:
    """What follows where another table has what the records are called."""
    if parts.also is None:
        return
    index, name, also = parts.index, parts.table, parts.also
    for what, deed, rows in (
        ("insert", "INSERT", ("NEW",)),
        ("update", f"UPDATE OF {', '.join((also.key, *also.columns))}", ("OLD", "NEW")),
        ("delete", "DELETE", ("OLD",)),
    ):
        keys = ", ".join(f"{row}.{also.key}" for row in rows)
        yield (
            f"CREATE TRIGGER {index}_beside_{what} AFTER {deed} ON {also.table} BEGIN UPDATE {index} "
            f"SET words = (SELECT {_words(parts, 'one')} FROM {name} AS one WHERE one.rowid = {index}.rowid) "
            f"WHERE rowid IN (SELECT rowid FROM {name} WHERE {also.of} IN ({keys})); END"
        )


def filled(parts: Parts) -> str:
    """The statement that puts everything into an empty index."""
    return (
        f"INSERT INTO {parts.index} (rowid, words) "
        f"SELECT one.rowid, {_words(parts, 'one')} FROM {parts.table} AS one"
    )


def dropped(parts: Parts) -> list[str]:
    """The statements after which there is no such index."""
    kinds = ("insert", "update", "delete")
    names = [*kinds, *(f"beside_{kind}" for kind in kinds if parts.also)]
    triggers = [f"DROP TRIGGER IF EXISTS {parts.index}_{name}" for name in names]
    return [*triggers, f"DROP TABLE IF EXISTS {parts.index}"]


@contextmanager
def put_aside(connection: Connection, parts: Parts) -> Iterator[None]:
    """For a migration that makes the table anew on SQLite: it loses its triggers, and the rows' numbers."""
    here = connection.dialect.name == "sqlite"
    for statement in dropped(parts) if here else ():
        connection.exec_driver_sql(statement)
    yield
    for statement in (*sqlite_statements(parts), filled(parts)) if here else ():
        connection.exec_driver_sql(statement)


def every_index() -> list[Parts]:
    """The tables whose records are found by parts."""
    return [one.info["parts"] for one in Base.metadata.sorted_tables if "parts" in one.info]


def make_anew(connection: Connection) -> None:
    """Make SQLite's indexes from nothing, whatever has become of them; PostgreSQL keeps its own."""
    if connection.dialect.name == "sqlite":
        for parts in every_index():
            for statement in (*dropped(parts), *sqlite_statements(parts), filled(parts)):
                connection.exec_driver_sql(statement)


def without_remains(connection: Connection) -> None:
    """Take out of SQLite's indexes what they keep for a while of names that are no longer there."""
    if connection.dialect.name == "sqlite":
        for parts in every_index():
            connection.exec_driver_sql(f"INSERT INTO {parts.index} ({parts.index}) VALUES ('optimize')")


def astray(connection: Connection, parts: Parts) -> int:
    """How many records SQLite's index does not have as they are, and how many it has that are not there.

    An index that contradicts itself is an error of the driver.
    """
    connection.exec_driver_sql(f"INSERT INTO {parts.index} ({parts.index}) VALUES ('integrity-check')")
    both = f"{parts.table} AS one LEFT JOIN {parts.index} AS kept ON kept.rowid = one.rowid"
    other = f"SELECT count(*) FROM {both} WHERE kept.words IS NOT {_words(parts, 'one')}"
    gone = f"SELECT count(*) FROM {parts.index} WHERE rowid NOT IN (SELECT rowid FROM {parts.table})"
    return sum(connection.exec_driver_sql(asked).scalar_one() for asked in (other, gone))
