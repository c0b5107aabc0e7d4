"""The write path: everything of a save is stored, once, or nothing is, and a person reads why."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.models import ChangeSet
from core.writing import Problem, Refused, Work, writing
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import Subject
from tests import cast as people
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def count(model: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def new_department(client: Client, code: str = "HR", name: str = "People") -> Page:
    """The form of a new department, filled in."""
    return Page(client, "/hr/new-department").type(code=code, name=name)


# --- how it begins -------------------------------------------------------------------------------------


@pytest.fixture
def sqlite(make_app: Callable[..., Flask], tmp_path: Any) -> Iterator[tuple[Client, list[str]]]:
    """A browser of an application on SQLite, whatever the suite runs on, and what the database is told."""
    app = make_app(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path / 'own'}.db")
    told: list[str] = []
    with app.app_context():
        db.create_all()
        client = Client(app, app.response_class).sign_in(people.editor())
        event.listen(
            db.engine, "before_cursor_execute", lambda _connection, _cursor, said, *_: told.append(said)
        )
        yield client, told
        db.session.remove()


def test_a_post_takes_the_write_lock_of_sqlite_before_it_reads(sqlite: tuple[Client, list[str]]) -> None:
    client, told = sqlite
    page = new_department(client)
    told.clear()
    assert client.post(page.action, data=page.fields).status_code == 303
    assert told[0] == "BEGIN IMMEDIATE"
    assert "BEGIN DEFERRED" not in told


def test_a_page_that_is_only_read_takes_no_write_lock(sqlite: tuple[Client, list[str]]) -> None:
    client, told = sqlite
    new_department(client)
    assert told[0] == "BEGIN DEFERRED"
    assert "BEGIN IMMEDIATE" not in told


def test_writing_outside_of_a_request_takes_the_lock_first_and_lets_go_of_it(
    sqlite: tuple[Client, list[str]],
) -> None:
    _client, told = sqlite
    count(Department)
    told.clear()
    with writing():
        db.session.add(Department(code="HR", name="People"))
    assert told[0] == "BEGIN IMMEDIATE"
    told.clear()
    assert count(Department) == 1
    assert told[0] == "BEGIN DEFERRED"


@pytest.mark.parametrize("change", ["new", "dirty", "deleted"])
def test_what_was_changed_before_it_begins_is_never_stored_unchecked(cast: Cast, change: str) -> None:
    match change:
        case "new":
            db.session.add(Department(code="HR", name="People"))
        case "dirty":
            cast.it.name = "Computers"
        case "deleted":
            db.session.delete(cast.it)
    with pytest.raises(RuntimeError, match="unchecked"), writing():
        pass
    db.session.rollback()
    assert (cast.it.name, count(Department), count(ChangeSet)) == ("Information Technology", 2, 0)


# --- all or nothing ------------------------------------------------------------------------------------


def test_a_refused_page_stores_nothing_of_it(client: Client, cast: Cast) -> None:
    page = new_department(client)
    for first_day in ("2025-01-01", "2025-02-01"):
        page.add(employee="#1001", starts_on=first_day)
    refused = page.save()
    assert refused.status == 422
    assert "the two stays would meet" in refused.errors
    assert (count(Department), count(DepartmentEmployeeLink), count(ChangeSet)) == (2, 0, 0)


def test_without_a_form_what_is_refused_is_raised(app: Flask) -> None:
    def check(_work: Work) -> list[Problem]:
        return [Problem("Not on a Monday.")]

    with pytest.raises(Refused, match=r"Not on a Monday\."), writing(check):
        db.session.add(Department(code="HR", name="People"))
    assert (count(Department), count(ChangeSet)) == (0, 0)


def test_a_deed_that_breaks_off_stores_nothing(app: Flask) -> None:
    def check(_work: Work) -> list[Problem]:
        db.session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), writing(check):
        db.session.add(Department(code="HR", name="People"))
    assert (count(Department), count(ChangeSet)) == (0, 0)


def test_the_rules_see_all_that_was_touched_with_its_values_before(cast: Cast) -> None:
    seen: dict[Any, Any] = {}

    def check(work: Work) -> list[Problem]:
        seen.update(work.touched)
        return []

    with writing(check):
        it, sales = db.session.get_one(Department, "IT"), db.session.get_one(Department, "SALES")
        it.name = "Computers"
        db.session.flush()  # what is flushed early counts as well
        new = Department(code="HR", name="People")
        db.session.add(new)
        db.session.delete(sales)
    assert set(seen) == {it, sales, new}
    assert seen[it]["name"] == "Information Technology"
    assert seen[sales]["name"] == "Sales"
    assert seen[new] is None


# --- the database's own rules in words -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "typed", "field", "said"),
    [
        ("/hr/new-department", {"code": "it", "name": "Other"}, "code", "Another department has this code."),
        ("/hr/new-department", {"code": "X", "name": "SÁLES"}, "name", "Another department has this name."),
        ("/hr/new-employee", {"number": "1001", "name": "X"}, "number", "Another person has this number."),
        ("/library/new-subject", {"name": "FICTION"}, "name", "There is a subject with this name."),
    ],
)
def test_a_broken_constraint_is_a_sentence_at_its_field(
    client: Client, cast: Cast, url: str, typed: dict[str, str], field: str, said: str
) -> None:
    factories.subject("Fiction")
    before = [count(model) for model in (Department, Employee, Subject)]
    refused = Page(client, url).type(**typed).save()
    assert refused.status == 422
    assert said in refused.errors
    assert f'id="{field}-error"' in refused.html
    assert refused.fields[field] == typed[field], "what was typed is still there"
    assert [count(model) for model in (Department, Employee, Subject)] == before


def test_what_was_refused_can_be_mended_and_saved(client: Client, cast: Cast) -> None:
    refused = new_department(client, code="IT").save()
    assert refused.type(code="HR").save().stored
    assert db.session.get_one(Department, "HR").name == "People"


def test_without_a_form_a_broken_constraint_is_raised_in_words(cast: Cast) -> None:
    with pytest.raises(Refused, match="Another department has this name") as refused, writing():
        db.session.add(Department(code="HR", name="Sales"))
    assert [problem.field for problem in refused.value.problems] == ["name"]
    assert isinstance(refused.value.__cause__, IntegrityError)


# --- the same form twice -------------------------------------------------------------------------------


def test_the_same_form_twice_is_stored_once_and_leads_to_the_same_place(client: Client) -> None:
    page = new_department(client)
    one, two = page.save(), page.save()
    assert (one.stored, two.stored) == (True, True)
    assert one.url == two.url == "/hr/departments/HR"
    assert "it was not stored twice" in two.text
    assert (count(Department), count(ChangeSet)) == (1, 1)


def test_other_content_in_the_same_form_is_a_new_save(client: Client) -> None:
    page = new_department(client)
    assert page.save().stored
    assert page.type(code="LAW", name="Law").save().stored
    assert (count(Department), count(ChangeSet)) == (2, 2)


def test_the_same_content_in_another_form_is_a_new_save(client: Client, cast: Cast) -> None:
    for _ in range(2):
        page = Page(client, "/hr/departments/IT")
        page.add(employee="New Person", is_new="y")
        assert page.save().stored
    assert count(DepartmentEmployeeLink) == 2


# --- who, what, why ------------------------------------------------------------------------------------


def test_a_change_set_says_who_did_what_and_why(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    page = Page(client, "/hr/departments/IT").change("#1001", remove="y")
    assert page.type(reason=" Entered by mistake ").save().stored
    made = db.session.scalars(select(ChangeSet)).one()
    assert made.user is cast.editor
    assert "Information Technology" in made.deed
    assert made.reason == "Entered by mistake"
    assert made.leads_to == "/hr/departments/IT"
    assert made.made_at is not None


def test_outside_of_a_request_nobody_in_particular_did_it(cast: Cast) -> None:
    with writing(reason="The yearly clearing") as work:
        db.session.delete(db.session.get_one(Department, "IT"))
        work.leads_to("/hr/departments", "Deleted Information Technology.")
    made = db.session.scalars(select(ChangeSet)).one()
    assert (made.user, made.reason, made.form_key) == (None, "The yearly clearing", None)
    assert made.deed == "Deleted Information Technology."
