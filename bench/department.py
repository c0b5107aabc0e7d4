"""A department with 86,000 stays against one with 20: each page and each save, in turns, as ratios.

    python -m bench.department [--stays 86000] [--rounds 30] [--database postgresql://…/an_empty_database]

Whole requests to gunicorn with two workers. The two departments are asked one after the other each time, so
that whatever else the machine does hits both. The figure to read is the ratio; the targets are 1.5, and 8
where something is looked for.
"""

import gzip
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import click
import flask_migrate
from flask import Flask
from sqlalchemy import insert, text

from app import create_app
from bench.forms import fields_of
from bench.history import PASSWORD
from bench.serving import Client, Server
from core import accounts
from core.db import code_key, db, filed_name, folded, match_key
from core.rights import ADMINISTRATOR
from core.writing import writing
from hr import operations
from hr.models import Department, DepartmentEmployeeLink, Employee

EMAIL = "bench@example.org"
FEW = 20
# What is opened: the end of the address, and how much longer it may take in the large department.
PAGES = {
    "first page": ("", 1.5),
    "deep in it": ("?after=", 1.5),
    "last page": ("?last=1", 1.5),
    "looked for": ("?q=ab12", 8.0),
    "a rare remark": ("?arrangement=other", 8.0),
}
Ask = Callable[[str, dict[str, str] | None], tuple[int, bytes, str]]


@click.command()
@click.option("--stays", default=86_000, help="How many stays the large department has.")
@click.option("--rounds", default=30, help="How often each is measured.")
@click.option("--database", default="", help="The URL of an empty database; else a SQLite file.")
@click.option("--in-process", is_flag=True, help="Without a server.")
def main(stays: int, rounds: int, database: str, in_process: bool) -> None:
    """Open and save both departments again and again, and say how many times longer the large one takes."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = database or f"sqlite:///{folder}/bench.db"
        app = create_app({"SQLALCHEMY_DATABASE_URI": url, "JOBS": "never", "SECRET_KEY": PASSWORD})
        with app.app_context():
            _fill(stays)
        ask = stack.enter_context(_in_process(app) if in_process else _served(url))
        click.echo(f"{'in this process' if in_process else 'gunicorn, 2 workers'}; medians of {rounds}")
        _sign_in(ask)
        for name, (end, limit) in PAGES.items():
            _compare(name, limit, rounds, lambda code, end=end: _open(ask, code, end))
        for name in ("change", "add", "remove"):
            _compare(f"{name} one", 1.5, rounds, lambda code, name=name: _save(ask, code, name))
        with app.app_context():
            db.engine.dispose()


def _compare(name: str, limit: float, rounds: int, deed: Callable[[str], tuple[float, bytes]]) -> None:
    spent: dict[str, list[float]] = {"FEW": [], "MANY": []}
    page = b""
    for number in range(rounds + 2):
        for code, seconds in spent.items():
            took, page = deed(code)
            if number >= 2:  # the first ones fill caches
                seconds.append(took)
    few, many = (statistics.median(seconds) * 1000 for seconds in spent.values())
    size = len(gzip.compress(page)) / 1000
    click.echo(
        f"{name:>14}: {few:7.1f} ms and {many:7.1f} ms, ratio {many / few:5.2f} (at most {limit}), "
        f"{size:.0f} KB compressed"
    )


# --- the data --------------------------------------------------------------------------------------


def _fill(stays: int) -> None:
    """Two departments, and more than three times as many people as the large one has."""
    flask_migrate.upgrade("migrations")
    with writing():
        accounts.create_account(EMAIL, "Bench", accounts.hashed(PASSWORD), [ADMINISTRATOR])
        for code in ("FEW", "MANY"):
            db.session.add(Department(code=code, name=code.title()))
    people = range(stays * 7 // 2 + FEW)
    for start in range(0, len(people), 10_000):
        db.session.execute(insert(Employee), [_person(number) for number in people[start : start + 10_000]])
    there = [("FEW", number) for number in people[:FEW]]
    there += [("MANY", number) for number in people[FEW::3]][:stays]
    for start in range(0, len(there), 10_000):
        db.session.execute(
            insert(DepartmentEmployeeLink), [_stay(*one) for one in there[start : start + 10_000]]
        )
    db.session.commit()
    operations.recount()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _person(number: int) -> dict[str, Any]:
    said = sha256(str(number).encode()).hexdigest()
    name = f"{said[:6].title()} {said[6:14].title()}"
    filed, key = filed_name(name), f"{100_000 + number}"
    return {
        "number": key,
        "number_key": code_key(key),
        "name": name,
        "name_key": folded(name),
        "sort_name": filed,
        "sort_key": folded(filed),
        "match_key": match_key(name),
        "version": 1,
    }


def _stay(code: str, number: int) -> dict[str, Any]:
    """Every third one has ended, few have a remark of their own."""
    first = date(2000 + number % 20, 1 + number % 12, 1 + number % 28)
    return {
        "department_code": code,
        "employee_number": f"{100_000 + number}",
        "starts_on": first,
        "ends_before": first.replace(year=first.year + 5) if code == "MANY" and number % 3 == 0 else None,
        "fte": Decimal("0.5") if number % 4 == 0 else Decimal(1),
        "extra_data": "on loan" if number % 5_000 == 7 else None,
        "role": "member",
        "is_primary": False,
        "version": 1,
    }


# --- the requests ----------------------------------------------------------------------------------


@contextmanager
def _in_process(app: Flask) -> Iterator[Ask]:
    client = app.test_client()

    def ask(url: str, form: dict[str, str] | None) -> tuple[int, bytes, str]:
        answer = client.get(url) if form is None else client.post(url, data=form)
        return answer.status_code, answer.data, answer.location or ""

    yield ask


@contextmanager
def _served(database: str) -> Iterator[Ask]:
    """A server of its own, asked by one browser that keeps its connection."""
    with Server("app:create_app()", DATABASE_URL=database, SECRET_KEY=PASSWORD) as server:
        client = Client(server.port)

        def ask(url: str, form: dict[str, str] | None) -> tuple[int, bytes, str]:
            answer = client.ask(url, form)
            return answer.status, answer.body, answer.location

        yield ask


def _sign_in(ask: Ask) -> None:
    form = fields_of(ask("/sign-in", None)[1].decode())
    if ask("/sign-in", {**form, "email": EMAIL, "password": PASSWORD})[0] != 303:
        raise click.ClickException("Cannot sign in.")


def _open(ask: Ask, code: str, end: str) -> tuple[float, bytes]:
    if end == "?after=":  # in the middle of all people: from “8…” on, in the order of made-up names
        end = f"{end}WyI4IiwgIjEiLCB7ImRheSI6ICIyMDAwLTAxLTAxIn0sIDFd" if code == "MANY" else ""
    url = f"/hr/departments/{code}{end}"
    began = time.perf_counter()
    status, page, _location = ask(url, None)
    spent = time.perf_counter() - began
    if status != 200:
        raise click.ClickException(f"{url}: {status}")
    return spent, page


def _save(ask: Ask, code: str, what: str) -> tuple[float, bytes]:
    """Seconds of one save and the page after it."""
    url = f"/hr/departments/{code}"
    form = fields_of(ask(f"{url}?sort=-starts_on" if what == "remove" else url, None)[1].decode())
    rows = sorted({name.split("-")[1] for name in form if name.startswith("employee_rows-")}, key=_place)
    row = f"employee_rows-{rows[0]}"
    if what == "change":
        form[f"{row}-fte"] = "0.25" if form[f"{row}-fte"] != "0.25" else "0.75"
    elif what == "remove":
        form |= {f"{row}-remove": "y", "reason": "measured"}
    else:
        spare = next(one for one in rows if not form.get(f"employee_rows-{one}-identity"))
        number = 100_000 + FEW + 1 + 3 * next(_newcomers)
        form |= {f"employee_rows-{spare}-employee": f"#{number}", f"employee_rows-{spare}-starts_on": "today"}
    began = time.perf_counter()
    status, page, location = ask(url, form)
    if status != 303:
        raise click.ClickException(f"Not stored ({what}): {status}")
    _status, page, _location = ask(location, None)
    return time.perf_counter() - began, page


def _place(row: str) -> int:
    return int(row) if row.isdecimal() else 10**6


_newcomers = iter(range(10**6))


if __name__ == "__main__":
    main()
