"""Stays that move past each other in one save: no order of single statements would do it, and it is done."""

import re
from contextlib import nullcontext
from datetime import date
from typing import Any
from typing import cast as take_for

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from core import orders, schema
from core.db import db
from core.sheets.bulk import insert_rows
from core.spans import rivals
from core.writing import Refused, writing
from hr import operations
from hr.models import DepartmentEmployeeLink
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def touching(cast: Cast) -> tuple[DepartmentEmployeeLink, DepartmentEmployeeLink]:
    """Two main stays of one person in one department, the second from the day after the first."""
    one = factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30", is_primary=True, role="head")
    two = factories.stay(cast.ann, cast.it, "2024-07-01", "2024-12-31", is_primary=True, role="head")
    return one, two


Touching = tuple[DepartmentEmployeeLink, DepartmentEmployeeLink]
boundaries = pytest.mark.parametrize(
    ("last_day", "first_day"), [("2024-03-31", "2024-04-01"), ("2024-10-31", "2024-11-01")]
)


def spans() -> list[tuple[str, str]]:
    stays = db.session.scalars(select(DepartmentEmployeeLink).order_by(DepartmentEmployeeLink.starts_on))
    return [(str(stay.starts_on), str(stay.last_day)) for stay in stays]


@boundaries
@pytest.mark.parametrize("url", ["/hr/employees/1001?span=all", "/hr/departments/IT?span=all"])
def test_the_boundary_of_touching_stays_moves_both_ways_on_a_page(
    client: Client, touching: Touching, url: str, last_day: str, first_day: str
) -> None:
    page = Page(client, url)
    for row in page.prefixes():
        if page.fields[f"{row}-identity"] == str(touching[0].id):
            page.fields[f"{row}-last_day"] = last_day
        elif page.fields[f"{row}-identity"] == str(touching[1].id):
            page.fields[f"{row}-starts_on"] = first_day
    assert page.save().stored
    assert spans() == [("2024-01-01", last_day), (first_day, "2024-12-31")]


@boundaries
@pytest.mark.parametrize("first", [0, 1])
def test_the_boundary_moves_both_ways_in_a_script(
    touching: Touching, first: int, last_day: str, first_day: str
) -> None:
    changes = [("last_day", last_day), ("starts_on", first_day)]
    for nth in (first, 1 - first):
        name, day = changes[nth]
        setattr(touching[nth], name, date.fromisoformat(day))
    db.session.commit()
    assert spans() == [("2024-01-01", last_day), (first_day, "2024-12-31")]


def test_two_stays_change_places_in_one_flush(touching: Touching) -> None:
    one, two = touching
    one.starts_on, two.starts_on = two.starts_on, one.starts_on
    one.ends_before, two.ends_before = two.ends_before, one.ends_before
    db.session.commit()
    assert spans() == [("2024-01-01", "2024-06-30"), ("2024-07-01", "2024-12-31")]
    assert (str(one.starts_on), str(two.starts_on)) == ("2024-07-01", "2024-01-01")


def test_spans_that_do_meet_are_refused_and_stay_as_they_were(touching: Touching) -> None:
    touching[0].last_day, touching[1].starts_on = date(2024, 9, 30), date(2024, 9, 30)
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    assert spans() == [("2024-01-01", "2024-06-30"), ("2024-07-01", "2024-12-31")]


@pytest.mark.parametrize("url", ["/hr/employees/1001", "/hr/departments/IT"])
def test_a_stay_is_removed_and_added_again_in_one_save(client: Client, cast: Cast, url: str) -> None:
    was = factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True, role="head").id
    page = Page(client, url)
    (stored, spare) = page.prefixes()
    page.fields |= {f"{stored}-remove": "y", "reason": "Entered by mistake", f"{spare}-is_primary": "y"}
    far = {"department": "#IT"} if "employees" in url else {"employee": "#1001"}
    page.add(**far, starts_on="2024-02-01", role="head")
    assert page.save().stored
    link = db.session.scalars(select(DepartmentEmployeeLink)).one()
    assert (link.id == was, str(link.starts_on), link.role, link.is_primary) == (
        False, "2024-02-01", "head", True,
    )  # fmt: skip


def test_a_stay_is_deleted_and_added_again_in_one_flush(cast: Cast) -> None:
    db.session.delete(factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True))
    again = {"employee": cast.ann, "department": cast.it, "is_primary": True}
    db.session.add(DepartmentEmployeeLink(**again, starts_on=date(2024, 2, 1)))
    db.session.commit()
    assert spans() == [("2024-02-01", "None")]


def test_two_main_departments_are_swapped_in_one_flush_and_back(cast: Cast) -> None:
    it = factories.stay(cast.ann, cast.it, is_primary=True)
    sales = factories.stay(cast.ann, cast.sales)
    for _ in range(2):
        it.is_primary, sales.is_primary = sales.is_primary, it.is_primary
        db.session.commit()
    assert (it.is_primary, sales.is_primary) == (True, False)


@pytest.mark.parametrize("role", ["head", "acting head"])
def test_two_heads_are_swapped_in_one_flush_and_back(cast: Cast, role: str) -> None:
    ann, ben = factories.stay(cast.ann, cast.it, role=role), factories.stay(cast.ben, cast.it)
    for _ in range(2):
        ann.role, ben.role = ben.role, ann.role
        db.session.commit()
    assert (ann.role, ben.role) == (role, "member")


def test_two_heads_are_swapped_on_the_page(client: Client, cast: Cast) -> None:
    ann, ben = factories.stay(cast.ann, cast.it, role="head"), factories.stay(cast.ben, cast.it)
    page = Page(client, "/hr/departments/IT")
    assert page.change("#1001", role="member").change("#1002", role="head").save().stored
    assert (ann.role, ben.role) == ("member", "head")


def test_a_person_gets_another_number_and_another_stay_in_the_place_of_one(cast: Cast) -> None:
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True)
    with writing(operations.check) as work:
        cast.ann.number = "9001"
        work.session.delete(stay)
        new = {"employee": cast.ann, "department": cast.it, "starts_on": date(2024, 2, 1), "is_primary": True}
        work.session.add(DepartmentEmployeeLink(**new))
    assert spans() == [("2024-02-01", "None")]


@pytest.mark.parametrize("stored", [False, True], ids=["in one flush", "before"])
@pytest.mark.parametrize("by", ["employee", "employee_number"])
def test_a_stay_is_replaced_of_somebody_with_another_number(cast: Cast, by: str, stored: bool) -> None:
    """The session still has the old number in the stay, and the new one in what comes in its place."""
    stay = factories.stay(cast.ann, cast.it, "2024-01-01", is_primary=True)
    days = {"starts_on": date(2024, 2, 1), "is_primary": True}
    with db.session.no_autoflush:
        assert (stay.employee_number, cast.it.code) == ("1001", "IT")
        cast.ann.number = "9001"
        if stored:
            db.session.flush()
        db.session.delete(stay)
        whose = {"employee": cast.ann} if by == "employee" else {"employee_number": "9001"}
        db.session.add(DepartmentEmployeeLink(department=cast.it, **whose, **days))
    db.session.commit()
    assert spans() == [("2024-02-01", "None")]


def test_a_stay_comes_to_somebody_with_another_number_while_theirs_goes(cast: Cast) -> None:
    theirs, mine = factories.stay(cast.ben, cast.it), factories.stay(cast.ann, cast.it)
    with db.session.no_autoflush:
        assert (mine.employee, theirs.employee) == (cast.ann, cast.ben)
        cast.ann.number = "9001"
        db.session.flush()
        theirs.employee, mine.employee = cast.ann, cast.john
    db.session.commit()
    assert (theirs.employee_number, mine.employee_number) == ("9001", "1003")


def test_a_department_gets_another_code_and_another_head(cast: Cast) -> None:
    head = factories.stay(cast.ann, cast.it, role="head")
    with writing(operations.check) as work:
        cast.it.code = "ICT"
        work.session.delete(head)
        new = {"employee": cast.ben, "department": cast.it, "starts_on": date(2024, 2, 1), "role": "head"}
        work.session.add(DepartmentEmployeeLink(**new))
    assert spans() == [("2024-02-01", "None")]


def test_a_stay_that_is_handed_over_steps_aside_for_whoever_makes_room(cast: Cast) -> None:
    """Only what it refers to is set: its column follows with the flush."""
    theirs = factories.stay(cast.ben, cast.it, is_primary=True)  # stored first, so changed first
    mine = factories.stay(cast.ann, cast.sales, is_primary=True)
    third = factories.stay(cast.john, cast.it)
    assert [one.employee_number for one in (theirs, mine, third)] == ["1002", "1001", "1003"]
    with db.session.no_autoflush:
        third.last_day, mine.is_primary, theirs.employee = date(2025, 6, 30), False, cast.ann
    db.session.commit()
    assert (theirs.employee_number, theirs.is_primary, mine.is_primary) == ("1001", True, False)


# --- who may meet whom -----------------------------------------------------------------------------


def test_stays_of_different_people_never_meet(cast: Cast) -> None:
    stays = [factories.stay(one, cast.it, is_primary=True) for one in (cast.ann, cast.ben)]
    for one in stays:
        one.last_day = date(2025, 6, 30)
    assert rivals(stays) == set()


def test_stays_of_one_person_in_one_department_may_meet_and_those_in_two_if_both_are_main(
    cast: Cast, touching: Touching
) -> None:
    other = factories.stay(cast.ann, cast.sales, "2020-01-01", "2020-12-31")
    assert rivals([*touching, other]) == set(touching)
    other.is_primary = True
    assert rivals([*touching, other]) == {*touching, other}
    other.is_primary, other.employee = False, cast.ben
    assert rivals([*touching, other]) == set(touching)


@pytest.mark.parametrize("role", ["head", "acting head"])
def test_heads_of_one_department_may_meet_and_its_members_do_not(cast: Cast, role: str) -> None:
    ann, ben = factories.stay(cast.ann, cast.it, role=role), factories.stay(cast.ben, cast.it)
    assert rivals([ann, ben]) == set()
    ben.role = role
    assert rivals([ann, ben]) == {ann, ben}
    ann.role = "member"
    assert rivals([ann, ben]) == {ann, ben}, "one comes to where the other one was"


def test_whoever_comes_may_meet_who_was_there(cast: Cast) -> None:
    ann, ben = factories.stay(cast.ann, cast.it), factories.stay(cast.ben, cast.it)
    with db.session.no_autoflush:
        ben.employee = cast.ann  # its column follows when it is stored
        assert rivals([ann, ben]) == {ann, ben}
    db.session.rollback()
    new = DepartmentEmployeeLink(employee=cast.ann, department=cast.it, starts_on=date(2025, 1, 1))
    db.session.add(new)
    with db.session.no_autoflush:
        assert rivals([ann, ben, new]) == {ann, new}


def test_what_was_set_without_having_been_read_may_meet_any_other(cast: Cast) -> None:
    ann, ben = factories.stay(cast.ann, cast.it), factories.stay(cast.ben, cast.sales)
    db.session.expire_all()
    ann.employee_number = "1003"
    with db.session.no_autoflush:
        assert rivals([ann, ben]) == {ann, ben}


MEETING = "on one of these days."


@pytest.mark.parametrize(
    ("one", "other", "sentence"),
    [
        ({}, {"department_code": "IT"}, f"This person already has a stay in this department {MEETING}"),
        ({"is_primary": True}, {"is_primary": True}, f"This person already has a main department {MEETING}"),
        (
            {"role": "head"},
            {"role": "head", "employee_number": "1002", "department_code": "IT"},
            f"The department already has a head {MEETING}",
        ),
        (
            {"role": "acting head"},
            {"role": "acting head", "employee_number": "1002", "department_code": "IT"},
            f"The department already has an acting head {MEETING}",
        ),
        ({"is_primary": True, "role": "head"}, {"role": "head"}, ""),
        ({}, {"department_code": "IT", "starts_on": date(2024, 4, 1)}, ""),
    ],
)
def test_very_many_rows_are_asked_at_once_and_refused_as_one_is(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    one: dict[str, Any],
    other: dict[str, Any],
    sentence: str,
) -> None:
    """Whichever way they come: by hundreds of thousands they are not asked one by one."""
    monkeypatch.setattr(orders, "MANY", 1)
    usual = {"employee_number": "1001", "department_code": "IT", "is_primary": False, "role": "member"}
    usual |= {"starts_on": date(2024, 1, 1), "ends_before": date(2024, 4, 1)}
    rows = [{**usual, **one}, {**usual, "department_code": "SALES", "ends_before": None, **other}]
    table = take_for(Table, DepartmentEmployeeLink.__table__)
    before = schema.catalogue(db.session.connection())
    refused = pytest.raises(Refused, match=re.escape(sentence)) if sentence else nullcontext()
    with refused, writing() as work, orders.made_anew(work.session, table, len(rows)):
        insert_rows(work.session, table, rows)
    orders.make_missing()
    db.session.rollback()
    assert len(spans()) == (0 if sentence else 2)
    assert schema.catalogue(db.session.connection()) == before
