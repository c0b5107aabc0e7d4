"""A database many times as large as one that is there: its people, books and authors again, under other keys.

    python -m bench.many_times FILE.db 10 LARGER.db

To import three million people takes hours; what a page costs does not depend on how they came in. So the rows
are multiplied by SQL: each copy has the names and the links of the first one, and a number of its own, which
is made of digits as `make_data.py` makes them. The departments stay as many as they are, and each has so many
times the people. Of the copies there are no histories, no ISBNs (each is unique) and no heads (a department
has one).
"""

import argparse
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import flask_migrate

from app import create_app
from bench.serving import ROOT
from core.bookkeeping import bookkeeping, learn_sizes
from core.db import db
from core.parts import make_anew
from hr import operations

# What a copy has in other words than the row that it is of: `n` is the number of the copy, from 1 on.
NUMBER = "CAST({n} * 10000000 + CAST({of} AS INTEGER) AS TEXT)"
MOVED = "{n} * 10000000 + {of}"
COPIED: Mapping[str, Mapping[str, str]] = {
    "employee": {"number": NUMBER, "number_key": NUMBER, "account_id": "NULL"},
    "department_employee_link": {"id": MOVED, "employee_number": NUMBER, "role": "'member'"},
    "book": {"id": MOVED, "reference": NUMBER},
    "author": {"id": MOVED},
    "edition": {"id": MOVED, "book_id": MOVED, "isbn": "NULL"},
    "author_book": {"book_id": MOVED, "author_id": MOVED},
}
# What follows from the rows of a table and is made again when they are there.
FOLLOWS = """
    SELECT type, name, sql FROM sqlite_master
    WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL"""


def main() -> None:
    """Make the larger one."""
    parser = argparse.ArgumentParser(description="Multiply what is in a SQLite file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("times", type=int)
    parser.add_argument("larger", type=Path)
    asked = parser.parse_args()
    multiplied(asked.file, asked.times, asked.larger)


def multiplied(file: Path, times: int, larger: Path) -> None:
    """A file with `times` as many rows; it has its name only when it is whole."""
    part = larger.with_suffix(".part")
    for left in (part, Path(f"{part}-wal"), Path(f"{part}-shm")):
        left.unlink(missing_ok=True)  # of one that was killed
    url = f"sqlite:///{part.absolute()}"
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "of a measurement", "JOBS": "never"})
    connection = sqlite3.connect(part, isolation_level=None)
    with closing(sqlite3.connect(file)) as source:
        source.backup(connection)
    connection.close()
    with app.app_context():  # the file may be older than the code, and what is multiplied is not
        flask_migrate.upgrade(str(ROOT / "migrations"))
        db.engine.dispose()
    connection = sqlite3.connect(part, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-262144"):
        connection.execute(f"PRAGMA {pragma}")
    for table, others in COPIED.items():
        _copy(connection, table, others, times)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    with app.app_context():
        with bookkeeping() as connected:
            make_anew(connected)
        operations.recount()
        learn_sizes()
        db.engine.dispose()
    part.replace(larger)


def _copy(connection: sqlite3.Connection, table: str, others: Mapping[str, str], times: int) -> None:
    follows = connection.execute(FOLLOWS, (table,)).fetchall()
    for kind, name, _sql in follows:
        connection.execute(f"DROP {kind} {name}")
    names = [column[1] for column in connection.execute(f"PRAGMA table_info({table})")]
    first = connection.execute(f"SELECT max(rowid) FROM {table}").fetchone()[0]  # nosec: constants
    for n in range(1, times):
        said = ", ".join(others.get(name, name).format(n=n, of=name) for name in names)
        connection.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {said} FROM {table} WHERE rowid <= {first}"  # nosec
        )
    for _kind, _name, sql in follows:
        connection.execute(sql)


if __name__ == "__main__":
    main()
