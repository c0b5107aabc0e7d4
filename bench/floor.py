"""The floor: the same rows, fetched by the bare driver and joined into HTML by hand. No page is cheaper.

    BENCH_DATABASE=sqlite:///big.db gunicorn "bench.floor:answer"

Each address is that of the page it stands beside. It signs nobody in and knows no rule.
"""

import base64
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import psycopg

from core.db import SQLITE

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
# The rows of each list, what belongs to them, and the orders of its sorts.
LISTS = {
    "/hr/employees": (
        PEOPLE,
        STAYS_OF,
        {
            "name": "sort_key {0}, number {0}",
            "number": "number {0}",
            "hired": "coalesce(hired_on, '9999-12-31') {0}, number {0}",
        },
    ),
    "/library/books": (
        BOOKS,
        CREDITS_OF,
        {"title": "title_key {0}, id {0}", "year": "coalesce(year, 99999) {0}, id {0}"},
    ),
    "/library/authors": (AUTHORS, WORKS_OF, {"name": "sort_key {0}, id {0}"}),
}
# A person, and what is changed there.
PERSON = f"{PEOPLE} WHERE number = ?"
SAVE = (
    "UPDATE department_employee_link SET extra_data = ? WHERE id ="
    " (SELECT min(id) FROM department_employee_link WHERE employee_number = ?)"
)
# One word that somebody is called by. Both databases are led by the index of parts of names; SQLite reads the
# index of all names where a word is too short for it. What is found is sorted then.
CALLED = "(name_key LIKE ? OR number_key LIKE ?)"
TOGETHER = """(coalesce(name_key, '') || ' ' || coalesce(number_key, '')) COLLATE "default" ILIKE ? AND """
BY_PARTS = "rowid IN (SELECT rowid FROM parts_of_employee WHERE parts_of_employee MATCH ?)"
BY_NAMES = "number IN (SELECT number FROM employee WHERE {})"
HAS_PARTS = "SELECT count(*) FROM sqlite_master WHERE name = 'parts_of_employee'"
DEPARTMENT = (
    "SELECT l.id, e.sort_name, e.number, l.fte, l.role, l.starts_on, l.ends_before, l.extra_data"
    " FROM {} WHERE l.employee_number = e.number AND l.department_code = ? AND l.ends_before IS NULL"
    " ORDER BY e.sort_key, e.number, l.starts_on, l.id LIMIT {}"
)
# Of many the people are gone through in their order, and few are sorted; as many rows as Joinery shows.
MANY = "employee e CROSS JOIN department_employee_link l", 25
FEW = "department_employee_link l CROSS JOIN employee e", 50
COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM department_employee_link WHERE department_code = ? LIMIT 2001) few"
)


def connection() -> Any:
    """A connection that this thread keeps, with the settings that Joinery has."""
    url = os.environ["BENCH_DATABASE"]
    if not hasattr(HERE, "connection"):
        if is_server():
            HERE.connection = psycopg.connect(url, autocommit=True)
        else:
            HERE.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in SQLITE:
                HERE.connection.execute(f"PRAGMA {pragma}")
    return HERE.connection


def is_server() -> bool:
    """Whether it is PostgreSQL."""
    return os.environ["BENCH_DATABASE"].startswith("postgres")


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database answers."""
    if is_server():
        # It has no unary plus for a day, and needs none.
        statement = statement.replace("?", "%s").replace("+l.", "l.")
    found: list[tuple[Any, ...]] = connection().execute(statement, values).fetchall()
    return found


def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """One page, or one save."""
    path, asked = environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"]))
    last = path.rsplit("/", 1)[1]
    if environ["REQUEST_METHOD"] == "POST":
        return _saved(environ, start, last)
    if path in LISTS:
        body = _list(*LISTS[path], asked)
    elif path.startswith("/hr/departments/"):
        is_many = rows(COUNT, last)[0][0] > 2000
        body = _table(rows(DEPARTMENT.format(*(MANY if is_many else FEW)), last), {})
    elif path.startswith("/hr/employees/"):
        stays = [" ".join(map(str, row[1:])) for row in rows(STAYS_OF.format("?"), last)]
        body = _table(rows(PERSON, last), {last: stays})
    else:
        where, values = called(asked.get("q", "").split())
        body = _table(rows(f"{PEOPLE} WHERE {where} ORDER BY sort_key, number LIMIT 10", *values), {})
    content = f"<!doctype html><title>Floor</title><table>{body}</table>".encode()
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content)))])
    return [content]


def _saved(environ: dict[str, Any], start: Callable[..., Any], person: str) -> list[bytes]:
    """One fact of one stay."""
    sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    statement = SAVE.replace("?", "%s") if is_server() else SAVE
    connection().execute(statement, (dict(parse_qsl(sent))["extra_data"], person))
    start("303 See Other", [("Location", environ["PATH_INFO"]), ("Content-Length", "0")])
    return []


def called(words: list[str]) -> tuple[str, list[str]]:
    """The condition that somebody is called by all these words, and its values."""
    if is_server():
        return " AND ".join([TOGETHER + CALLED] * len(words)), [
            f"%{word}%" for word in words for _ in range(3)
        ]
    condition = " AND ".join([CALLED] * len(words))
    values = [f"%{word}%" for word in words for _ in range(2)]
    runs = [f'"{word[n : n + 3]}"' for word in words for n in range(len(word) - 2)]
    if not runs or not rows(HAS_PARTS)[0][0]:
        return BY_NAMES.format(condition), values
    return f"{BY_PARTS} AND {condition}", [" AND ".join(runs), *values]


def _list(facts: str, beside: str, sorts: dict[str, str], asked: dict[str, str]) -> str:
    wish = asked.get("sort", next(iter(sorts)))
    back = wish.startswith("-") != ("last" in asked)
    order = sorts[wish.lstrip("-")]
    where, values = "", []
    if "q" in asked:
        condition, values = called(asked["q"].split())
        where = f" WHERE {condition}"
    elif "after" in asked:
        mark = asked["after"]
        where = f" WHERE ({order.replace(' {0}', '')}) > (?, ?)"
        values = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    ordered = f"{facts}{where} ORDER BY {order.format('DESC' if back else 'ASC')} LIMIT 101"
    shown = rows(ordered, *values)[:100]
    keys = [row[0] for row in shown]
    belongs: dict[Any, list[str]] = {}
    if keys:
        for key, *facts_of in rows(beside.format(", ".join("?" * len(keys))), *keys):
            belongs.setdefault(key, []).append(" ".join(str(one) for one in facts_of))
    return _table(shown, belongs)


def _table(shown: list[tuple[Any, ...]], belongs: dict[Any, list[str]]) -> str:
    told = ([*map(str, row), "; ".join(belongs.get(row[0], []))] for row in shown)
    return "".join(f"<tr><td>{'<td>'.join(map(escape, cells))}" for cells in told)
