"""Many rows read and written with few statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, delete, inspect, update
from sqlalchemy.orm import Session

from core.db import Base
from core.history.ahead import Ahead
from core.history.recording import NOTED, new_ids, note_added, note_before
from core.plain_rows import Numbered, as_tuples, put
from core.progress import step

# Below both databases' limit of parameters, and few enough statements for hundreds of thousands of rows.
CHUNK = 5_000


def rows_with(
    session: Session, wanted: Select[*tuple[Any, ...]], column: Any, keys: Collection[Any]
) -> Iterator[Any]:
    """The rows of a select whose `column` is one of the keys; the whole table is read where they are many."""
    if len(keys) > 4 * CHUNK:
        known = keys if isinstance(keys, dict | set) else set(keys)
        position = len(wanted.selected_columns)
        found = session.execute(wanted.add_columns(column), execution_options={"yield_per": CHUNK})
        for number, row in enumerate(found):
            if number % CHUNK == 0:
                step(0)  # nothing is done yet, but it can be stopped here
            if row[position] in known:
                yield row
        return
    for chunk in chunks(sorted(keys)):
        yield from session.execute(wanted.where(column.in_(chunk)))


def chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The items in pieces that one statement can carry."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def columns_of(record: Base) -> dict[str, Any]:
    """The columns that were set on a record which is not stored yet, keys and all: what an insert needs."""
    state = inspect(record)
    return {one.key: state.dict[one.key] for one in state.mapper.column_attrs if one.key in state.dict}


def changed_columns(record: Base, before: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a stored record that are other ones now. The version is counted where it is stored."""
    state = inspect(record)
    known, columns = state.dict, state.mapper.columns
    return {
        name: known[name]
        for name, was in before.items()
        if name != "version" and name in known and known[name] != was and name in columns
    }


def insert_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new rows, thousands at a time; what a row does not say gets the column's default."""
    if not rows:
        return
    connection, names = session.connection(), [one.name for one in table.c]
    if isinstance(rows, Ahead):
        note_added(session, table, rows)
        rows.bring_over(connection)
        return
    if "id" in table.c and "id" not in rows[0]:
        rows = Numbered(new_ids(session, table, len(rows)), rows)
    note_added(session, table, rows)
    ready = as_tuples(connection.dialect, table, rows, names)
    while chunk := list(islice(ready, CHUNK)):
        put(connection, table, names, chunk)
        step(len(chunk))


def insert_numbered(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store new rows, and return their ids in the same order."""
    ids = new_ids(session, table, len(rows))
    insert_rows(session, table, Numbered(ids, rows))
    return list(ids)


def delete_rows(session: Session, table: Table, keys: Iterable[Any]) -> None:
    """Delete rows by primary key (a tuple if it has several columns)."""
    columns, keys = list(table.primary_key.columns), list(keys)
    note_before(session, table, keys)
    deed = delete(table).where(*(one == bindparam(f"key_{one.name}") for one in columns))
    for chunk in chunks(keys):
        session.execute(deed, [_key(columns, key) for key in chunk], execution_options=NOTED)


def _key(columns: Sequence[Column[Any]], key: Any) -> dict[str, Any]:
    parts = key if isinstance(key, tuple) else (key,)
    return {f"key_{one.name}": part for one, part in zip(columns, parts, strict=True)}


def update_rows(session: Session, table: Table, changes: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
    """Store changed columns by primary key (a tuple if it has several columns), and count a version."""
    keys, changes = list(table.primary_key.columns), list(changes)
    note_before(session, table, [key for key, _values in changes])
    alike: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
    for key, values in changes:
        row = _key(keys, key)
        alike[frozenset(values)].append(row | {f"new_{name}": value for name, value in values.items()})
    for names, rows in alike.items():
        deed = update(table).where(*(one == bindparam(f"key_{one.name}") for one in keys))
        said: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        if "version" in table.c:
            said["version"] = table.c.version + 1
        for chunk in chunks(rows):
            session.execute(deed.values(said), chunk, execution_options=NOTED)
            step(len(chunk))
