"""Rows as SQLite keeps them, which is plain: whole numbers, texts, bytes and nothing.

A row read from PostgreSQL is brought into this form, and out of it on the way in. So a checksum of it is the
same in both databases, and no value passes through a type that could round it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Table

Row = tuple[Any, ...]
Change = Callable[[Any], Any]
WRAP = 2**64


def columns_of(table: Table) -> list[Column[Any]]:
    """The columns that are carried; the database makes the others itself."""
    return [column for column in table.columns if column.computed is None]


def _moment(value: Any) -> str:
    """An instant as text in UTC, with all its places, from either database."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return str(value.isoformat(" ", "microseconds"))
    return str(value) if len(value) > 19 else f"{value}.000000"


def _day(value: date | str) -> str:
    return value.isoformat() if isinstance(value, date) else value


def _out_of(column: Column[Any]) -> Change | None:
    """What brings a value of this column into the plain form; None: it has it."""
    if isinstance(column.type, DateTime):
        return _moment
    if isinstance(column.type, Date):
        return _day
    return int if isinstance(column.type, Boolean) else None


def _into_postgresql(column: Column[Any]) -> Change | None:
    if isinstance(column.type, DateTime) and column.type.timezone:
        return lambda text: f"{text}+00"
    return bool if isinstance(column.type, Boolean) else None


def _changed(rows: Iterable[Sequence[Any]], changes: Sequence[Change | None]) -> Iterator[Row]:
    wanted = [(place, change) for place, change in enumerate(changes) if change]
    for row in rows:
        values = list(row)
        for place, change in wanted:
            if values[place] is not None:
                values[place] = change(values[place])
        yield tuple(values)


def plain(table: Table, rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """Rows as either database gives them, in the plain form."""
    return _changed(rows, [_out_of(column) for column in columns_of(table)])


def for_postgresql(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Plain rows as PostgreSQL takes them."""
    return _changed(rows, [_into_postgresql(column) for column in columns_of(table)])


@dataclass
class Sum:
    """How many rows there were, and a checksum that does not depend on their order."""

    rows: int = 0
    sum: int = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows, counted and added up while they pass."""
        for row in rows:
            self.rows += 1
            self.sum += int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest())
            yield row
        self.sum %= WRAP

    def __str__(self) -> str:
        return f"{self.rows:>11,} rows  {self.sum:016x}"
