"""A number or a code that changes, and the day on which somebody leaves."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from hr.models import DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import kept, refused, rows
from tests.pages import Page


@pytest.fixture(autouse=True)
def _in_may_2025(today: Callable) -> None:
    """The worked examples are seen on 2025-05-20."""


# --- S5: a key changes, by the models ---------------------------------------------------------------------


@pytest.fixture
def bill_in_two(cast: Cast) -> Cast:
    """Bill, 1007, is in IT and in Sales, and has an address."""
    factories.stay(cast.bill, cast.it, "2024-01-01", fte="0.125")
    factories.stay(cast.bill, cast.sales, "2024-01-01", fte="0.250")
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.333")
    factories.address(cast.bill)
    return cast


def figures() -> tuple[int, int, Decimal | None, Decimal | None]:
    """How many stays, how many with both sides, the sum of FTE, the same found through both sides."""
    fte = func.sum(DepartmentEmployeeLink.fte)
    whole = db.session.execute(select(func.count(), fte).select_from(DepartmentEmployeeLink)).one()
    joined = select(func.count(), fte).select_from(DepartmentEmployeeLink)
    joined = joined.join(DepartmentEmployeeLink.employee).join(DepartmentEmployeeLink.department)
    found = db.session.execute(joined).one()
    return whole[0], found[0], whole[1], found[1]


def test_s5_every_stay_follows_a_new_number_and_a_new_code(bill_in_two: Cast) -> None:
    before = figures()
    assert before[0] == before[1] == 3
    with kept():
        bill_in_two.bill.number = "2007"
        bill_in_two.it.code = "ICT"
    assert figures() == before
    assert {row[:2] for row in rows()} == {("2007", "ICT"), ("2007", "SALES"), ("1001", "ICT")}
    assert db.session.get(Employee, "1007") is None
    assert [address.employee_number for address in db.session.get(Employee, "2007").addresses] == ["2007"]


def test_s5_an_existing_number_is_refused_and_nothing_changes(bill_in_two: Cast) -> None:
    before = figures()
    with refused("Another person has this number."):
        bill_in_two.bill.number = "1001"
    with refused("Another department has this code."):
        bill_in_two.it.code = "sales"
    assert figures() == before


def test_s5_on_the_edit_pages(client: Client, bill_in_two: Cast) -> None:
    before = figures()
    answer = Page(client, "/hr/employees/1007/edit").type(number="2007").save()
    assert (answer.stored, answer.url) == (True, "/hr/employees/2007")
    answer = Page(client, "/hr/departments/IT/edit").type(code="ICT").save()
    assert (answer.stored, answer.url) == (True, "/hr/departments/ICT")
    assert figures() == before
    assert {row[:2] for row in rows()} == {("2007", "ICT"), ("2007", "SALES"), ("1001", "ICT")}
    assert client.get("/hr/employees/1007").location == "/hr/employees/2007"


@pytest.mark.parametrize(
    ("url", "typed", "said"),
    [
        ("/hr/employees/1007/edit", {"number": "1001"}, "This number belongs to Ann Lee."),
        ("/hr/departments/IT/edit", {"code": "SALES"}, "This code belongs to Sales."),
        ("/hr/departments/IT/edit", {"code": "sales"}, "This code belongs to Sales."),
        ("/hr/departments/IT/edit", {"name": "SALES"}, "Another department has this name."),
    ],
)
def test_s5_what_exists_is_refused_on_the_edit_pages(
    client: Client, bill_in_two: Cast, url: str, typed: dict[str, str], said: str
) -> None:
    before = rows()
    answer = Page(client, url).type(**typed).save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {key: answer.fields[key] for key in typed} == typed, "what was typed is still there"
    assert rows() == before


def test_a_code_may_change_its_case(client: Client, bill_in_two: Cast) -> None:
    assert Page(client, "/hr/departments/IT/edit").type(code="it").save().stored
    assert {row[1] for row in rows()} == {"it", "SALES"}


def test_a_new_key_and_a_changed_stay_in_one_save(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/edit").type(number="2007")
    answer = page.change("Sales", fte="0.5").save()
    assert answer.stored, answer.errors
    assert ("2007", "SALES", "2024-01-01", None, "0.500") in rows()


def test_the_rules_hold_for_a_person_whose_number_changes_too(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/edit").type(number="2007", left_on="2025-06-30")
    assert "IT, from 1 Jan 2024, open: The stay goes on after the person left" in page.save().errors
    page = Page(client, "/hr/employees/1007/edit").type(number="2007").change("Sales", fte="1")
    assert "Bill Hart would be at 1.125 FTE" in page.save().errors
    page = Page(client, "/hr/employees/1007/edit").type(number="2007", left_on="2025-06-30", end_stays="y")
    assert page.save().stored
    assert {row[3] for row in rows() if row[0] == "2007"} == {"2025-06-30"}


def test_the_rules_hold_for_a_department_whose_code_changes_too(client: Client, bill_in_two: Cast) -> None:
    factories.stay(bill_in_two.ben, bill_in_two.it, "2024-01-01", role="head")
    page = Page(client, "/hr/departments/IT/edit").type(code="ICT").change("Ann Lee", role="head")
    assert "as head already" in page.save().errors


# --- leaving -------------------------------------------------------------------------------------------


def test_a_leaving_date_is_refused_while_stays_go_on_and_names_them(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30").save()
    assert not answer.stored
    assert "IT, from 1 Jan 2025, open: The stay goes on after the person left (30 Jun 2025)." in answer.errors
    assert db.session.get(Employee, "1001").left_on is None


def test_a_leaving_date_ends_the_stays_where_that_is_asked_for(
    client: Client, cast: Cast, half_in_it: Employee
) -> None:
    factories.stay(cast.ann, cast.sales, "2025-02-01", "2025-03-31")
    assert Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30", end_stays="y").save().stored
    assert rows() == [
        ("1001", "IT", "2025-01-01", "2025-06-30", "0.500"),
        ("1001", "SALES", "2025-02-01", "2025-03-31", None),
    ]
    assert db.session.get(Employee, "1001").left_on == date(2025, 6, 30)


def test_a_stay_that_would_only_begin_later_is_a_decision_of_its_own(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2025-08-01")
    answer = Page(client, "/hr/employees/1001/edit").type(left_on="2025-06-30", end_stays="y").save()
    assert "IT, from 1 Aug 2025, open" in answer.errors
    assert rows() == [("1001", "IT", "2025-08-01", None, None)]


def test_a_hiring_date_after_a_stay_is_refused(client: Client, cast: Cast, half_in_it: Employee) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-02").save()
    assert (
        "IT, from 1 Jan 2025, open: The first day is before the person was hired (2 Jan 2025)."
        in answer.errors
    )
    assert Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-01").save().stored


def test_a_leaving_date_before_the_hiring_is_refused(client: Client, cast: Cast) -> None:
    answer = Page(client, "/hr/employees/1001/edit").type(hired_on="2025-01-02", left_on="2025-01-01").save()
    assert "The last day worked is before the hiring day." in answer.errors
