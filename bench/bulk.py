"""What a deed on very many costs: “end these 40,000 stays”, looked at, done and undone, while others go on.

    python -m bench.bulk joinery.db [--links 40000]
    python -m bench.bulk postgresql://…/a_database_that_may_be_changed [--links 40000]

A SQLite file is copied first. It is asked by the pages, and done by a worker of its own, so that the peak of
memory is that of the work. Meanwhile somebody else edits a person again and again; the longest wait is told.
“Bare” is one UPDATE of the same rows by the driver, rolled back. Seconds depend on the machine and on what
else it does; how many times as long as bare does much less. CPU is what the worker itself has used.
"""

import argparse
import json
import secrets
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlencode

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, func, select, update

import core.selection
import core.views.undo
from app import create_app
from bench.forms import fields_of
from bench.serving import ROOT, memory_of
from core import accounts, jobs
from core.db import db, today
from core.history.recording import NOTED
from core.models import ChangeSet, Job
from core.writing import writing
from hr.models import DepartmentEmployeeLink as Stay
from hr.models import Employee

LAST_DAY, FIRST_DAY_AWAY = date(2099, 6, 30), date(2099, 7, 1)
WHO, PASSWORD = "bench@example.org", secrets.token_urlsafe(24)
EDITED = "bench-1"


def main() -> None:
    """Look at the deed, do it, and undo it."""
    parser = argparse.ArgumentParser(description="Measure a deed on very many.")
    parser.add_argument("database", help="a SQLite file, which is copied, or the URL of a database")
    parser.add_argument("--links", type=int, default=40_000, help="about how many; 0: all open ones")
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        sys.stdout.write(json.dumps(_worked(asked.database)))
        return
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database
        if "://" not in url:
            with (
                closing(sqlite3.connect(url)) as there,
                closing(sqlite3.connect(f"{folder}/bench.db")) as copy,
            ):
                there.backup(copy)  # what stands beside the file as well
            url = f"sqlite:///{folder}/bench.db"
        _measure(url, asked.links)


def _app(url: str) -> Flask:
    return create_app({"SQLALCHEMY_DATABASE_URI": url, "SECRET_KEY": "of a measurement", "JOBS": "never"})


def _measure(url: str, links: int) -> None:
    app = _app(url)
    with app.app_context():
        flask_migrate.upgrade(str(ROOT / "migrations"))
        with writing() as work:
            accounts.create_account(WHO, "Bench", accounts.hashed(PASSWORD), [accounts.ADMINISTRATOR])
            work.session.add(Employee(number=EDITED, name="Somebody Else"))
        asked, there = _chosen(links)
        count = db.session.scalar(select(func.count(Stay.id)).where(*there)) or 0
        bare = _bare(there)
    # Here it is long work, however few there are.
    core.selection.MOST_AT_ONCE = core.views.undo.MOST_AT_ONCE = min(5_000, count - 1)
    client = _signed_in(app)
    sys.stdout.write(f"{count:,} links\nbare     {bare:6.2f} s\n")
    address = _posted(client, f"/hr/end?{urlencode(asked)}", last_day=LAST_DAY.isoformat())
    page = _step(app, url, "preview", bare, address)
    _step(app, url, "deed", bare, _posted(client, client.get(page).location, do="yes"))
    with app.app_context():
        largest = select(ChangeSet.id).where(ChangeSet.user_id.is_not(None), ChangeSet.undoes_id.is_(None))
        number = db.session.scalars(largest.order_by(ChangeSet.count.desc(), ChangeSet.id.desc())).first()
    _step(app, url, "undo", bare, _posted(client, f"/history/{number}/undo", others="y"))
    with app.app_context():
        left = db.session.scalar(select(func.count(Stay.id)).where(Stay.ends_before == FIRST_DAY_AWAY))
        db.engine.dispose()
    sys.stdout.write(f"{left:,} links are not as before\n")


def _chosen(links: int) -> tuple[dict[str, str], list[ColumnElement[bool]]]:
    """How the stays of today are asked for that are ended, and the same as conditions.

    They are the oldest of the largest department, about so many; without a number all that there are.
    """
    asked, there = {"all": "1"}, [Stay.on(today())]
    if links:
        of_each = select(Stay.department_code).where(*there).group_by(Stay.department_code)
        code = db.session.scalars(of_each.order_by(func.count(Stay.id).desc()).limit(1)).one()
        there.append(Stay.department_code == code)
        days = select(Stay.starts_on).where(*there).order_by(Stay.starts_on).limit(links)
        day = db.session.scalars(select(func.max(days.subquery().c.starts_on))).one()
        there.append(Stay.starts_on <= day)
        asked |= {"department": code, "begins_to": day.isoformat()}
    return asked, there


def _bare(there: Sequence[ColumnElement[bool]]) -> float:
    """The same rows ended by one statement, and rolled back."""
    began = time.perf_counter()
    ended = update(Stay).where(*there).values(ends_before=FIRST_DAY_AWAY)
    db.session.execute(ended, execution_options={**NOTED, "synchronize_session": False})
    spent = time.perf_counter() - began
    db.session.rollback()
    return spent


# --- the pages -------------------------------------------------------------------------------------


def _signed_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    form = fields_of(client.get("/sign-in").get_data(as_text=True))
    client.post("/sign-in", data={**form, "email": WHO, "password": PASSWORD})
    return client


def _posted(client: FlaskClient, address: str, **typed: str) -> str:
    """Fill in the form of a page and send it; where that leads."""
    form = fields_of(client.get(address).get_data(as_text=True))
    answer = client.post(address, data={**form, **typed})
    if answer.status_code != 303:
        sys.exit(f"{address} answers {answer.status}")
    return str(answer.location)


def _edit_until(app: Flask, ended: threading.Event, waits: list[float]) -> None:
    """What somebody else does meanwhile: the same small edit again and again."""
    client, address = _signed_in(app), f"/hr/employees/{EDITED}/edit"
    while not waits or not ended.is_set():
        form = fields_of(client.get(address).get_data(as_text=True))
        began = time.perf_counter()
        answer = client.post(address, data={**form, "email": f"edit-{time.time_ns()}@example.org"})
        waits.append(time.perf_counter() - began)
        # “Just a moment” is an answer to a wait that was too long, and tells by its length.
        if answer.status_code not in (303, 503):
            sys.exit(f"An edit meanwhile was answered {answer.status}")
        ended.wait(0.1)


# --- the work --------------------------------------------------------------------------------------


def _step(app: Flask, url: str, name: str, bare: float, page: str) -> str:
    """Let a worker do what was asked for, while somebody else writes, and say what it took."""
    ended, waits = threading.Event(), list[float]()
    other = threading.Thread(target=_edit_until, args=(app, ended, waits))
    other.start()
    took = _in_a_process(url)
    ended.set()
    other.join()
    if took["state"] != "done":
        sys.exit(f"{name}: {took['said']}")
    sys.stdout.write(
        f"{name:8} {took['seconds']:6.2f} s {took['seconds'] / bare:6.1f} × bare   CPU {took['cpu']:6.2f} s"
        f"   peak {took['peak']:4.0f} MB   longest wait of another {max(waits):5.2f} s of {len(waits)}\n"
    )
    sys.stdout.flush()
    return page


def _in_a_process(url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.bulk", url, "--work"]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    took: dict[str, Any] = json.loads(done.stdout)
    return took


def _worked(url: str) -> dict[str, Any]:
    """Do the work that waits, in this process of its own."""
    with _app(url).app_context():
        db.session.execute(select(1))
        db.session.rollback()
        began, before = time.perf_counter(), time.process_time()
        jobs.work_off()
        spent, cpu = time.perf_counter() - began, time.process_time() - before
        job = db.session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
        said = {"state": job.state, "said": job.said}
        db.session.rollback()
        db.engine.dispose()
    return {**said, "seconds": spent, "cpu": cpu, "peak": memory_of("self", "VmHWM")}


if __name__ == "__main__":
    main()
