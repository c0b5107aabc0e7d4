"""Very many rows into a table, as the driver takes them: nothing is compiled or asked for each row."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

# Different values of a column whose form for the driver is remembered: of most columns there are few.
ALIKE = 20_000


def perhaps_repeated(items: Sequence[T], key: Callable[[T], Hashable]) -> list[T]:
    """The items whose key may occur more than once, told by a byte for its hash; the others are alone.

    Hundreds of thousands of keys in a set took as much memory as what they are the keys of.
    """
    size = 16 * len(items) + 1
    seen, repeated = bytearray(size), set[int]()
    for item in items:
        place = hash(key(item)) % size
        if seen[place]:
            repeated.add(place)
        seen[place] = 1
    return [item for item in items if hash(key(item)) % size in repeated] if repeated else []


class Made(Sequence[Mapping[str, Any]]):
    """Rows that are made when they are asked for, so that there are never hundreds of thousands at once."""

    def __init__(self, items: Sequence[Any], make: Callable[[Any], Mapping[str, Any]]) -> None:
        self.items, self.make = items, make

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self.make(one) for one in self.items[place]]
        return self.make(self.items[place])

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return map(self.make, self.items)


class Numbered(Sequence[Mapping[str, Any]]):
    """Rows with their ids, in the same order."""

    def __init__(self, ids: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> None:
        self.ids, self.rows = ids, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            pairs = zip(self.rows[place], self.ids[place], strict=True)
            return [{**row, "id": id} for row, id in pairs]
        return {**self.rows[place], "id": self.ids[place]}

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return ({**row, "id": id} for row, id in zip(self.rows, self.ids, strict=True))


def put(connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Store rows of these columns; a driver's error becomes what any other statement would have raised."""
    dbapi = connection.dialect.loaded_dbapi
    try:
        hand_over(connection, table, names, rows)
    except dbapi.Error as error:
        said = f"INSERT INTO {table.name}"
        raise DBAPIError.instance(said, None, error, dbapi.Error, dialect=connection.dialect) from error


def hand_over(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Rows to the driver, as they come: on SQLite one statement again and again, on PostgreSQL by COPY."""
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.name)} ({', '.join(map(quote, names))})"
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        driver.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # nosec B608: our names
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def as_tuples(
    dialect: Dialect, table: Table, rows: Iterable[Mapping[str, Any]], names: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Rows as the driver takes them; what a row does not say gets the column's default."""
    columns = [(name, _bound(table.c[name], dialect), *_default(table.c[name])) for name in names]
    for row in rows:
        yield tuple(
            [
                bound(row[name]) if name in row else bound(default() if is_made else default)
                for name, bound, default, is_made in columns
            ]
        )


def _default(column: Column[Any]) -> tuple[Any, bool]:
    """The default of a column, and whether it is made anew for each row."""
    known: Any = column.default
    if known is None or known.is_scalar:
        return getattr(known, "arg", None), False
    return lambda: known.arg(None), True


def _bound(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """What makes of a value what the driver takes for this column."""
    processor = column.type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(ALIKE)(processor) if processor is not None else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
