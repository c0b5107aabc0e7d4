"""Very many changes as statements: found first and kept small, written down ahead, and stored in a moment.

A line is about one table: the keys of rows that go, those that change with what is written into them, or rows
that come, all as JSON has them. What goes or ends makes room for what comes.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from core.db import Base, db
from core.history.foretold import Foretold
from core.history.recording import stored_rows
from core.history.values import as_fact, plain_fact
from core.history.written import ADDED, CHANGED, REMOVED, Noted
from core.progress import step, tell
from core.sheets.bulk import delete_rows, insert_rows, update_rows
from core.subjects import key_text, kinds
from core.writing import Work

# After so many rows they are let go.
AT_ONCE = 2_000

Row = Mapping[str, Any]
Key = Sequence[Any]
# New ids of the rows that come, by table.
Ids = Mapping[Table, Iterator[int]]


class Packed:
    """Lines of text that are only written, kept small."""

    def __init__(self) -> None:
        self._squeeze, self._parts = zlib.compressobj(1), list[bytes]()

    def add(self, text: str) -> None:
        """Write some more."""
        self._parts.append(self._squeeze.compress(text.encode()))

    @property
    def content(self) -> bytes:
        """All of it, packed. Asked once, at the end."""
        return b"".join([*self._parts, self._squeeze.flush()])


class Lines:
    """Some statements, put together."""

    def __init__(self) -> None:
        self._goes: dict[str, list[Key]] = defaultdict(list)
        self._changes: dict[tuple[str, str], list[Key]] = defaultdict(list)
        self._comes: dict[str, list[Row]] = defaultdict(list)

    def goes(self, table: str, key: Key) -> None:
        """A row is deleted."""
        self._goes[table].append(key)

    def changes(self, table: str, key: Key, writes: Row) -> None:
        """A row gets these values in these columns."""
        if writes:
            self._changes[table, json.dumps(_plain(writes), sort_keys=True)].append(key)

    def comes(self, table: str, row: Row) -> None:
        """A row is new."""
        self._comes[table].append(_plain(row))

    def __str__(self) -> str:
        lines: list[dict[str, Any]] = [
            {"table": name, "goes": sorted(keys)} for name, keys in self._goes.items()
        ]
        lines += [
            {"table": name, "keys": sorted(keys), "writes": json.loads(writes)}
            for (name, writes), keys in sorted(self._changes.items())
        ]
        lines += [{"table": name, "comes": rows} for name, rows in self._comes.items()]
        return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)


def _plain(values: Row) -> dict[str, Any]:
    return {name: plain_fact(value) for name, value in values.items()}


# --- read again ------------------------------------------------------------------------------------


def referred(statements: bytes) -> dict[str, set[Any]]:
    """The keys of other tables that the statements write, by table."""
    found: dict[str, set[Any]] = {}
    for line in _lines_in(statements):
        rows = line.get("comes") or [line.get("writes", {})]
        for column in Base.metadata.tables[line["table"]].columns:
            for foreign in column.foreign_keys:
                known = found.setdefault(foreign.column.table.name, set())
                known.update(row[column.name] for row in rows if row.get(column.name) is not None)
    return found


def _lines_in(statements: bytes) -> Iterator[dict[str, Any]]:
    for line in zlib.decompress(statements).decode().splitlines():
        yield json.loads(line)


class Some:
    """What some statements do to one table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.goes: list[tuple[Any, ...]] = []
        self.changes: list[tuple[tuple[Any, ...], Row]] = []
        self.comes: list[Row] = []

    def add(self, line: Mapping[str, Any]) -> None:
        """One line more."""
        self.goes += map(tuple, line.get("goes", ()))
        values = self._facts(line.get("writes", {}))
        self.changes += [(tuple(key), values) for key in line.get("keys", ())]
        self.comes += [self._facts(row) for row in line.get("comes", ())]

    def __len__(self) -> int:
        return len(self.goes) + len(self.changes) + len(self.comes)

    def _facts(self, plain: Row) -> Row:
        model = kinds()[self.table.name].model
        return {name: as_fact(model, name, value) for name, value in plain.items()}


def _in_portions(statements: bytes) -> Iterator[Sequence[Some]]:
    """Some thousand rows at a time, by table, in the order in which the tables refer to each other."""
    some: dict[str, Some] = {}
    for line in _lines_in(statements):
        table = Base.metadata.tables[line["table"]]
        some.setdefault(table.name, Some(table)).add(line)
        if sum(map(len, some.values())) >= AT_ONCE:
            yield _sorted(some)
            some = {}
    if some:
        yield _sorted(some)


def _sorted(some: Mapping[str, Some]) -> Sequence[Some]:
    return [some[table.name] for table in Base.metadata.sorted_tables if table.name in some]


# --- written down, and carried out -----------------------------------------------------------------


def foretell(statements: bytes, foretold: Foretold, count: int) -> Ids:
    """Write down what these statements will change in the rows as they are; the ids of those that come."""
    tell("Writing the history", count)
    ids: dict[Table, list[int]] = defaultdict(list)
    for portion in _in_portions(statements):
        for one in portion:
            if one.comes and "id" in one.table.c:
                new = foretold.new_ids(one.table, len(one.comes))
                ids[one.table] += new
                one.comes = [{**row, "id": id} for row, id in zip(one.comes, new, strict=True)]
            foretold.note(list(_noted(db.session(), one)))
        step(sum(map(len, portion)))
    return {table: iter(some) for table, some in ids.items()}


def _noted(session: Session, some: Some) -> Iterator[Noted]:
    """What becomes of the rows of one table."""
    kind, keys = kinds()[some.table.name], [one.name for one in some.table.primary_key]
    before = stored_rows(session, some.table, [*some.goes, *(key for key, _values in some.changes)])
    for key in some.goes:
        if key in before:
            yield Noted(REMOVED, kind, key_text(key), None, before[key], {})
    for key, values in some.changes:
        if key in before:
            was = before[key]
            counted = {"version": was["version"] + 1} if "version" in was else {}
            now = {**was, **values, **counted}
            yield Noted(CHANGED, kind, key_text(key), now.get("version"), was, now)
    for row in some.comes:
        key = tuple(row[name] for name in keys)
        yield Noted(ADDED, kind, key_text(key), 1 if "version" in some.table.c else None, {}, row)


def carry_out(work: Work, statements: bytes, ids: Ids) -> None:
    """Store it with few statements; the history of it is told already, by `tell_ahead`.

    No link that changes meets another one for a moment: a deed lets links either end or go on, and of each
    owner an undo changes one.
    """
    for portion in _in_portions(statements):
        for one in reversed(portion):
            delete_rows(work.session, one.table, one.goes)
        for one in portion:
            update_rows(work.session, one.table, one.changes)
            new = ids.get(one.table)
            rows = [{**row, "id": next(new)} for row in one.comes] if new is not None else one.comes
            insert_rows(work.session, one.table, rows)
