"""What the import of a long file of stays costs, beside storing the same rows with nothing around it.

    python bench/make_data.py FOLDER --employees 300000 --links 331603
    python bench/import_links.py FOLDER [--database postgresql://…/an_empty_database]

“Bare” reads the file with the csv module and stores it by one executemany, and is then rolled back. The
preview and the import are those of `flask import`. Each is a process of its own, so that its peak of memory
is its own. Times depend on the machine; how many times as long as bare does much less.
"""

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import flask_migrate  # noqa: E402
from flask import Flask  # noqa: E402

from app import create_app  # noqa: E402
from core.db import db  # noqa: E402
from core.garbage import looked_for_seldom  # noqa: E402
from core.sheets.apply import apply  # noqa: E402
from core.sheets.long import sheet_of  # noqa: E402
from core.sheets.mapping import propose  # noqa: E402
from core.sheets.preview import Reading  # noqa: E402
from core.sheets.sources import opened  # noqa: E402

STEPS = ("bare", "preview", "import")
COLUMNS = (
    "employee_number, department_code, starts_on, ends_before, fte, extra_data, overload_reason, role, "
    "is_primary, version"
)


def main() -> None:
    """Prepare a database, then measure each step in a process of its own."""
    parser = argparse.ArgumentParser(description="Measure the import of stays.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database", default="")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        sys.stdout.write(json.dumps(_measured(asked.folder, asked.database, asked.step)))
        return
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{folder}/bench.db"
        _prepare(_app(url), asked.folder)
        _report([_in_a_process(asked.folder, url, step) for step in STEPS])


def _app(url: str) -> Flask:
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "of a measurement", "JOBS": "never"})


def _prepare(app: Flask, folder: Path) -> None:
    with app.app_context(), looked_for_seldom():
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


def _in_a_process(folder: Path, url: str, step: str) -> dict[str, Any]:
    command = [sys.executable, __file__, str(folder), "--database", url, "--step", step]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _measured(folder: Path, url: str, step: str) -> dict[str, Any]:
    path = folder / "dept_emp.csv"
    with _app(url).app_context(), looked_for_seldom():
        db.session.execute(db.text("SELECT 1"))
        db.session.rollback()
        before = time.perf_counter()
        lines = _bare(path) if step == "bare" else _by_plan(path, step)
        seconds = time.perf_counter() - before
    # In kilobytes on Linux.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"step": step, "seconds": seconds, "peak": peak, "lines": lines}


def _bare(path: Path) -> int:
    """The rows into the table and out again, by the driver alone."""
    with db.engine.connect() as connection:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        transaction = connection.begin()
        cursor = connection.connection.cursor()
        rows = list(_rows(path, as_text=mark == "?"))
        places = ", ".join([mark] * len(rows[0]))
        cursor.executemany(f"INSERT INTO department_employee_link ({COLUMNS}) VALUES ({places})", rows)  # nosec: constants
        transaction.rollback()
        return len(rows)


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
    return len(outcome.plan.lines)


def _report(measured: list[dict[str, Any]]) -> None:
    bare = measured[0]["seconds"]
    sys.stdout.write(f"{measured[0]['lines']:,} lines\n")
    for one in measured:
        ratio = one["seconds"] / bare
        sys.stdout.write(
            f"{one['step']:8} {one['seconds']:7.1f} s {ratio:6.1f} × bare   peak {one['peak']:5.0f} MB\n"
        )


if __name__ == "__main__":
    main()
