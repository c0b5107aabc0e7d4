"""A database of the size that is asked for: made up, imported, and kept for the next time."""

import csv
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.serving import ROOT

PEOPLE, LINKS, BOOKS, AUTHORS, SHARES = 300_000, 331_603, 200_000, 150_000, 320_000
FILES = (
    *(("departments", "departments"), ("departments", "small"), ("employees", "employees")),
    *(
        ("department-links", "dept_emp"),
        ("department-heads", "dept_manager"),
        ("department-links", "small_emp"),
    ),
    *(("books", "books"), ("authors", "authors"), ("book-links", "book_authors")),
)
SMALL = 20
DATED = ("dept_emp", "dept_manager", "small_emp")


# The rows of a list in the order of its first sort.
ORDERS = {"employee": "sort_key, number", "book": "title_key, id", "author": "sort_key, id"}


@dataclass(frozen=True)
class Facts:
    """What is in a database: how many of each, and which are asked for."""

    people: int
    books: int
    authors: int
    largest: str
    small: str
    # People of the small department, whose stays are edited.
    edited: Sequence[str]
    # The sort keys of the row in the middle of each list.
    middles: Mapping[str, Sequence[Any]]


def facts_of(file: Path) -> Facts:
    """Look into a SQLite file."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    ask = connection.execute
    counts = {table: ask(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ORDERS}  # nosec: constants
    stays = "department_employee_link"
    there = ask(f"SELECT count(*), department_code FROM {stays} GROUP BY 2").fetchall()  # nosec
    small = min(there, key=lambda one: abs(one[0] - SMALL))[1]
    edited = f"SELECT employee_number FROM {stays} WHERE department_code = ? ORDER BY 1 LIMIT {SMALL}"  # nosec
    middles = {
        table: ask(
            f"SELECT {order} FROM {table} ORDER BY {order} LIMIT 1 OFFSET ?", [counts[table] // 2]
        ).fetchone()
        for table, order in ORDERS.items()
    }  # nosec: constants
    people = [one[0] for one in ask(edited, [small])]
    connection.close()
    return Facts(*counts.values(), max(there)[1], small, people, middles)


def made_database(folder: Path, scale: float) -> Path:
    """The file of that scale; made where it is missing, and above 100 % from that of 100 %."""
    name = folder / f"{scale:g}.db"
    if not name.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if scale > 1:
            command = [sys.executable, "-m", "bench.many_times", str(made_database(folder, 1))]
            subprocess.run([*command, f"{scale:g}", str(name)], check=True, cwd=ROOT)
            return name
        files = folder / f"{scale:g}"
        _write(files, scale)
        filled(files, name)
    return name


def _write(files: Path, scale: float) -> None:
    sizes = {"employees": PEOPLE, "links": LINKS, "books": BOOKS, "authors": AUTHORS, "author-links": SHARES}
    asked = [word for name, size in sizes.items() for word in (f"--{name}", str(round(size * scale)))]
    subprocess.run([sys.executable, str(ROOT / "bench" / "make_data.py"), str(files), *asked], check=True)
    add_small(files)


def add_small(files: Path) -> None:
    """A department of 20, to lay the largest one beside: the last to be hired, beside what they do anyway."""
    (files / "small.csv").write_text("dept_no,dept_name\nsmall,A small one\n", encoding="utf-8")
    with (files / "employees.csv").open(encoding="utf-8", newline="") as file:
        people = [line["emp_no"] for line, _ in zip(csv.DictReader(file), range(SMALL), strict=False)]
    lines = [f"{person},small,2025-12-31,9999-01-01,0\n" for person in people]
    head = "emp_no,dept_no,from_date,to_date,fte\n"
    (files / "small_emp.csv").write_text(head + "".join(lines), encoding="utf-8")


def filled(files: Path, name: Path) -> None:
    """Everything imported by `flask import`, and one account; it has its name only when it is whole."""
    part = name.with_suffix(".part")
    part.unlink(missing_ok=True)
    own = {**os.environ, "DATABASE_URL": f"sqlite:///{part}", "SECRET_KEY": "of a measurement"}
    flask = [sys.executable, "-m", "flask"]
    subprocess.run([*flask, "db", "upgrade"], check=True, env=own, cwd=ROOT, stdout=subprocess.DEVNULL)
    for kind, file in FILES:
        dated = ["--end-date", "first-day-away"] if file in DATED else []
        command = [*flask, "import", kind, str(files / f"{file}.csv"), "--valid-only", "--show", "0", *dated]
        # 1 says that lines were refused: made-up people may work too much.
        done = subprocess.run(command, check=False, env=own, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1):
            sys.exit(done.stdout)
    account = [*flask, "create-user", "clerk@example.org", "--administrator", "--password-stdin"]
    subprocess.run(account, check=True, env=own, cwd=ROOT, input="correct-horse-battery\n", text=True)
    with sqlite3.connect(part) as connection:
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    part.replace(name)
