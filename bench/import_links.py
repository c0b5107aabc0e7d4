"""What the import of a long file of stays costs, beside storing the same rows with nothing around it.

    python bench/make_data.py FOLDER --employees 300000 --links 331603
    python -m bench.import_links FOLDER [--postgres | --database postgresql://…/an_empty_database]

“Floor” stores the rows of the file by one executemany into a plain table with the two foreign keys,
“bare” into ours with its indexes and rules, and their history into its tables; both are rolled back. The
preview and the import are those of `flask import`. Each is a process of its own, so that its peak of memory
is its own. “Killed” is an import that is ended by force at a random moment; what can be seen of it is
counted. Beside the import somebody saves and reads all the time: the longest of both is told. Times depend
on the machine; the ratios do much less.
"""

import argparse
import csv
import json
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask

from app import create_app
from bench.serving import ROOT, memory_of
from core.db import db, will_write
from core.models import Change, is_stored
from core.progress import at_length
from core.sheets.apply import apply
from core.sheets.long import sheet_of
from core.sheets.mapping import propose
from core.sheets.preview import Reading
from core.sheets.sources import opened
from core.writing import retrying, writing
from hr.models import Employee

STEPS = ("floor", "bare", "preview", "killed", "import")
BESIDE = "beside"
# A number that no save has.
BARE, FALSE = 999_999, "false"
COLUMNS = (
    "employee_number, department_code, starts_on, ends_before, fte, extra_data, overload_reason, role, "
    "is_primary, version"
)

PLAIN = (
    "CREATE TABLE plain_person (number VARCHAR(20) PRIMARY KEY)",
    "CREATE TABLE plain_department (code VARCHAR(20) PRIMARY KEY)",
    "INSERT INTO plain_person SELECT number FROM employee",
    "INSERT INTO plain_department SELECT code FROM department",
    "CREATE TABLE plain (id INTEGER PRIMARY KEY{number}, "
    "employee_number VARCHAR(20) NOT NULL REFERENCES plain_person, "
    "department_code VARCHAR(20) NOT NULL REFERENCES plain_department, starts_on DATE NOT NULL, "
    "ends_before DATE, fte BIGINT, extra_data VARCHAR(256), overload_reason VARCHAR(256), "
    "role VARCHAR(20), is_primary BOOLEAN, version INTEGER)",
)


def main() -> None:
    """Prepare a database, then measure each step in a process of its own."""
    parser = argparse.ArgumentParser(description="Measure the import of stays.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="")
    parser.add_argument("--step", choices=(*STEPS, BESIDE), help=argparse.SUPPRESS)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server of its own")
    asked = parser.parse_args()
    if asked.postgres:
        sys.exit(_on_postgres(asked.folder))
    if asked.step == BESIDE:
        sys.stdout.write(json.dumps(_others(asked.database)))
        return
    if asked.step:
        sys.stdout.write(json.dumps(_measured(asked.folder, asked.database, asked.step)))
        return
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/bench.db"
        _prepare(_app(url), asked.folder)
        measured: dict[str, dict[str, Any]] = {}
        for step in STEPS:
            sys.stderr.write(f"{step} …\n")
            if step == "killed":
                seconds = random.uniform(1, 2 * measured["preview"]["seconds"])  # nosec: no secret
                measured[step] = _killed(asked.folder, url, seconds)
            else:
                measured[step] = _in_a_process(asked.folder, url, step)
        _report(measured)


def _on_postgres(folder: Path) -> int:
    """The same on a server that is there for this alone."""
    server = str(ROOT / "tests" / "postgres.sh")
    measure = 'exec "$0" -m bench.import_links "$1" --database "$TEST_DATABASE_URL"'
    command = [server, "bash", "-c", measure, sys.executable, str(folder.absolute())]
    return subprocess.run(command, check=False, cwd=ROOT).returncode


def _app(url: str) -> Flask:
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "of a measurement", "JOBS": "never"})


def _prepare(app: Flask, folder: Path) -> None:
    with app.app_context(), at_length():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        for kind, name in (("departments", "departments.csv"), ("employees", "employees.csv")):
            outcome = apply(_reading(kind, folder / name), filename=name, valid_only=False, url="/")
            if not outcome.work.stored:
                sys.exit(f"{name}: {' '.join(outcome.problems) or 'the database is not empty'}")
        db.engine.dispose()


def _reading(kind: str, path: Path) -> Reading:
    sheet = sheet_of(kind)
    if sheet is None:
        sys.exit(f"There is no kind {kind}.")
    answers = {"end_date": "first-day-away"}
    table = opened(path.read_bytes(), answers)
    return Reading(sheet, table, propose(sheet, table.headers), answers)


def _command(folder: Path, url: str, step: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "bench.import_links",
        str(folder.absolute()),
        "--database",
        url,
        "--step",
        step,
    ]


def _in_a_process(folder: Path, url: str, step: str) -> dict[str, Any]:
    """One step; beside the import somebody else is at work."""
    others = None
    if step == "import":
        command = _command(folder, url, BESIDE)
        others = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    done = subprocess.run(
        _command(folder, url, step), check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    if others is not None:
        measured["others"] = json.loads(others.communicate("enough")[0])
    return measured


def _others(url: str) -> dict[str, float]:
    """Read and save, again and again, until somebody says that it is enough: the longest of each."""
    longest, saves = {"read": 0.0, "save": 0.0}, 0
    with _app(url).app_context():
        number = db.session.scalar(db.select(db.func.min(Employee.number)))
        while not select.select([sys.stdin], [], [], 0.05)[0]:
            for deed in ("read", "save"):
                before = time.perf_counter()
                if deed == "read":
                    db.session.get(Employee, number)
                    db.session.rollback()
                else:
                    retrying(partial(_save, str(number), saves))
                longest[deed] = max(longest[deed], time.perf_counter() - before)
            saves += 1
    return {**longest, "saves": saves}


def _save(number: str, count: int) -> None:
    with writing() as work:
        person = work.session.get(Employee, number)
        if person is not None:
            person.email = f"{count}@example.org"
    will_write.set(False)


def _killed(folder: Path, url: str, seconds: float) -> dict[str, Any]:
    """Begin an import and kill it; what it left of links and of its history."""
    process = subprocess.Popen(_command(folder, url, "import"), cwd=ROOT, stdout=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    process.wait()
    with _app(url).app_context():
        links = db.session.scalar(db.text("SELECT count(*) FROM department_employee_link"))
        changes = db.select(db.func.count()).select_from(Change).join(Change.change_set).where(is_stored())
        told = changes.where(Change.kind == "department_employee_link")
        left = {"links": links, "changes": db.session.scalar(told)}
        db.session.rollback()
        db.engine.dispose()
    if any(left.values()):
        sys.exit(f"Killed after {seconds:.1f} s, it left {left}.")
    return {"step": "killed", "seconds": seconds, **left}


def _measured(folder: Path, url: str, step: str) -> dict[str, Any]:
    path = folder / "dept_emp.csv"
    with _app(url).app_context(), at_length():
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        before = time.perf_counter()
        lines = _by_plan(path, step) if step in ("preview", "import") else _bare(path, step)
        seconds = time.perf_counter() - before
    return {"step": step, "seconds": seconds, "peak": memory_of("self", "VmHWM"), "lines": lines}


def _bare(path: Path, step: str) -> int:
    """The rows into the table and out again, by the driver alone."""
    table = "department_employee_link"
    with db.engine.connect() as connection:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        will_write.set(True)
        transaction = connection.begin()
        cursor = connection.connection.cursor()
        if step == "floor":
            table = "plain"
            for statement in PLAIN:
                cursor.execute(statement.format(number=" GENERATED ALWAYS AS IDENTITY" * (mark == "%s")))
        rows = list(_rows(path, as_text=mark == "?"))
        places = ", ".join([mark] * len(rows[0]))
        cursor.executemany(f"INSERT INTO {table} ({COLUMNS}) VALUES ({places})", rows)  # nosec: constants
        if step == "bare":
            _bare_history(cursor, mark, rows)
        transaction.rollback()
        return len(rows)


def _bare_history(cursor: Any, mark: str, rows: list[tuple[Any, ...]]) -> None:
    """What the history has of these rows, by the driver alone."""
    names = COLUMNS.replace(" ", "").split(",")
    save = "INSERT INTO change_set (id, made_at, deed, room, count, facts, is_told, is_separable) VALUES "
    cursor.execute(save + f"({BARE}, '2026-01-01 00:00:00', '', 'hr', 0, '', {FALSE}, {FALSE})")
    changes, subjects = [], []
    for number, row in enumerate(rows, 1):
        facts = {name: [None, value] for name, value in zip(names, row, strict=True) if value is not None}
        said = json.dumps(facts, default=str, separators=(",", ":"))
        which = f"from {row[2]}"
        changes.append((BARE, number, "added", "department_employee_link", str(number), which, 1, said))
        subjects += [(f"employee:{row[0]}", BARE, number), (f"department:{row[1]}", BARE, number)]
    eight, three = ", ".join([mark] * 8), ", ".join([mark] * 3)
    cursor.executemany(f"INSERT INTO change VALUES ({eight})", changes)  # nosec: constants
    cursor.executemany(f"INSERT INTO change_subject VALUES ({three})", subjects)  # nosec: constants


def _rows(path: Path, as_text: bool) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        for number, code, start, end, fte, remark, reason in lines:
            days = (start, end) if as_text else (date.fromisoformat(start), date.fromisoformat(end))
            ends = None if end.startswith("9999") else days[1]
            part = round(float(fte) * 1000) if fte else None
            yield number, code, days[0], ends, part, remark or None, reason or None, "member", False, 1


def _by_plan(path: Path, step: str) -> int:
    reading = _reading("department-links", path)
    if step == "preview":
        return len(reading.plan().lines)
    outcome = apply(reading, filename=path.name, valid_only=False, url="/")
    if not outcome.work.stored:
        sys.exit(" ".join(outcome.problems) or "Everything in it is stored already.")
    return outcome.plan.to_store


def _report(measured: dict[str, dict[str, Any]]) -> None:
    floor, bare = measured["floor"]["seconds"], measured["bare"]["seconds"]
    sys.stdout.write(f"{measured['bare']['lines']:,} lines\n")
    for step, one in measured.items():
        seconds = one["seconds"]
        ratios = (
            f"{seconds / bare:6.1f} × bare {seconds / floor:6.1f} × floor   peak {one.get('peak', 0):5.0f} MB"
        )
        left = f"left {one.get('links')} links and {one.get('changes')} changes"
        sys.stdout.write(f"{step:8} {seconds:7.1f} s {left if step == 'killed' else ratios}\n")
    others = measured["import"]["others"]
    sys.stdout.write(
        f"beside the import {others['saves']} saves: another one waited {others['save']:.2f} s at most, "
        f"another reader {others['read']:.2f} s\n"
    )


if __name__ == "__main__":
    main()
