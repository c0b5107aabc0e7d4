"""The sum of FTE of a person, and the difference between a correction and a change."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.db import db
from hr.models import DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import SIDES, add, average, join, kept, new_row, refused, rows
from tests.pages import Page


@pytest.fixture(autouse=True)
def _in_may_2025(today: Callable) -> None:
    """The worked examples are seen on 2025-05-20."""


# --- rule 3: the sum of FTE of a person -----------------------------------------------------------------


def s1(client: Client, side: str, cast: Cast) -> Page:
    return add(client, side, cast.ann, cast.sales, fte="0.600", starts_on="2025-04-01", last_day="2025-06-30")


@SIDES
def test_s1_saving_warns_with_the_sum_and_its_days(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    answer = s1(client, side, cast).save()
    assert (answer.status, answer.stored) == (422, False)
    assert "Ann Lee would be at 1.100 FTE on 91 days, 1 Apr 2025 to 30 Jun 2025." in answer.errors
    assert "Yes, 1.100 FTE is meant" in answer.text
    assert len(rows()) == 1


@SIDES
def test_s1_is_stored_with_a_confirmation_and_a_reason(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    page = s1(client, side, cast).save()
    row = new_row(page)
    answer = page.type(**{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "1.100"}).save()
    assert answer.stored
    assert rows()[1] == ("1001", "SALES", "2025-04-01", "2025-06-30", "0.600")
    reasons = select(DepartmentEmployeeLink.overload_reason).order_by(DepartmentEmployeeLink.starts_on)
    assert db.session.scalars(reasons).all() == [None, "Cover"]


@SIDES
@pytest.mark.parametrize("given", [{"overload_reason": "Cover"}, {"overload_confirmed": "1.100"}])
def test_s1_needs_both(
    client: Client, cast: Cast, half_in_it: Employee, side: str, given: dict[str, str]
) -> None:
    page = s1(client, side, cast).save()
    row = new_row(page)
    assert not page.type(**{f"{row}-{name}": value for name, value in given.items()}).save().stored
    assert len(rows()) == 1


def test_a_confirmation_holds_up_to_the_sum_that_was_shown(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    page = s1(client, "person", cast).save()
    row = new_row(page)
    page.type(
        **{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "1.100", f"{row}-fte": "0.7"}
    )
    answer = page.save()
    assert not answer.stored
    assert "1.200 FTE on 91 days" in answer.errors


def test_s1_on_15_may(client: Client, cast: Cast, half_in_it: Employee) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", "2025-06-30", "0.600", overload_reason="Cover")
    page = Page(client, "/hr/departments?on=2025-05-15")
    people = {row[1]: row[2] for row in page.table}
    assert (people["IT"], people["SALES"]) == ("1", "1"), "headcount any"
    assert "1.10 FTE in 2 departments" in Page(client, "/hr/employees/1001?on=2025-05-15").text
    assert "0.50 FTE in 1 department" in Page(client, "/hr/employees/1001?on=2025-07-01").text
    assert round(average("1001", date(2025, 1, 1), date(2026, 1, 1)), 6) == Decimal("0.649589")


@SIDES
def test_more_than_two_is_refused_whatever_is_confirmed(client: Client, cast: Cast, side: str) -> None:
    factories.stay(cast.ann, cast.it, "2025-01-01", fte="1.000")
    third = factories.department("HR", "Human Resources")
    factories.stay(cast.ann, cast.sales, "2025-01-01", fte="1.000", overload_reason="Two jobs")
    page = add(client, side, cast.ann, third, fte="0.001", starts_on="2025-02-01", last_day="2025-02-01")
    row = new_row(page)
    page.type(**{f"{row}-overload_reason": "Cover", f"{row}-overload_confirmed": "2.001"})
    answer = page.save()
    assert not answer.stored
    assert "2.001 FTE on 1 day, 1 Feb 2025 to 1 Feb 2025. More than 2.000 cannot be stored." in answer.errors


def test_exactly_one_asks_nothing_and_exactly_two_can_be_confirmed(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01", fte="0.4")
        join(cast.ann, cast.sales, "2025-01-01", fte="0.6")
    with refused("2.000 FTE from 1 Jan 2026, open. Say why"):
        join(cast.ann, factories.Department(code="X", name="X"), "2026-01-01", fte="1")
    with kept():
        join(
            cast.ann, factories.Department(code="X", name="X"), "2026-01-01", fte="1", overload_reason="Asked"
        )


def test_a_stay_without_fte_counts_nothing(cast: Cast) -> None:
    with kept():
        join(cast.ann, cast.it, "2025-01-01", fte="1")
        join(cast.ann, cast.sales, "2025-01-01")


def test_who_is_above_one_already_can_be_changed_in_other_ways(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", "2025-06-30", "0.600", overload_reason="Cover")
    page = Page(client, "/hr/employees/1001").change("Sales", extra_data="part-time", fte="0.550")
    assert page.save().stored, "the sum falls, so nothing is asked"
    answer = Page(client, "/hr/employees/1001").change("Sales", fte="0.560").save()
    assert "1.060 FTE on 91 days" in answer.errors, "it rises, so it is asked again"


def test_ending_one_of_two_stays_asks_nothing(client: Client, cast: Cast, half_in_it: Employee) -> None:
    factories.stay(cast.ann, cast.sales, "2025-04-01", None, "0.600", overload_reason="Cover")
    assert Page(client, "/hr/employees/1001").change("Sales", last_day="2025-06-30").save().stored


# --- S4: correction or change ----------------------------------------------------------------------------


@SIDES
def test_s4_a_correction_keeps_one_row(client: Client, cast: Cast, half_in_it: Employee, side: str) -> None:
    url, whom = (
        ("/hr/employees/1001", "Information Technology")
        if side == "person"
        else ("/hr/departments/IT", "Ann Lee")
    )
    kept_id = db.session.scalar(select(DepartmentEmployeeLink.id))
    assert Page(client, url).change(whom, fte="0.6").save().stored
    assert rows() == [("1001", "IT", "2025-01-01", None, "0.600")]
    assert db.session.scalar(select(DepartmentEmployeeLink.id)) == kept_id
    quarters = [(date(2025, 1, 1), date(2025, 4, 1)), (date(2025, 4, 1), date(2025, 7, 1))]
    assert [average("1001", *quarter) for quarter in quarters] == [Decimal("0.6"), Decimal("0.6")]


@SIDES
def test_s4_a_change_makes_two_touching_rows(
    client: Client, cast: Cast, half_in_it: Employee, side: str
) -> None:
    page = add(client, side, cast.ann, cast.it, fte="0.6", starts_on="2025-04-01")
    whom = "Information Technology" if side == "person" else "Ann Lee"
    assert page.change(whom, last_day="2025-03-31").save().stored
    assert rows() == [
        ("1001", "IT", "2025-01-01", "2025-03-31", "0.500"),
        ("1001", "IT", "2025-04-01", None, "0.600"),
    ]
    assert average("1001", date(2025, 1, 1), date(2025, 4, 1)) == Decimal("0.5")
    assert average("1001", date(2025, 4, 1), date(2025, 7, 1)) == Decimal("0.6")
    assert round(average("1001", date(2025, 1, 1), date(2025, 7, 1)), 6) == Decimal("0.550276")
