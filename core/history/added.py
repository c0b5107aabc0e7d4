"""Rows that a statement adds, written down by the hundred thousand: nothing was there before them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Table

from core.db import code_key
from core.history.values import plain_fact
from core.models import Change, ChangeSubject
from core.plain_rows import put
from core.subjects import Kind, kinds, subject

CHUNK = 2_500
# Different values of a fact whose JSON is remembered.
ALIKE = 10_000
CHANGE = ("change_set_id", "number", "what", "kind", "key", "which", "version", "facts")
SUBJECT = ("subject", "change_set_id", "number")
Values = Mapping[str, Any]


class Sum(NamedTuple):
    """How many rows were written down, of which facts, and whose records they are."""

    rows: int
    facts: set[str]
    room: str


class Portion(NamedTuple):
    """Some of the rows, what is written down of them, and the sum up to here."""

    rows: Sequence[Values]
    changes: list[tuple[Any, ...]]
    subjects: list[tuple[Any, ...]]
    sum: Sum

    def put(self, connection: Connection) -> None:
        """Store what is written down."""
        put(connection, cast(Table, Change.__table__), CHANGE, self.changes)
        put(connection, cast(Table, ChangeSubject.__table__), SUBJECT, self.subjects)


def write_added(
    connection: Connection, change_set_id: int, first: int, table: Table, rows: Sequence[Values]
) -> Sum:
    """Write down that these rows were added, as the changes of a save from number `first` on."""
    known = Sum(0, set(), "")
    for portion in portions_of(change_set_id, first, table, rows):
        portion.put(connection)
        known = portion.sum
    return known


def portions_of(change_set_id: int, first: int, table: Table, rows: Sequence[Values]) -> Iterator[Portion]:
    """What is written down of rows that are added, some thousands at a time."""
    kind, version = kinds()[table.name], 1 if "version" in table.c else None
    tell, number = _Teller(kind, table), first
    about: list[str] = []
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        changes, subjects = [], []
        for row in some:
            key, said = tell.key(row), tell.facts(row)
            which = kind.words.which(row)[:200]
            changes.append((change_set_id, number, "added", table.name, key, which, version, said))
            about = tell.subjects(row, key)
            subjects += [(one, change_set_id, number) for one in about]
            number += 1
        facts = {f"{table.name}.{name}" for name in tell.told}
        yield Portion(some, changes, subjects, Sum(number - first, facts, room_of(kind, about)))


def room_of(kind: Kind, about: Sequence[str]) -> str:
    """Whose records they are; a note is that of the record that it is about."""
    far = kinds().get(about[0].partition(":")[0]) if about else None
    return kind.room or (far.room if far else "")


class _Teller:
    """What is written down of a row of one kind; each part of it is made once for rows that are alike."""

    def __init__(self, kind: Kind, table: Table) -> None:
        self.kind = kind
        self.told: set[str] = set()
        self.keys = [one.name for one in table.primary_key]
        self.owners = [(name, _subject_of(model)) for name, model in kind.words.belongs_to.items()]
        self.values = [(name, f'"{name}":[null,', lru_cache(ALIKE)(_as_json)) for name in kind.facts]

    def key(self, row: Values) -> str:
        """The key of the row, as the history has it."""
        return code_key("-".join([str(row[name]) for name in self.keys]))

    def facts(self, row: Values) -> str:
        """Its facts as JSON: what is not said was and is nothing."""
        found = []
        for name, begin, as_json in self.values:
            value = row.get(name)
            if value is not None:
                # A number of its own is said once and not worth remembering.
                found.append(f"{begin}{value if type(value) is int else as_json(value)}]")
                self.told.add(name)
        return f"{{{','.join(found)}}}"

    def subjects(self, row: Values, key: str) -> list[str]:
        """The records that it joins, or it itself."""
        found = [of(value) for name, of in self.owners if (value := row.get(name)) is not None]
        return list(dict.fromkeys(found)) or [subject(self.kind.model, key)]


def _subject_of(model: Any) -> Callable[[Any], str]:
    return lru_cache(ALIKE)(lambda value: subject(model, value) if model else value)


def _as_json(value: Any) -> str:
    return json.dumps(plain_fact(value), ensure_ascii=False, separators=(",", ":"))
