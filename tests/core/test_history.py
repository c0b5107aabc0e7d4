"""What the history writes down: every verb on a link, from both sides, by whatever way it was done."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from core.db import db
from core.models import Change, ChangeSet, ChangeSubject
from core.subjects import subject_of
from core.writing import Problem, Refused, Work, writing
from hr import operations
from hr.models import Department, DepartmentEmployeeLink, Employee
from library.models import Author
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.importing import CommandLine
from tests.pages import Page
from tests.screens import Screen, every_screen

LINK = "department_employee_link"
Facts = dict[str, list[Any]]


def last() -> ChangeSet:
    """The newest save."""
    db.session.rollback()
    return db.session.scalars(select(ChangeSet).order_by(ChangeSet.id.desc()).limit(1)).one()


def changes(kind: str = "") -> list[tuple[str, str, Facts]]:
    """What the newest save changed, in order: what, of which kind, and the facts before and after."""
    wanted = select(Change).where(Change.change_set_id == last().id).order_by(Change.number)
    return [
        (one.what, one.kind, json.loads(one.facts))
        for one in db.session.scalars(wanted)
        if kind in ("", one.kind)
    ]


def about(kind: str) -> set[str]:
    """Which records the changes of one kind in the newest save are about."""
    wanted = select(ChangeSubject.subject).join(
        Change,
        (Change.change_set_id == ChangeSubject.change_set_id) & (Change.number == ChangeSubject.number),
    )
    return set(db.session.scalars(wanted.where(Change.change_set_id == last().id, Change.kind == kind)))


def count_of_all() -> int:
    """How many changes were ever written down."""
    db.session.rollback()
    return len(db.session.scalars(select(Change.number)).all())


def save(deed: Callable[[Work], Any]) -> None:
    """Store what the deed does, as a page would."""
    db.session.rollback()
    with writing(operations.check) as work:
        deed(work)
        work.leads_to("/", "Done.")
    db.session.rollback()


@pytest.fixture
def stay(cast: Cast, today: Callable[..., None]) -> DepartmentEmployeeLink:
    """Ann in IT with 0.500."""
    return factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")


# --- links, from both sides ----------------------------------------------------------------------------


def pair(screen: Screen, client: Client) -> tuple[Any, Any]:
    owner, far = screen.owner(), screen.far_side()
    screen.link(owner, far)
    return owner, far


@every_screen
def test_a_link_that_is_added_is_found_from_both_records(screen: Screen, client: Client) -> None:
    owner, far = screen.owner(), screen.far_side()
    page = screen.open(client, owner)
    page.spare.type(**{screen.far: screen.typed(far), screen.fact: screen.after})
    assert page.save().stored
    table = screen.model.__tablename__
    ((what, _kind, facts),) = changes(table)
    assert (what, facts[screen.fact]) == ("added", [None, screen.after])
    assert about(table) == {subject_of(owner), subject_of(far)}


@every_screen
def test_a_fact_that_is_changed_is_kept_before_and_after(screen: Screen, client: Client) -> None:
    owner, far = pair(screen, client)
    page = screen.open(client, owner)
    page.row(far)[screen.fact] = screen.after
    assert page.save().stored
    table = screen.model.__tablename__
    assert changes() == [("changed", table, {screen.fact: [screen.before, screen.after]})]
    assert about(table) == {subject_of(owner), subject_of(far)}
    assert last().user_id is not None
    assert f" {table}.{screen.fact} " in last().facts


@every_screen
def test_a_link_that_is_removed_is_kept_whole(screen: Screen, client: Client) -> None:
    owner, far = pair(screen, client)
    page = screen.open(client, owner)
    page.row(far).remove()
    assert page.save().stored
    table = screen.model.__tablename__
    ((what, _kind, facts),) = changes(table)
    assert (what, facts[screen.fact]) == ("removed", [screen.before, None])
    assert about(table) == {subject_of(owner), subject_of(far)}


@every_screen
def test_a_save_that_touches_nothing_has_no_change(screen: Screen, client: Client) -> None:
    owner, _far = pair(screen, client)
    before = count_of_all()
    assert screen.open(client, owner).save().stored
    assert count_of_all() == before
    assert last().count == 0


@every_screen
def test_a_refused_save_leaves_nothing_in_the_history(screen: Screen, client: Client) -> None:
    owner, far = pair(screen, client)
    before = count_of_all()
    page = screen.open(client, owner)
    page.row(far)[screen.amount] = "a lot"
    assert not page.save().stored
    assert count_of_all() == before


def test_what_is_rolled_back_by_a_rule_leaves_nothing(stay: DepartmentEmployeeLink) -> None:
    before = count_of_all()
    with pytest.raises(Refused), writing(lambda work: [Problem("No.")]):
        db.session.merge(stay).fte = Decimal("0.9")
    assert count_of_all() == before


# --- records, and what goes with them ------------------------------------------------------------------


def test_what_the_database_deletes_with_a_record_is_kept_too(
    stay: DepartmentEmployeeLink, client: Client
) -> None:
    Page(client, "/hr/departments/IT/delete").type(reason="Closed").save()
    ((what, _kind, facts),) = changes(LINK)
    assert (what, facts["fte"], facts["employee_number"]) == ("removed", ["0.5", None], ["1001", None])
    assert about(LINK) == {"department:it", "employee:1001"}
    assert about("department") == {"department:it"}
    assert last().reason == "Closed"


def test_a_new_number_is_found_under_both(stay: DepartmentEmployeeLink) -> None:
    save(lambda work: operations.renumber(work, db.session.get(Employee, "1001"), "2001"))
    assert ("changed", "employee", {"number": ["1001", "2001"]}) in changes()
    assert about("employee") == {"employee:1001", "employee:2001"}


def test_a_merge_says_whose_links_became_whose(stay: DepartmentEmployeeLink) -> None:

    def merge(work: Work) -> None:
        winner, loser = db.session.get(Employee, "1002"), db.session.get(Employee, "1001")
        asked = {one.name: one.default for one in operations.questions_of_people(winner, loser)}
        operations.merge_people(work, "1002", "1001", asked)

    save(merge)
    ((what, _kind, facts),) = changes(LINK)
    assert (what, facts["employee_number"]) == ("changed", ["1001", "1002"])
    assert about(LINK) == {"department:it", "employee:1001", "employee:1002"}
    assert [what for what, _kind, _facts in changes("employee")].count("removed") == 1


def test_a_deed_on_many_is_one_save(stay: DepartmentEmployeeLink, cast: Cast, client: Client) -> None:
    other = factories.stay(cast.ben, cast.it, "2024-01-01")
    page = Page(client, f"/hr/end?key={stay.id}&key={other.id}").type(last_day="2025-06-30")
    page.save().save(do="yes")
    said = [("changed", LINK, {"ends_before": [None, "2025-07-01"]})] * 2
    assert changes(LINK) == said
    assert last().count == 2


def test_the_subjects_of_a_book_are_kept_by_name(client: Client) -> None:
    book = factories.book("Emma")
    factories.subject("Marriage", book)
    wit = factories.subject("Wit")
    page = Page(client, f"/library/books/{book.id}/edit")
    page.fields["subject_rows-1-name"] = "Wit"
    assert page.save().stored
    ((_what, _kind, facts),) = changes("book")
    old, new = facts["subjects"]
    assert [name for _key, name in old] == ["Marriage"]
    assert sorted(name for _key, name in new) == ["Marriage", "Wit"]
    assert [str(wit.id), "Wit"] in new


# --- by other ways than pages --------------------------------------------------------------------------


def test_an_import_writes_down_each_link(
    app: Flask, tmp_path: Path, cast: Cast, today: Callable[..., None]
) -> None:
    run = CommandLine(app, tmp_path)
    lines = "Number,Department,First day,FTE\n1001,IT,2024-01-01,0.5\n1002,IT,2024-01-01,\n"
    assert run("department-links", lines, "--yes").status == 0
    assert [what for what, _kind, _facts in changes(LINK)] == ["added", "added"]
    assert {"employee:1001", "employee:1002", "department:it"} == about(LINK)
    assert last().count == 2
    again = lines.replace("0.5", "0.75")
    assert run("department-links", again, "--yes").status == 0
    assert changes() == [("changed", LINK, {"fte": ["0.5", "0.75"]})]


def test_a_program_that_uses_the_session_leaves_its_traces(stay: DepartmentEmployeeLink) -> None:
    stay.fte = Decimal("0.6")
    db.session.commit()
    assert changes() == [("changed", LINK, {"fte": ["0.5", "0.6"]})]
    assert (last().deed, last().user_id) == ("Stored by a program", None)
    department = db.session.get(Department, "IT")
    db.session.delete(department)
    db.session.commit()
    assert [what for what, _kind, _facts in changes(LINK)] == ["removed"]


def test_a_program_that_rolls_back_leaves_none(stay: DepartmentEmployeeLink) -> None:
    before = count_of_all()
    stay.fte = Decimal("0.6")
    db.session.flush()
    db.session.rollback()
    db.session.add(Author(name="Somebody Else"))
    db.session.commit()
    assert count_of_all() == before + 1
    assert [kind for _what, kind, _facts in changes()] == ["author"]


def test_what_a_person_did_goes_with_the_save_and_not_without_it(stay: DepartmentEmployeeLink) -> None:
    """A history that is cut off takes its changes along, and no record."""
    stay.ends_before = date(2025, 1, 1)
    db.session.commit()
    assert count_of_all() > 0
    db.session.execute(delete(ChangeSet))
    db.session.commit()
    assert count_of_all() == 0
    assert db.session.get(DepartmentEmployeeLink, stay.id) is not None


def test_a_statement_that_nobody_noted_is_refused_rather_than_forgotten(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="past the history"), writing():
        db.session.execute(update(Employee).values(email="all@example.org"))
    assert {one.email for one in db.session.scalars(select(Employee))} == {None}
