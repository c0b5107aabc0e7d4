"""Import of long files: by a job that says how far it is, survives its worker's death, and is done once."""

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.jobs.signs import signs, signs_of
from core.models import ChangeSet, Job, Upload, instant
from hr.models import Department, DepartmentEmployeeLink
from tests import factories
from tests.conftest import Client
from tests.importing import Pages, counts
from tests.working import work

ROOT = Path(__file__).parent.parent.parent
LINES = 120


@pytest.fixture
def pages(app: Flask, client: Client) -> Pages:
    """Imports by the pages, where more than 20 lines are a long file."""
    app.config["LONG_FILE"] = 20
    return Pages(client)


def departments_csv(lines: int = LINES, name: str = "Name") -> str:
    return "code,name\n" + "".join(f"C{n:05},{name} {n}\n" for n in range(lines))


def how_many(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def last_job() -> Job:
    return db.session.scalars(select(Job).order_by(Job.id.desc())).first() or pytest.fail("no job")


def previewed(pages: Pages, content: str) -> str:
    """The address of the file, with its preview drawn up."""
    pages.upload("departments", content)
    assert re.fullmatch(r"/jobs/\d+\?follow=1", pages.url), "a long file leads to its job"
    work()
    pages.url = pages.client.get(pages.url).location
    return pages.url


def test_a_long_file_is_previewed_then_stored_by_jobs(pages: Pages) -> None:
    url = previewed(pages, departments_csv())
    page = pages.client.get(url).text
    assert counts(page) == {"added": LINES, "changed": 0, "unchanged": 0, "refused": 0}
    assert "1 to 50 of 120" in page
    assert how_many(Department) == 0

    answer = pages.apply()
    assert re.fullmatch(r"/jobs/\d+\?follow=1", answer.location)
    assert how_many(Department) == 0
    work()

    done = pages.client.get(answer.location)
    assert (done.status_code, done.location) == (303, "/hr/departments")
    assert "Imported file.csv: 120 added." in pages.client.get("/hr/departments").text
    assert (how_many(Department), how_many(Upload)) == (LINES, 0)


def test_a_short_file_needs_no_job(pages: Pages) -> None:
    page = pages.upload("departments", departments_csv(20)).text

    assert counts(page)["added"] == 20
    assert how_many(Job) == 0


def test_the_preview_is_drawn_up_once_and_turned_without_it(pages: Pages, statements: Any) -> None:
    url = previewed(pages, departments_csv())

    with statements() as seen:
        page = pages.client.get(f"{url}?show=added&page=3").text

    assert "101 to 120 of 120" in page
    assert "C00119" in page
    assert not [one for one in seen if "department.name" in one]


def test_pressing_twice_stores_once(pages: Pages) -> None:
    url = previewed(pages, departments_csv())
    page = pages.client.get(url).text
    first, second = pages.apply(page=page), pages.apply(page=page)
    assert second.location == first.location
    assert how_many(Job) == 2  # one of them drew up the preview

    work()

    assert pages.apply(page=page).location == first.location
    assert how_many(Department) == LINES
    assert work() == 0


def test_what_changed_since_the_preview_is_not_overwritten_unseen(pages: Pages) -> None:
    url = previewed(pages, departments_csv())
    asked = pages.apply()
    factories.department("C00000", "Something else")

    work()

    page = pages.client.get(asked.location).text
    assert "has changed since this preview was made" in page
    assert how_many(Department) == 1
    page = pages.client.get(url).text
    assert counts(page) == {"added": LINES - 1, "changed": 1, "unchanged": 0, "refused": 0}
    pages.apply(page=page)
    work()
    assert how_many(Department) == LINES


def test_other_columns_are_another_preview(pages: Pages) -> None:
    pages.upload("departments", departments_csv().replace("code,name", "a,b"))
    assert how_many(Job) == 0, "first the columns have to be known"
    assert pages.mean(code="a", name="b").status_code == 200
    assert "This file is being worked on just now." in pages.client.get(pages.url).text
    work()
    assert counts(pages.client.get(pages.url).text)["added"] == LINES

    pages.mean(code="b", name="a")

    assert 'name="digest"' not in pages.client.get(pages.url).text
    work()
    assert counts(pages.client.get(pages.url).text)["refused"] == LINES  # a code has no blank


def test_a_meaning_that_changes_while_it_is_read_is_not_mixed_up(pages: Pages) -> None:
    pages.upload("departments", departments_csv().replace("code,name", "a,b"))
    pages.mean(code="a", name="b")
    first = last_job()
    pages.mean(code="b", name="a")

    work()

    db.session.refresh(first)
    assert (first.state, first.said) == (
        "failed",
        "What the columns of this file mean was set anew meanwhile.",
    )
    assert last_job().state == "done"


def test_the_refused_lines_can_be_downloaded(pages: Pages) -> None:
    url = previewed(pages, departments_csv() + ".x,Bad\n")

    answer = pages.client.get(f"{url}/refused.csv").text

    assert "Import the 120 valid lines" in pages.client.get(url).text
    assert answer.splitlines()[1] == f".x,Bad,{LINES + 2},“.x”: A code does not begin with a dot."


def test_a_stopped_import_stores_nothing_and_can_be_asked_for_again(pages: Pages) -> None:
    url = previewed(pages, departments_csv())
    asked = pages.apply()
    pages.client.post(f"{asked.location.partition('?')[0]}/stop")

    work()

    assert "Stopped, as you asked. Nothing was stored." in pages.client.get(asked.location).text
    assert how_many(Department) == 0
    page = pages.client.get(url).text
    pages.apply(page=page)
    work()
    assert how_many(Department) == LINES


def test_a_file_is_not_dropped_under_its_job(pages: Pages) -> None:
    url = previewed(pages, departments_csv())
    pages.apply()

    answer = pages.client.post(f"{url}/drop")

    assert answer.location == f"/jobs/{last_job().id}"
    assert how_many(Upload) == 1


def test_files_nobody_has_applied_go_after_a_month(pages: Pages) -> None:
    pages.upload("departments", departments_csv(1), "old.csv")
    pages.upload("departments", departments_csv(1), "young.csv")
    upload = db.session.scalars(select(Upload).where(Upload.filename == "old.csv")).one()
    upload.uploaded_at = instant() - timedelta(days=31)
    db.session.commit()

    pages.upload("departments", departments_csv(1), "new.csv")

    assert set(db.session.scalars(select(Upload.filename))) == {"young.csv", "new.csv"}


# --- killed --------------------------------------------------------------------------------------------

# The worker as the server starts it, but that it kills itself when it has stored the first thousands.
KILLED = """
import os, signal
from core import progress
from core.sheets import bulk

def killed(count):
    os.kill(os.getpid(), signal.SIGKILL)

bulk.step = killed
from app import create_app
from core.jobs import work_off
with create_app().app_context():
    work_off()
"""


def test_a_worker_killed_while_it_stores_leaves_nothing_half_done(pages: Pages, app: Flask) -> None:
    """The next one begins anew, and what it stores is stored once."""
    employees, stays = stays_csv(3_000)
    factories.department("IT")
    db.session.rollback()
    pages.upload("employees", employees)
    work()
    pages.url = pages.client.get(pages.url).location
    pages.apply()
    work()
    pages.upload("department-links", stays)
    work()
    pages.url = pages.client.get(pages.url).location
    asked = pages.apply()
    url = db.engine.url.render_as_string(hide_password=False)
    db.session.rollback()

    killed = subprocess.run(
        [sys.executable, "-c", KILLED],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": "only for tests"},
        check=False,
        capture_output=True,
    )

    assert killed.returncode == -signal.SIGKILL
    assert how_many(DepartmentEmployeeLink) == 0
    job = last_job()
    assert job.state == "running"
    assert signs_of([job])[job.id].is_fresh, "nobody knows yet that it is dead"
    signs().change(job.id, job.asked_at, beat_at=instant() - timedelta(minutes=1))
    assert "Interrupted. It begins anew" in pages.client.get(asked.location).text
    assert work() == 1
    assert work() == 0
    db.session.refresh(job)
    assert (job.state, job.tries) == ("done", 2)
    assert how_many(DepartmentEmployeeLink) == 3_000
    deeds = db.session.scalars(select(ChangeSet.deed).where(ChangeSet.deed.like("Imported%added."))).all()
    assert len(deeds) == 2  # the people and the stays, once each


def stays_csv(count: int) -> tuple[str, str]:
    people = "".join(f"{10_000 + n},Ann,Lee{n}\n" for n in range(count))
    stays = "".join(f"{10_000 + n},IT,2020-01-01\n" for n in range(count))
    return f"emp_no,first_name,last_name\n{people}", f"emp_no,dept_no,from_date\n{stays}"
