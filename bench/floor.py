"""The floor: the same rows, fetched by the bare driver and joined into HTML by hand. No page is cheaper.

    BENCH_DATABASE=big.db gunicorn "bench.floor:answer"

Each address is that of the page it stands beside. It signs nobody in and knows no rule.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import psycopg

HERE = threading.local()
PEOPLE = "SELECT number, name, hired_on, left_on FROM employee"
# The plus keeps SQLite from going by departments, which is hundreds of times slower here.
STAYS_OF = (
    "SELECT l.employee_number, d.name, l.fte, l.role FROM department_employee_link l"
    " CROSS JOIN department d"
    " WHERE d.code = l.department_code AND +l.ends_before IS NULL AND l.employee_number IN ({})"
)
BOOKS = "SELECT id, title, published, reference FROM book"
CREDITS_OF = (
    "SELECT s.book_id, a.name, s.royalty_percentage, s.role FROM author_book s"
    " JOIN author a ON a.id = s.author_id WHERE s.book_id IN ({}) ORDER BY s.book_id, s.publication_order"
)
AUTHORS = "SELECT id, sort_name, name FROM author"
WORKS_OF = "SELECT author_id, count(*) FROM author_book WHERE author_id IN ({}) GROUP BY author_id"
# The rows of each list by name of its sort, what belongs to them, and the columns that are searched.
LISTS = {
    "/hr/employees": (
        PEOPLE,
        STAYS_OF,
        {
            "name": "sort_key {0}, number {0}",
            "number": "number {0}",
            "hired": "coalesce(hired_on, '9999-12-31') {0}, number {0}",
        },
        ("name_key", "number_key"),
    ),
    "/library/books": (
        BOOKS,
        CREDITS_OF,
        {"title": "title_key {0}, id {0}", "year": "coalesce(year, 9999) {0}, id {0}"},
        ("title_key",),
    ),
    "/library/authors": (AUTHORS, WORKS_OF, {"name": "sort_key {0}, id {0}"}, ("name_key",)),
}
DEPARTMENT = (
    "SELECT l.id, e.sort_name, e.number, l.fte, l.role, l.starts_on, l.ends_before, l.extra_data"
    " FROM employee e CROSS JOIN department_employee_link l ON l.employee_number = e.number"
    " WHERE l.department_code = {} AND l.ends_before IS NULL"
    " ORDER BY e.sort_key, e.number, l.starts_on, l.id LIMIT 50"
)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database answers, by a connection that this thread keeps."""
    url = os.environ["BENCH_DATABASE"]
    if not hasattr(HERE, "connection"):
        server = url.startswith("postgres")
        HERE.connection = psycopg.connect(url, autocommit=True) if server else sqlite3.connect(url)
    if url.startswith("postgres"):
        statement = statement.replace("?", "%s")
    answer: list[tuple[Any, ...]] = HERE.connection.execute(statement, values).fetchall()
    return answer


def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """One page."""
    path, asked = environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"]))
    if path in LISTS:
        body = _list(*LISTS[path], asked)
    elif path.startswith("/hr/departments/"):
        body = _table(rows(DEPARTMENT.format("?"), path.rsplit("/", 1)[1]), {})
    else:
        found = rows(
            f"{PEOPLE} WHERE name_key LIKE ? ORDER BY sort_key, number LIMIT 10", f"%{asked.get('q', '')}%"
        )
        body = _table(found, {})
    content = f"<!doctype html><title>Floor</title><table>{body}</table>".encode()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))])
    return [content]


def _list(
    facts: str, beside: str, sorts: dict[str, str], searched: tuple[str, ...], asked: dict[str, str]
) -> str:
    wish = asked.get("sort", next(iter(sorts)))
    back = wish.startswith("-") != ("last" in asked)
    order = sorts[wish.lstrip("-")].format("DESC" if back else "ASC")
    words = asked.get("q", "").split()
    found = [f"({' OR '.join(f'{one} LIKE ?' for one in searched)})" for _ in words]
    where = f" WHERE {' AND '.join(found)}" if found else ""
    values = [f"%{word}%" for word in words for _ in searched]
    shown = rows(f"{facts}{where} ORDER BY {order} LIMIT 101", *values)[:100]
    keys = [row[0] for row in shown]
    belongs: dict[Any, list[str]] = {}
    if keys:
        for key, *facts_of in rows(beside.format(", ".join("?" * len(keys))), *keys):
            belongs.setdefault(key, []).append(" ".join(str(one) for one in facts_of))
    return _table(shown, belongs)


def _table(shown: list[tuple[Any, ...]], belongs: dict[Any, list[str]]) -> str:
    told = ([*map(str, row), "; ".join(belongs.get(row[0], []))] for row in shown)
    return "".join(f"<tr><td>{'<td>'.join(map(escape, cells))}" for cells in told)
