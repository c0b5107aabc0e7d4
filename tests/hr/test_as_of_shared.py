"""Who is where on ten days: the list pages agree with a few lines of SQL over the raw files."""

import csv
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Client
from tests.importing import CommandLine
from tests.pages import Page

DAYS = (
    "1985-01-01", "1987-03-15", "1989-12-31", "1992-02-29", "1995-06-30",
    "1998-12-17", "2000-01-01", "2001-09-09", "2002-07-31", "2025-05-20",
)  # fmt: skip
# In the files nobody is in two departments at once: these are.
TWICE = (
    ("10001", "d001", "1990-01-01", "9999-01-01"),
    ("10002", "d001", "1991-01-01", "1997-06-30"),
    ("10002", "d009", "1992-02-01", "1998-12-18"),
)
# The end in the file is the first day away. One stay begins and ends on one day, and so is on no day.
ON = "from_date <= :day AND to_date > :day"


@pytest.fixture
def raw(shared_data: Path) -> Iterator[sqlite3.Connection]:
    """The raw files as they are, in a database of their own."""
    with sqlite3.connect(":memory:") as connection:
        for name in ("departments", "employees", "dept_emp"):
            with (shared_data / "hr10k" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                heads, *lines = csv.reader(file)
            connection.execute(f"CREATE TABLE {name} ({', '.join(heads)})")
            connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(heads))})", lines)
        connection.executemany("INSERT INTO dept_emp VALUES (?, ?, ?, ?)", TWICE)
        yield connection
    connection.close()


@pytest.fixture
def stored(app: Flask, tmp_path: Path, shared_data: Path) -> None:
    """The same files, imported."""
    run = CommandLine(app, tmp_path)
    folder = shared_data / "hr10k"
    run("departments", folder / "departments.csv", "--valid-only")
    run("employees", folder / "employees.csv", "--valid-only")
    more = "\n".join(map(",".join, (("emp_no", "dept_no", "from_date", "to_date"), *TWICE)))
    for stays in (folder / "dept_emp.csv", more):
        run("department-links", stays, "--valid-only", "--end-date", "first-day-away")


def asked(raw: sqlite3.Connection, sql: str, day: str) -> dict[str, int]:
    """Names and numbers of a query about a day."""
    return dict(raw.execute(sql, {"day": day}).fetchall())


def one(raw: sqlite3.Connection, sql: str, day: str) -> int:
    return int(raw.execute(sql, {"day": day}).fetchone()[0])


def total(client: Client, address: str) -> int:
    """How many rows a list says there are, counted exactly."""
    page = Page(client, f"{address}&count=1")
    assert page.status == 200
    found = re.search(r"\d+ of ([\d,]+)", page.text)
    return int(found.group(1).replace(",", "")) if found else len(page.table)


PER_DEPARTMENT = f"""SELECT dept_no, count(DISTINCT emp_no) FROM dept_emp WHERE {ON} GROUP BY 1"""
PEOPLE = f"""SELECT count(DISTINCT emp_no) FROM dept_emp WHERE {ON}"""
STAYS = f"""SELECT count(*) FROM dept_emp WHERE {ON}"""
SEVERAL = f"""SELECT count(*) FROM (
    SELECT emp_no FROM dept_emp WHERE {ON} GROUP BY 1 HAVING count(DISTINCT dept_no) > 1)"""
NOWHERE = f"""SELECT count(*) FROM employees WHERE emp_no NOT IN (SELECT emp_no FROM dept_emp WHERE {ON})"""
ENDED = """SELECT count(*) FROM dept_emp WHERE to_date <= :day AND from_date < to_date"""
TO_COME = """SELECT count(*) FROM dept_emp WHERE from_date > :day AND from_date < to_date"""
HIRED = """SELECT count(*) FROM employees WHERE hire_date <= :day"""
DEVELOPERS = f"""SELECT count(*) FROM dept_emp WHERE dept_no = 'd005' AND {ON}"""


def test_ten_days_agree_with_the_raw_files(client: Client, stored: None, raw: sqlite3.Connection) -> None:
    seen = set()
    for day in DAYS:
        page = Page(client, f"/hr/departments?on={day}&columns=name,code,people")
        shown = {code: int(people.replace(",", "")) for _name, code, people in page.table}
        expected = asked(raw, PER_DEPARTMENT, day)
        assert len(shown) == 9
        assert shown == {code: expected.get(code, 0) for code in shown}, day
        on_day = f"on={day}"
        assert total(client, f"/hr/employees?departments=2%2B&{on_day}") == one(raw, SEVERAL, day), day
        assert total(client, f"/hr/employees?departments=0&{on_day}") == one(raw, NOWHERE, day), day
        assert total(client, f"/hr/employees?exactly=0&{on_day}") == one(raw, NOWHERE, day), day
        in_one = total(client, f"/hr/employees?departments=1&{on_day}")
        assert in_one == one(raw, PEOPLE, day) - one(raw, SEVERAL, day), day
        assert total(client, f"/hr/stays?{on_day}") == one(raw, STAYS, day), day
        assert total(client, f"/hr/stays?department=d005&{on_day}") == one(raw, DEVELOPERS, day), day
        assert total(client, f"/hr/stays?span=past&{on_day}") == one(raw, ENDED, day), day
        assert total(client, f"/hr/stays?span=future&{on_day}") == one(raw, TO_COME, day), day
        assert total(client, f"/hr/employees?hired_to={day}&{on_day}") == one(raw, HIRED, day), day
        seen.add((one(raw, STAYS, day), one(raw, SEVERAL, day)))
    assert len(seen) > 7, "the days differ, so that agreeing means something"
    assert {several for _stays, several in seen} == {0, 1, 2}
