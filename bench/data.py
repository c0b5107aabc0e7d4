"""A database of the size that is asked for: made up, imported, and kept for the next time."""

import csv
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

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


def made_database(folder: Path, scale: float) -> Path:
    """The file of that scale; made where it is missing."""
    name = folder / f"{scale:g}.db"
    if not name.exists():
        folder.mkdir(parents=True, exist_ok=True)
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
