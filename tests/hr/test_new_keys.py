"""New numbers and codes, by function and by page: everything follows, old ones lead there. S5."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.db import db
from core.writing import Refused, writing
from hr import operations, queries
from hr.models import Department, DepartmentAlias, DepartmentEmployeeLink, Employee, EmployeeAlias
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.hr.stays import rows
from tests.pages import Page


@pytest.fixture
def bill_in_two(cast: Cast) -> Cast:
    """Bill, 1007, is in IT and in Sales, and has an address."""
    factories.stay(cast.bill, cast.it, "2024-01-01", fte="0.125")
    factories.stay(cast.bill, cast.sales, "2024-01-01", fte="0.250")
    factories.address(cast.bill)
    return cast


def figures() -> tuple[int, Decimal | None]:
    """How many stays have both their sides, and their exact sum."""
    wanted = select(func.count(), func.sum(DepartmentEmployeeLink.fte)).join(DepartmentEmployeeLink.employee)
    count, fte = db.session.execute(wanted.join(DepartmentEmployeeLink.department)).one()
    return count, fte


def renumber(old: str, new: str) -> None:
    db.session.rollback()
    with writing(operations.check) as work:
        operations.renumber(work, db.session.get_one(Employee, old), new)


def recode(old: str, new: str) -> None:
    db.session.rollback()
    with writing(operations.check) as work:
        operations.recode(work, db.session.get_one(Department, old), new)


def test_s5_every_row_follows_and_the_old_keys_lead_to_the_new_ones(bill_in_two: Cast) -> None:
    before = figures()
    assert before == (2, Decimal("0.375"))
    renumber("1007", "2007")
    recode("IT", "ICT")
    assert figures() == before
    assert {row[:2] for row in rows()} == {("2007", "ICT"), ("2007", "SALES")}
    assert queries.current_number("1007") == "2007"
    assert queries.current_code("it") == "ICT"
    with writing():
        (found,) = queries.employees_meant({"1007": ""})["1007"]
    assert found.number == "2007"


def test_s5_a_number_of_somebody_else_is_refused_and_nothing_changes(bill_in_two: Cast) -> None:
    before = rows()
    with pytest.raises(Refused, match="This number belongs to Ann Lee"):
        renumber("1007", "1001")
    assert rows() == before
    assert db.session.scalars(select(EmployeeAlias)).all() == []


def test_a_chain_of_numbers_leads_to_the_last_one(bill_in_two: Cast) -> None:
    renumber("1007", "2007")
    renumber("2007", "3007")
    assert queries.current_number("1007") == queries.current_number("2007") == "3007"


def test_ones_own_old_number_can_be_taken_back(bill_in_two: Cast) -> None:
    renumber("1007", "2007")
    renumber("2007", "1007")
    assert [alias.old for alias in db.session.scalars(select(EmployeeAlias))] == ["2007"]


def test_an_old_number_of_somebody_else_is_no_new_number(bill_in_two: Cast) -> None:
    renumber("1007", "2007")
    with pytest.raises(Refused, match="This number belongs to Bill Hart"):
        renumber("1001", "1007")
    with pytest.raises(Refused, match="Bill Hart had the number 1007 before"), writing(operations.check):
        db.session.add(Employee(name="New One", number="1007"))


def test_an_old_code_is_no_code_of_another_department(bill_in_two: Cast) -> None:
    recode("IT", "ICT")
    with (
        pytest.raises(Refused, match="Information Technology had the code It before"),
        writing(operations.check),
    ):
        db.session.add(Department(code="It", name="Italian"))


def test_only_another_way_of_writing_it_keeps_no_old_code(bill_in_two: Cast) -> None:
    recode("IT", "It")
    assert db.session.scalars(select(DepartmentAlias)).all() == []


# --- by page ---------------------------------------------------------------------------------------


def test_s5_the_page_says_first_what_goes_along(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/renumber").type(number="2007").save()
    assert "These go along: 1 address and 2 stays." in page.text
    assert "Number 1007 → 2007" in page.text
    assert {row[0] for row in rows()} == {"1007"}
    page = page.save(do="yes")
    assert page.stored
    assert page.url == "/hr/employees/2007"
    assert {row[0] for row in rows()} == {"2007"}


def test_s5_old_addresses_lead_to_the_person_of_today(client: Client, bill_in_two: Cast) -> None:
    renumber("1007", "2007")
    assert (
        client.get("/hr/employees/1007/edit?on=2024-05-01").location
        == "/hr/employees/2007/edit?on=2024-05-01"
    )


def test_s5_an_existing_number_is_refused_with_the_offer_to_merge(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/renumber").type(number="1001").save()
    assert page.status == 422
    assert "This number belongs to Ann Lee. If they are the same person, merge them." in page.errors
    assert page.link("Merge the two…") == "/hr/merge-people?key=1001&key=1007"


def test_a_department_gets_another_code(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/departments/IT/recode").type(code="ICT").save()
    assert "This goes along: 1 stay." in page.text
    assert page.save(do="yes").url == "/hr/departments/ICT"
    page = Page(client, "/hr/departments/SALES/recode").type(code="it").save()
    assert "This code belongs to Information Technology." in page.errors


def test_a_number_that_cannot_be_one_is_said_at_its_field(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007/renumber").type(number="20 07").save()
    assert "Only letters, digits, - _ . & are possible here." in page.errors


def test_the_form_of_a_person_keeps_the_old_number_too(client: Client, bill_in_two: Cast) -> None:
    assert Page(client, "/hr/employees/1007/edit").type(number="2007").save().stored
    assert queries.current_number("1007") == "2007"
    page = Page(client, "/hr/employees/2007/edit").type(number="1001").save()
    assert "This number belongs to Ann Lee." in page.errors


def test_a_page_that_was_open_before_is_saved_under_the_new_number(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/departments/IT").change("Bill Hart", fte="0.5")
    renumber("1007", "2007")
    assert page.save().stored
    assert ("2007", "IT", "2024-01-01", None, "0.500") in rows()


def test_a_page_that_was_open_before_is_saved_under_the_new_code(client: Client, bill_in_two: Cast) -> None:
    page = Page(client, "/hr/employees/1007").change("Information Technology", fte="0.5")
    recode("IT", "ICT")
    assert page.save().stored
    assert ("1007", "ICT", "2024-01-01", None, "0.500") in rows()
