"""The rules of staffing: on the page of a person, of a department, and wherever else is written."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db
from core.models import ChangeSet
from hr.models import Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import SIDES, add, average, join, kept, refused, rows
from tests.pages import Page


@pytest.fixture(autouse=True)
def _in_may_2025(today: Callable) -> None:
    """The worked examples are seen on 2025-05-20."""


# --- rule 1: dates, and the employment -----------------------------------------------------------------


@SIDES
def test_the_last_day_is_not_before_the_first(client: Client, cast: Cast, side: str) -> None:
    answer = add(client, side, cast.ann, cast.it, starts_on="2025-05-02", last_day="2025-05-01").save()
    assert not answer.stored
    assert "The last day is before the first day." in answer.errors
    assert rows() == []


@SIDES
def test_a_stay_may_last_one_day(client: Client, cast: Cast, side: str) -> None:
    assert add(client, side, cast.ann, cast.it, starts_on="2025-05-02", last_day="2025-05-02").save().stored
    assert rows() == [("1001", "IT", "2025-05-02", "2025-05-02", None)]


def test_the_database_refuses_a_stay_that_ends_before_it_begins(cast: Cast) -> None:
    with pytest.raises(IntegrityError):
        factories.stay(cast.ann, cast.it, "2025-05-02", "2025-05-01")
    db.session.rollback()


@SIDES
def test_nobody_works_before_being_hired_or_after_leaving(client: Client, cast: Cast, side: str) -> None:
    kim = factories.employee("Kim Day", "1010", hired_on="2024-01-01", left_on="2025-06-30")
    early = add(client, side, kim, cast.it, starts_on="2023-12-31", last_day="2025-06-30").save()
    assert "The first day is before the person was hired (1 Jan 2024)." in early.errors
    late = add(client, side, kim, cast.it, starts_on="2024-01-01").save()
    assert "The stay goes on after the person left (30 Jun 2025)." in late.errors
    assert rows() == []
    assert add(client, side, kim, cast.it, starts_on="2024-01-01", last_day="2025-06-30").save().stored


def test_the_employment_bounds_what_a_script_writes(cast: Cast) -> None:
    kim = factories.employee("Kim Day", "1010", hired_on="2024-01-01", left_on="2025-06-30")
    with refused("before the person was hired"):
        join(kim, cast.it, "2023-12-31", "2024-12-31")
    with refused("after the person left"):
        join(kim, cast.it, "2024-01-01", "2025-07-01")
    with kept():
        join(kim, cast.it, "2024-01-01", "2025-06-30")


# --- rule 2: no two stays of one person in one department meet ------------------------------------------


@pytest.fixture
def returned(cast: Cast) -> Employee:
    """S2: Ann left IT and returned."""
    factories.stay(cast.ann, cast.it, "2023-01-01", "2024-03-31", "1.000")
    factories.stay(cast.ann, cast.it, "2024-09-01", None, "0.800")
    return cast.ann


S2 = pytest.mark.parametrize(
    ("starts_on", "last_day", "meets"),
    [
        ("2024-03-31", "2024-08-31", "1 Jan 2023 to 31 Mar 2024"),
        ("2024-03-31", "2024-03-31", "1 Jan 2023 to 31 Mar 2024"),
        ("2024-04-01", None, "from 1 Sep 2024, open"),
        ("2024-04-01", "2024-09-01", "from 1 Sep 2024, open"),
        ("2024-04-01", "2024-08-31", None),
        ("2024-04-01", "2024-04-01", None),
        ("2024-08-31", "2024-08-31", None),
        ("2022-01-01", "2022-12-31", None),
        ("2026-01-01", "2026-01-31", "from 1 Sep 2024, open"),
    ],
)


@SIDES
@S2
def test_s2_a_further_stay_on_the_page(
    client: Client,
    cast: Cast,
    returned: Employee,
    side: str,
    starts_on: str,
    last_day: str | None,
    meets: str | None,
) -> None:
    page = add(client, side, returned, cast.it, starts_on=starts_on, last_day=last_day or "", fte="0.1")
    answer = page.save()
    assert answer.stored == (meets is None)
    if meets:
        said = f"Ann Lee is in Information Technology already, {meets}: the two stays would meet."
        assert said in answer.errors
    assert len(rows()) == (2 if meets else 3)


@S2
def test_s2_a_further_stay_by_a_script(
    cast: Cast, returned: Employee, starts_on: str, last_day: str | None, meets: str | None
) -> None:
    with refused(meets) if meets else kept():
        join(returned, cast.it, starts_on, last_day)


@S2
def test_s2_a_further_stay_by_the_database_itself(
    cast: Cast, returned: Employee, starts_on: str, last_day: str | None, meets: str | None
) -> None:
    if meets is None:
        factories.stay(returned, cast.it, starts_on, last_day)
        return
    with pytest.raises(IntegrityError, match="ex_department_employee_link_pair"):
        factories.stay(returned, cast.it, starts_on, last_day)
    db.session.rollback()


def test_s2_between_the_two_stays_ann_is_nowhere(client: Client, returned: Employee) -> None:
    page = Page(client, "/hr/employees/1001?on=2024-06-15")
    assert page.rows("Information Technology") == []
    assert "0.00 FTE in 0 departments" in page.text
    assert Page(client, "/hr/employees/1001?on=2024-03-31").values("Information Technology", "fte") == [
        "1.000"
    ]
    assert Page(client, "/hr/employees/1001?on=2024-09-01").values("Information Technology", "fte") == [
        "0.800"
    ]


def test_s2_the_average_of_2024(returned: Employee) -> None:
    assert round(average("1001", date(2024, 1, 1), date(2025, 1, 1)), 6) == Decimal("0.515301")


def test_one_person_may_be_in_two_departments_and_two_people_in_one(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01")
        join(cast.ann, cast.sales, "2025-01-01")
        join(cast.ben, cast.it, "2025-01-01")
    assert len(rows()) == 3


def test_two_new_stays_that_meet_are_refused_at_both_rows(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/employees/1001")
    page.add(department="#IT", starts_on="2025-01-01", last_day="2025-03-31")
    page.add(department="#IT", starts_on="2025-03-31")
    answer = page.save()
    assert "from 31 Mar 2025, open: the two stays would meet" in answer.errors
    assert "1 Jan 2025 to 31 Mar 2025: the two stays would meet" in answer.errors
    assert rows() == []


# --- rule 4: one main department, one head --------------------------------------------------------------


@SIDES
def test_a_person_has_one_main_department_a_day(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", is_primary=True)
    answer = add(client, side, cast.ann, cast.sales, starts_on="2025-04-01", is_primary="y").save()
    assert "The main department of Ann Lee is #IT already, from 1 Jan 2025, open." in answer.errors.replace(
        "Information Technology", "#IT"
    )
    assert len(rows()) == 1


def test_the_main_department_may_change_from_one_day_to_the_next(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", "2025-03-31", is_primary=True)
    assert add(client, "person", cast.ann, cast.sales, starts_on="2025-04-01", is_primary="y").save().stored


@SIDES
@pytest.mark.parametrize("role", ["head", "acting head"])
def test_a_department_has_one_of_each_head_a_day(client: Client, cast: Cast, side: str, role: str) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role=role)
    answer = add(client, side, cast.ann, cast.it, starts_on="2025-04-01", role=role).save()
    assert re.search(
        rf"Information Technology has (Ben Okafor|#1002) as {role} already, from 1 Jan 2025, open\.",
        answer.errors,
    )
    assert len(rows()) == 1


def test_a_head_and_an_acting_head_stand_side_by_side(client: Client, cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role="head")
    assert add(client, "person", cast.ann, cast.it, starts_on="2025-04-01", role="acting head").save().stored
    assert "head Ann Lee" in Page(client, "/hr/departments/IT").text, "the acting one goes first"


def test_rule_4_holds_for_scripts_and_in_the_database(cast: Cast) -> None:
    factories.stay(cast.ben, cast.it, "2025-01-01", role="head", is_primary=True)
    with refused("as head already"):
        join(cast.ann, cast.it, "2025-04-01", role="head")
    with refused("main department"):
        join(cast.ben, cast.sales, "2025-04-01", is_primary=True)
    for who, where, facts in (
        (cast.ann, cast.it, {"role": "head"}),
        (cast.ben, cast.sales, {"is_primary": True}),
    ):
        with pytest.raises(IntegrityError):
            factories.stay(who, where, "2025-04-01", **facts)
        db.session.rollback()


# --- rule 5: ending is normal, removing needs a reason ---------------------------------------------------


@SIDES
def test_removing_a_stay_needs_a_reason(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01")
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    answer = Page(client, url).change(whom, remove="y").save()
    assert "Say why. If somebody left, give a last day instead of removing." in answer.errors
    assert len(rows()) == 1
    assert answer.type(reason="Typed by mistake").save().stored
    assert rows() == []
    assert db.session.scalars(select(ChangeSet.reason)).all() == ["Typed by mistake"]


@SIDES
def test_ending_a_stay_needs_none(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01")
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    assert Page(client, url).change(whom, last_day="2025-05-31").save().stored
    assert rows() == [("1001", "IT", "2025-01-01", "2025-05-31", None)]
