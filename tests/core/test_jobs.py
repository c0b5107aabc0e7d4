"""Long work: asked for once, done once, seen while it goes on, stopped, and taken up again."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import jobs
from core.db import db
from core.jobs.signs import signs, signs_of
from core.jobs.worker import MOST_TRIES, claim
from core.models import ChangeSet, Job, User, instant
from core.progress import InTerminal, Progress, counted, listening, step, tell
from core.writing import Problem, Refused, writing
from hr.models import Department
from tests import factories
from tests.conftest import Client
from tests.working import work

Kinds = dict[str, Callable[[jobs.Task], None]]


@pytest.fixture
def kinds(app: Flask) -> Iterator[Kinds]:
    """What can be asked for in this test: name and function."""
    known = app.extensions["jobs"]
    app.extensions["jobs"] = made = dict(known)
    yield made
    app.extensions["jobs"] = known


@pytest.fixture
def job(editor: User) -> Job:
    """A job that Edith has asked for."""
    job = Job(kind="add", title="Add a department", settings='{"code": "IT"}', user_id=editor.id)
    job.leads_to = "/hr/departments"
    db.session.add(job)
    db.session.commit()
    return job


def add(task: jobs.Task) -> None:
    """Store a department, in steps."""
    with writing() as work:
        for name in counted([task.settings["code"]], "Adding", 1):
            work.session.add(Department(code=name, name=name))
        task.finish(work, "The department is there.")


def departments() -> int:
    return db.session.scalar(select(func.count()).select_from(Department)) or 0


def ends_as(job: Job) -> tuple[str, str]:
    db.session.refresh(job)
    return job.state, job.said


# --- done once ------------------------------------------------------------------------------------------


def test_a_job_is_done_and_the_history_says_who_asked(kinds: Kinds, job: Job, editor: User) -> None:
    kinds["add"] = add

    assert work() == 1

    assert ends_as(job) == ("done", "The department is there.")
    assert departments() == 1
    change = db.session.scalars(select(ChangeSet)).one()
    assert (change.user_id, change.deed) == (editor.id, "The department is there.")


def test_a_job_of_nobody_is_not_done(kinds: Kinds, job: Job) -> None:
    """Without an account there are no rights: only the command line itself may do everything."""
    kinds["add"] = add
    job.user_id = None
    db.session.commit()

    work()

    said = "Whoever asked for this has no account here, so nothing was done."
    assert ends_as(job) == ("failed", said)
    assert departments() == 0


def test_what_is_done_is_not_done_again(kinds: Kinds, job: Job) -> None:
    kinds["add"] = add
    work()

    assert work() == 0
    assert departments() == 1


def test_two_workers_never_have_one_job(kinds: Kinds, job: Job) -> None:
    kinds["add"] = add

    first, second = claim(), claim()

    assert first is not None
    assert second is None


def test_who_was_taken_for_dead_stores_nothing_any_more(kinds: Kinds, job: Job) -> None:
    def overtaken(task: jobs.Task) -> None:
        with writing() as work:
            work.session.add(Department(code="LATE", name="Late"))
            work.session.execute(Job.__table__.update().values(tries=task.tries + 1))  # type: ignore[attr-defined]
            task.finish(work, "Late.")

    kinds["add"] = overtaken

    work()

    assert departments() == 0
    assert ends_as(job)[0] == "running"


def grow_cold(task: jobs.Task) -> None:
    """Let the last sign of life be long ago."""
    signs().change(task.id, task.asked_at, beat_at=instant() - timedelta(minutes=1))


def test_a_job_whose_worker_died_is_begun_anew(kinds: Kinds, job: Job) -> None:
    kinds["add"] = add
    task = claim()
    assert task is not None
    assert work() == 0, "its worker still lives"
    grow_cold(task)

    assert work() == 1

    assert ends_as(job) == ("done", "The department is there.")
    assert job.tries == 2


def test_a_job_that_kills_its_workers_is_given_up(kinds: Kinds, job: Job) -> None:
    kinds["add"] = add
    for _ in range(MOST_TRIES):
        task = claim()
        assert task is not None
        grow_cold(task)

    work()

    state, said = ends_as(job)
    assert state == "failed"
    assert said.startswith("It was begun 3 times and broke off each time.")
    assert departments() == 0


# --- not done -------------------------------------------------------------------------------------------


def test_a_mistake_ends_as_failed_and_stands_in_the_log(
    kinds: Kinds, job: Job, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(task: jobs.Task) -> None:
        with writing() as work:
            work.session.add(Department(code="HALF", name="Half"))
            work.session.flush()
            raise ZeroDivisionError

    kinds["add"] = broken

    work()

    state, said = ends_as(job)
    assert state == "failed"
    assert said == (
        "Joinery made a mistake, and nothing was stored. "
        f"What happened stands in its log, under job {job.id}."
    )
    assert f"Job {job.id} (add) failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert departments() == 0


def test_what_the_rules_refuse_is_said(kinds: Kinds, job: Job, client: Client) -> None:
    def refused(task: jobs.Task) -> None:
        raise Refused([Problem("The sum would be 1.200."), Problem("Nobody may do that.")])

    kinds["add"] = refused

    work()

    assert ends_as(job) == ("failed", "The sum would be 1.200. Nobody may do that.")
    assert "The sum would be 1.200." in client.get(f"/jobs/{job.id}").text


def test_work_without_a_result_is_a_failure(kinds: Kinds, job: Job) -> None:
    kinds["add"] = lambda task: None

    work()

    assert ends_as(job)[0] == "failed"


# --- stopped --------------------------------------------------------------------------------------------


def test_a_job_that_waits_can_be_stopped(kinds: Kinds, job: Job, client: Client) -> None:
    kinds["add"] = add
    client.post(f"/jobs/{job.id}/stop")
    assert "Stopping" in client.get(f"/jobs/{job.id}").text

    work()

    assert ends_as(job) == ("stopped", "Stopped, as you asked. Nothing was stored.")
    assert departments() == 0


def test_a_job_can_be_stopped_while_its_transaction_is_open(
    kinds: Kinds, job: Job, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wish must not wait for the lock that the job holds: on SQLite that would be for good."""
    heard = []

    def long(task: jobs.Task) -> None:
        with writing() as work:
            work.session.add(Department(code="HALF", name="Half"))
            work.session.flush()
            Context().run(lambda: heard.append(client.post(f"/jobs/{task.id}/stop").status_code))
            while True:  # each step is a chance to hear it
                tell("Waiting to be stopped")

    kinds["add"] = long

    work()

    assert heard == [303]
    assert ends_as(job)[0] == "stopped"
    assert departments() == 0


# --- seen -----------------------------------------------------------------------------------------------


def test_the_page_says_how_far_it_is_with_and_without_script(kinds: Kinds, job: Job, client: Client) -> None:
    task = claim()
    assert task is not None
    far = {"doing": "Storing 40,000 of 331,603", "done": 40_000, "total": 331_603}
    signs().change(job.id, job.asked_at, **far)

    page = client.get(f"/jobs/{job.id}")
    numbers = client.get(f"/jobs/{job.id}/progress").json

    assert "Storing 40,000 of 331,603" in page.text
    assert re.search(r'<progress[^>]* max="331603" value="40000"', page.text)
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert numbers == {"ended": False, "words": far["doing"], "done": 40_000, "total": 331_603}


def test_who_follows_is_led_on_when_it_is_done(kinds: Kinds, job: Job, client: Client) -> None:
    kinds["add"] = add
    assert client.get(f"/jobs/{job.id}?follow=1").status_code == 200
    work()

    answer = client.get(f"/jobs/{job.id}?follow=1")

    assert (answer.status_code, answer.location) == (303, "/hr/departments")
    assert "The department is there." in client.get("/hr/departments").text
    assert "http-equiv" not in client.get(f"/jobs/{job.id}").text


def test_a_job_belongs_to_who_asked_for_it(app: Flask, job: Job) -> None:
    other = app.test_client().sign_in(factories.user("Some Body", "some@example.org", password="x"))

    for answer in (
        other.get(f"/jobs/{job.id}"),
        other.get(f"/jobs/{job.id}/progress"),
        other.post(f"/jobs/{job.id}/stop"),
    ):
        assert answer.status_code == 404
    assert "Add a department" not in other.get("/jobs").text
    assert not signs_of([job])[job.id].stop_asked


def test_ones_own_jobs_are_listed_the_newest_50(client: Client, editor: User) -> None:
    db.session.add_all(Job(kind="add", title=f"Number {n:03}", user_id=editor.id) for n in range(60))
    db.session.commit()

    page = client.get("/jobs").text

    titles = re.findall(r"Number \d{3}", page)
    assert titles == [f"Number {n:03}" for n in range(59, 9, -1)]


# --- how far --------------------------------------------------------------------------------------------


def test_progress_is_told_in_numbers_and_never_more_than_all() -> None:
    progress = Progress()

    with listening(progress):
        tell("Storing", 2_500)
        assert progress.words == "Storing"
        step(2_000)
        assert progress.words == "Storing 2,000 of 2,500"
        step(2_000)

    assert progress.words == "Storing 2,500 of 2,500"
    step(1)
    assert progress.done == 2_500


def test_the_time_that_is_left_is_said_when_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("core.progress.time.monotonic", lambda: now[0])
    progress = Progress()
    progress.tell("Storing", 1_000)
    progress.step(100)
    assert progress.words == "Storing 100 of 1,000"

    now[0] += 10
    assert progress.words == "Storing 100 of 1,000", "one piece says nothing of the others"
    progress.step(100)
    assert progress.words == "Storing 200 of 1,000, about 80 seconds to go"
    progress.step(300)
    assert progress.words == "Storing 500 of 1,000, about 12 seconds to go"
    now[0] += 600
    assert progress.words == "Storing 500 of 1,000, about 13 minutes to go"


class Terminal:
    """Keeps what is written."""

    def __init__(self, is_terminal: bool) -> None:
        self.text, self.is_terminal = "", is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None: ...


@pytest.mark.parametrize(
    ("is_terminal", "written"),
    [(True, "\rStoring\rStoring 40 of 80\r                \r"), (False, "Storing …\nStoring 40 of 80 …\n")],
)
def test_a_terminal_has_one_line_and_a_log_has_several(
    is_terminal: bool, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = iter(range(0, 1_000, 6))
    monkeypatch.setattr("core.progress.time.monotonic", lambda: float(next(now)))
    terminal: Any = Terminal(is_terminal)
    progress = InTerminal(terminal, after=0)
    monkeypatch.setattr(InTerminal, "_to_go", lambda self: "")

    progress.tell("Storing", 80)
    progress.step(40)
    progress.close()

    assert terminal.text == written


# --- a process of its own -------------------------------------------------------------------------------

ROOT = Path(__file__).parent.parent.parent


def test_the_command_does_what_waits(app: Flask, job: Job) -> None:
    """In a process that is told the database by its environment, and does not know this kind of work."""
    url = db.engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "work"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "SECRET_KEY": "only for tests"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "1 done.\n"
    assert ends_as(job) == ("failed", "This version of Joinery does not know the work “add”.")
    assert f"Job {job.id} (add) begins, try 1" in done.stderr


@pytest.mark.parametrize("address", ["/jobs/1", "/"])
def test_a_page_starts_the_worker_where_nobody_is_at_work(
    app: Flask, job: Job, client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """The page of the job does; and whichever page a server that was just started serves first."""
    started: list[Any] = []
    assert job.id == 1

    class Started:
        def __init__(self, command: list[str], **how: Any) -> None:
            started.append((command, how))

        def poll(self) -> None:
            return None

    monkeypatch.setattr("core.jobs.start.subprocess.Popen", Started)
    monkeypatch.setitem(app.config, "JOBS", "process")
    monkeypatch.delitem(app.extensions, "worker", raising=False)

    monkeypatch.delitem(app.extensions, "looked_for_jobs", raising=False)

    client.get(address)
    client.get(address)

    ((command, how),) = started
    assert command[1:] == ["-m", "flask", "--app", "app", "work"]
    assert how["start_new_session"]
    assert how["env"]["SECRET_KEY"] == "only for tests"
    assert "only for tests" not in json.dumps(command)
    app.extensions.pop("worker")
