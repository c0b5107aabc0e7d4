"""A whole post is done again when the database could not take it now, and is stored once."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from core.db import db, will_write
from core.models import ChangeSet
from core.writing import TRIES, retrying, writing
from hr.models import Department, DepartmentEmployeeLink, Employee
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def new_department(client: Client) -> Page:
    """The form of a new department, filled in."""
    return Page(client, "/hr/new-department").type(code="HR", name="People")


class _Said(Exception):
    """What a driver raises."""

    def __init__(self, words: str, sqlstate: str | None = None) -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


def failure(words: str, sqlstate: str | None = None, lost: bool = False) -> OperationalError:
    return OperationalError("COMMIT", {}, _Said(words, sqlstate), connection_invalidated=lost)


PASSING = {
    "serialization": failure("could not serialize access", "40001"),
    "deadlock": failure("deadlock detected", "40P01"),
    "lock timeout": failure("canceling statement due to lock timeout", "55P03"),
    "locked": failure("database is locked"),
    "lost": failure("server closed the connection", lost=True),
    "stale": StaleDataError("UPDATE statement expected to update 1 row(s); 0 were matched."),
}
Fails = Callable[[Exception, int], list[str]]


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Lets that many commits fail with everything written already; answers the list of all commits."""
    commits: list[str] = []
    commit = Session.commit

    def begin(error: Exception, times: int) -> list[str]:
        def failing(session: Session) -> None:
            session.flush()
            commits.append("failed" if len(commits) < times else "stored")
            if commits[-1] == "failed":
                raise error
            commit(session)

        monkeypatch.setattr(Session, "commit", failing)
        monkeypatch.setattr(time, "sleep", lambda _seconds: None)
        return commits

    return begin


@pytest.mark.parametrize("name", PASSING)
def test_a_whole_post_is_done_again_and_stored_once(
    client: Client, cast: Cast, fails: Fails, name: str
) -> None:
    page = new_department(client)
    page.add(employee="New Person", is_new="y", fte="0.5")
    commits = fails(PASSING[name], 2)
    assert page.save().stored
    assert commits == ["failed", "failed", "stored"]
    link = db.session.scalars(select(DepartmentEmployeeLink)).one()
    assert (link.employee.name, link.department.name) == ("New Person", "People")
    assert (count(Department), count(Employee), count(ChangeSet)) == (3, 5, 1)


@pytest.mark.parametrize("name", PASSING)
def test_it_gives_up_after_some_tries_and_says_so(client: Client, fails: Fails, name: str) -> None:
    page = new_department(client)
    commits = fails(PASSING[name], TRIES + 1)
    answer = page.save()
    assert answer.status == 503
    # Where the connection broke off nobody knows whether the last commit came through.
    unsure = "it may be stored or not. Send it again in a few seconds: nothing is stored twice."
    assert (unsure if name == "lost" else "nothing was stored") in answer.text
    assert commits == ["failed"] * TRIES
    assert (count(Department), count(ChangeSet)) == (0, 0)


def test_what_no_trying_mends_is_said_at_once(client: Client, fails: Fails) -> None:
    page = new_department(client)
    commits = fails(failure("disk I/O error"), 1)
    assert page.save().status == 503
    assert commits == ["failed"]
    assert page.save().stored, "the same form can be sent again"


def test_a_form_whose_answer_was_lost_is_not_stored_twice(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks after the commit: the second try finds the form stored."""
    page, commit, lost = new_department(client), Session.commit, iter([PASSING["lost"]])

    def losing(session: Session) -> None:
        commit(session)
        for error in lost:
            raise error

    monkeypatch.setattr(Session, "commit", losing)
    answer = page.save()
    assert answer.stored
    assert answer.url == "/hr/departments/HR"
    assert (count(Department), count(ChangeSet)) == (1, 1)


# --- a real lock ---------------------------------------------------------------------------------------


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """Connections that hardly wait for a lock."""
    sqlite = db.engine.dialect.name == "sqlite"
    wait = "PRAGMA busy_timeout=1" if sqlite else "SET lock_timeout = '5ms'"

    def hurry(connection: Any, *_: Any) -> None:
        connection.execute(wait)

    db.engine.dispose()
    event.listen(db.engine, "checkout", hurry)
    yield
    event.remove(db.engine, "checkout", hurry)
    db.session.remove()
    db.engine.dispose()


@pytest.mark.usefixtures("impatient")
def test_a_deed_that_meets_a_lock_is_done_when_the_lock_is_gone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another connection is writing; between the second and the third try it ends."""
    other, tries = db.engine.connect(), []
    db.session.rollback()
    will_write.set(True)
    other.execute(select(Department.code).with_for_update())
    will_write.set(False)
    monkeypatch.setattr(time, "sleep", lambda _seconds: other.close() if len(tries) == 2 else None)

    def deed() -> None:
        tries.append("once more")
        with writing():
            db.session.get_one(Department, "IT").name = "Computers"

    retrying(deed)
    assert len(tries) == 3
    assert db.session.get_one(Department, "IT").name == "Computers"
    assert count(ChangeSet) == 1
