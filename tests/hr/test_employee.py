"""One person: the page, the form with addresses and account, and the end."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.models import ChangeSet, User
from hr.models import Address, Department, DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def stored(number: str) -> Employee | None:
    return db.session.get(Employee, number)


@pytest.fixture
def adam(app: Flask, cast: Cast) -> Client:
    """A browser in which the administrator is signed in."""
    return app.test_client().sign_in(cast.administrator)


def edit(client: Client, number: str = "1001") -> Page:
    return Page(client, f"/hr/employees/{number}/edit")


# --- the page ------------------------------------------------------------------------------------------


def test_it_says_who_this_is(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500")
    factories.stay(cast.ann, cast.sales, "2024-01-01")
    page = Page(client, "/hr/employees/1001?on=2025-06-01")
    assert "1001 · filed as Lee, Ann · 0.50 FTE + 1 not stated in 2 departments" in page.text
    assert page.values("Information Technology", "fte") == ["0.500"]
    assert page.link("Sales") == "/hr/departments/SALES?on=2025-06-01", "on the same day"


def test_it_says_where_no_stay_states_an_fte(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    page = Page(client, "/hr/employees/1001")
    assert "FTE not stated in 1 department" in page.text
    assert "0.00" not in page.text


def test_stays_that_are_not_on_the_day_are_counted_and_led_to(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-06-30")
    factories.stay(cast.ann, cast.sales, "2025-01-01")
    page = Page(client, "/hr/employees/1001?on=2024-03-01")
    assert "Not on this day: 1 to come · Show all" in page.text
    assert page.link("1 to come") == "/hr/employees/1001?on=2024-03-01&span=future"
    page = Page(client, "/hr/employees/1001?on=2025-03-01")
    assert "Not on this day: 1 ended · Show all" in page.text
    assert "Not on this day" not in Page(client, str(page.link("Show all"))).text


def test_who_is_about_to_leave_has_not_left(client: Client, cast: Cast) -> None:
    cast.ann.left_on = date(2024, 6, 30)
    db.session.commit()
    assert "leaves 30 Jun 2024" in Page(client, "/hr/employees/1001?on=2024-06-30").text
    assert "left 30 Jun 2024" in Page(client, "/hr/employees/1001?on=2024-07-01").text


@pytest.mark.parametrize("address", ["9999", "9999/edit", "9999/delete"])
def test_an_unknown_number_is_not_found(client: Client, cast: Cast, address: str) -> None:
    assert client.get(f"/hr/employees/{address}").status_code == 404


def test_names_are_shown_as_they_are_written(client: Client, cast: Cast) -> None:
    factories.employee("<b>Bobby</b> & Co", "1010")
    page = Page(client, "/hr/employees/1010")
    assert "<b>Bobby</b> & Co" in page.text
    assert "<b>Bobby" not in page.html


# --- new and edit --------------------------------------------------------------------------------------


def test_a_person_is_added(client: Client) -> None:
    page = Page(client, "/hr/new-employee")
    page.type(number="2000", name=" Maria  del Mar Ruiz ", email="maria@example.org", hired_on="1 Feb 2025")
    answer = page.save()
    assert (answer.stored, answer.url) == (True, "/hr/employees/2000")
    maria = stored("2000")
    assert (maria.name, maria.sort_name, maria.email) == (
        "Maria del Mar Ruiz",
        "Ruiz, Maria del Mar",
        "maria@example.org",
    )
    assert (maria.hired_on, maria.left_on) == (date(2025, 2, 1), None)


def test_a_person_is_added_with_departments_that_are_here_or_new(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/new-employee").type(number="2000", name="Zoe Quinn")
    page.add(department="Sales", fte="1/2", starts_on="2025-01-01")
    page.add(department="Research", is_new="y", new_code="RES")
    assert page.save().stored
    assert {link.department_code: str(link.fte) for link in stored("2000").department_links} == {
        "SALES": "0.500",
        "RES": "None",
    }
    assert db.session.get(Department, "RES").name == "Research"


def test_save_and_add_another_keeps_what_the_next_row_shares(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/new-employee").type(number="2000", name="Zoe Quinn", hired_on="2025-02-01")
    page.add(department="Sales", fte="0.5", extra_data="part-time", starts_on="2025-02-01")
    answer = page.save(another="yes")
    assert answer.stored
    assert answer.url.startswith("/hr/new-employee?")
    kept = (
        "hired_on",
        "department_rows-0-fte",
        "department_rows-0-extra_data",
        "department_rows-0-starts_on",
    )
    assert [answer.fields[name] for name in kept] == ["1 Feb 2025", "0.5", "part-time", "2025-02-01"]
    assert (answer.fields["number"], answer.fields["name"]) == ("", "")
    answer.type(number="2001", name="Yan Li").add(department="Sales")
    assert answer.save().stored
    assert stored("2001").hired_on == date(2025, 2, 1)
    assert [str(link.fte) for link in stored("2001").department_links] == ["0.500"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": ""}, "Give the person a number."),
        ({"name": ""}, "Give the name."),
        ({"number": "a b"}, "Only letters, digits"),
        ({"number": "1001"}, "Another person has this number."),
        ({"email": "nobody"}, "This is not an e-mail address."),
        ({"hired_on": "3/4/2025"}, "can be read in two ways"),
        ({"left_on": "soon"}, "“soon” is not a day."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, cast: Cast, typed: dict[str, str], said: str
) -> None:
    page = Page(client, "/hr/new-employee").type(**({"number": "2000", "name": "Zoe Quinn"} | typed))
    page.add(department="Sales", fte="0.5")
    answer = page.save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {name: answer.fields[name] for name in typed} == typed
    assert answer.fields["department_rows-0-department"] == "Sales"
    assert stored("2000") is None
    assert db.session.scalars(select(DepartmentEmployeeLink)).all() == []


def test_the_persons_own_fields_and_a_stay_are_changed_in_one_save(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.5")
    page = edit(client).type(name="Ann Lee-Ray", email="ann@example.org", hired_on="2020-01-01")
    assert page.change("Information Technology", fte="0.6").save().stored
    ann = stored("1001")
    assert (ann.name, ann.sort_name, ann.email, ann.hired_on) == (
        "Ann Lee-Ray",
        "Lee-Ray, Ann",
        "ann@example.org",
        date(2020, 1, 1),
    )
    assert str(ann.department_links[0].fte) == "0.600"


def test_how_a_person_is_filed_can_be_said(client: Client, cast: Cast) -> None:
    assert edit(client).type(sort_name="Ray, Ann Lee").save().stored
    assert edit(client).type(name="Ann Lee Ray").save().stored
    assert stored("1001").sort_name == "Ray, Ann Lee", "what was said stays when the name changes"


def test_a_stale_form_shows_both_values_and_asks(client: Client, cast: Cast) -> None:
    mine = edit(client).type(email="mine@example.org")
    assert edit(client).type(email="theirs@example.org").save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “theirs@example.org”." in answer.errors
    assert stored("1001").email == "theirs@example.org"
    assert answer.save().stored
    assert stored("1001").email == "mine@example.org"


# --- addresses -----------------------------------------------------------------------------------------


def test_addresses_are_added_changed_and_removed(client: Client, cast: Cast) -> None:
    factories.address(cast.ann, "1 Mill Lane")
    factories.address(cast.ann, "2 High Street", kind="office")
    page = edit(client)
    first, second, spare = page.prefixes("address")
    page.type(**{f"{first}-city": "Ely", f"{second}-remove": "y"})
    page.type(**{f"{spare}-kind": "post", f"{spare}-lines": "PO Box 7\nNorth", f"{spare}-postcode": "CB7"})
    assert page.save().stored
    addresses = [
        (one.kind, one.lines.replace("\r", ""), one.postcode, one.city) for one in stored("1001").addresses
    ]
    assert addresses == [("home", "1 Mill Lane", None, "Ely"), ("post", "PO Box 7\nNorth", "CB7", None)]
    assert "1 Mill Lane, Ely" in Page(client, "/hr/employees/1001").text


def test_an_address_needs_a_street_or_a_city(client: Client, cast: Cast) -> None:
    answer = edit(client).type(**{"address_rows-0-country": "Peru"}).save()
    assert "Write a street or a city, or remove this address." in answer.errors
    assert answer.fields["address_rows-0-country"] == "Peru"


def test_a_new_person_has_an_address_at_once(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/new-employee").type(number="2000", name="Zoe Quinn")
    assert page.type(**{"address_rows-0-city": "Ely"}).save().stored
    assert [one.city for one in stored("2000").addresses] == ["Ely"]


def test_an_address_of_somebody_else_is_out_of_reach(client: Client, cast: Cast) -> None:
    other = factories.address(cast.ben, "2 High Street")
    answer = edit(client).type(**{"address_rows-0-id": str(other.id), "address_rows-0-lines": "Mine"}).save()
    assert "This address was removed meanwhile." in answer.errors
    assert db.session.scalars(select(Address.lines)).all() == ["2 High Street"]


# --- the account ---------------------------------------------------------------------------------------


def test_a_person_has_an_account(adam: Client, cast: Cast) -> None:
    assert edit(adam).type(account="EDITH@example.org ").save().stored
    assert stored("1001").account.name == "Edith Moss"
    assert "Signs in as edith@example.org" in Page(adam, "/hr/employees/1001").text
    assert edit(adam).fields["account"] == "edith@example.org"


def test_the_history_says_which_account_it_was(adam: Client, client: Client, cast: Cast) -> None:
    edit(adam).type(account="edith@example.org").save()
    edit(adam).type(account="").save()
    joined, left = db.session.scalars(select(ChangeSet.id).order_by(ChangeSet.id)).all()
    assert "Account none → Edith Moss" in Page(client, f"/history/{joined}").text
    assert "Account Edith Moss → none" in Page(client, f"/history/{left}").text
    assert "Account none → Edith Moss" in Page(client, "/hr/employees/1001").text
    assert client.get(f"/history/{joined}/undo").status_code == 403, "that is for administrators"
    shown = Page(adam, f"/history/{left}/undo").save()
    assert "Account none → Edith Moss" in shown.text
    assert shown.save(do="yes").stored
    cast.editor.name = "Erased person"
    db.session.commit()
    assert "Account none → Erased person" in Page(client, f"/history/{joined}").text


def test_an_account_that_does_not_exist_is_said(adam: Client, cast: Cast) -> None:
    answer = edit(adam).type(account="nobody@example.org").save()
    assert "No account signs in with this address." in answer.errors


def test_an_account_belongs_to_one_person(adam: Client, cast: Cast) -> None:
    assert edit(adam).type(account="edith@example.org").save().stored
    answer = edit(adam, "1002").type(account="edith@example.org").save()
    assert "This account belongs to Ann Lee." in answer.errors
    assert (stored("1002").account, stored("1001").account) == (None, db.session.get(User, cast.editor.id))


def test_an_account_can_be_taken_away_and_stays(adam: Client, cast: Cast) -> None:
    edit(adam).type(account="edith@example.org").save()
    assert edit(adam).type(account="").save().stored
    assert stored("1001").account is None
    assert db.session.get(User, cast.editor.id) is not None


def test_only_an_administrator_says_which_account_is_somebodys(client: Client, cast: Cast) -> None:
    page = edit(client)
    assert "account" not in page.fields
    assert "Signs in as no account" in page.text
    assert page.type(name="Ann L. Lee").save().stored, "everything else is saved as before"
    for email in ("adam@example.org", "nobody@example.org"):
        answer = client.post("/hr/employees/1001/edit", data={**edit(client).fields, "account": email})
        assert answer.status_code == 422
        assert "Only an administrator says which account is somebody’s." in answer.text
        assert "No account signs in with this address." not in answer.text, "it says of nobody who has one"
    assert stored("1001").account is None


def test_an_account_stays_where_somebody_else_saves_the_person(client: Client, cast: Cast) -> None:
    cast.ann.account = cast.administrator
    db.session.commit()
    page = edit(client)
    assert "Signs in as adam@example.org" in page.text
    assert page.type(name="Ann L. Lee").save().stored
    assert stored("1001").account.email == "adam@example.org"


# --- delete --------------------------------------------------------------------------------------------


def test_deleting_names_what_goes_with_it(client: Client, cast: Cast) -> None:
    for number in range(22):
        factories.stay(cast.ann, factories.department(f"D{number:02}"), f"2024-01-{number + 1:02}")
    factories.address(cast.ann)
    page = Page(client, "/hr/employees/1001/delete")
    assert "22 stays and 1 address go with this record; the departments stay." in page.text
    assert "Department D19 … and 2 more" in page.text


def test_deleting_needs_a_reason(client: Client, cast: Cast) -> None:
    answer = Page(client, "/hr/employees/1001/delete").type(reason="  ").save()
    assert (answer.status, answer.stored) == (422, False)
    assert stored("1001") is not None


def test_a_person_is_deleted_with_stays_and_addresses_and_the_rest_stays(
    client: Client, cast: Cast, today: Callable
) -> None:
    factories.stay(cast.ann, cast.it)
    factories.stay(cast.ben, cast.it)
    factories.address(cast.ann)
    cast.ann.account = cast.editor
    db.session.commit()
    answer = Page(client, "/hr/employees/1001/delete").type(reason="Entered twice").save()
    assert (answer.stored, answer.url) == (True, "/hr/employees")
    assert stored("1001") is None
    assert db.session.scalars(select(DepartmentEmployeeLink.employee_number)).all() == ["1002"]
    assert db.session.scalars(select(Address)).all() == []
    assert db.session.get(Department, "IT") is not None
    assert db.session.get(User, cast.editor.id) is not None
