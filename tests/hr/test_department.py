"""One department: its page, its form, and its end."""

from datetime import date

import pytest
from sqlalchemy import func, select

from core.db import db
from core.models import ChangeSet
from hr.models import Department, DepartmentEmployeeLink, Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


def stored(code: str) -> Department | None:
    return db.session.get(Department, code)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- the page ------------------------------------------------------------------------------------------


def test_it_says_what_it_is_and_who_is_here(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", role="head")
    factories.stay(cast.ben, cast.it, "2024-01-01")
    page = Page(client, "/hr/departments/IT")
    assert "IT · 2 people · 0.50 FTE + 1 not stated · head Ann Lee" in page.text
    assert page.values("Ann Lee", "fte") == ["0.500"]
    assert page.values("Ben Okafor", "fte") == [""]


def test_it_shows_the_people_of_the_day(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01", "2024-12-31")
    factories.stay(cast.ben, cast.it, "2025-01-01")
    factories.stay(cast.john, cast.it, "2999-01-01")
    shown = {
        query: [name for name in ("Ann Lee", "Ben Okafor", "John Doe") if page.rows(name)]
        for query in ("on=2024-06-01", "on=2025-06-01", "span=all", "span=past", "span=future")
        if (page := Page(client, f"/hr/departments/IT?{query}"))
    }
    assert shown == {
        "on=2024-06-01": ["Ann Lee"],
        "on=2025-06-01": ["Ben Okafor"],
        "span=all": ["Ann Lee", "Ben Okafor", "John Doe"],
        "span=past": ["Ann Lee"],
        "span=future": ["John Doe"],
    }


@pytest.mark.parametrize(
    ("arrangement", "expected"),
    [
        ("part-time", ["Ann Lee", "Ben Okafor"]),
        ("full-time", ["John Doe"]),
        ("other", ["Bill Hart", "Kim Day"]),
    ],
)
def test_it_shows_the_part_time_people(
    client: Client, cast: Cast, arrangement: str, expected: list[str]
) -> None:
    factories.stay(cast.ann, cast.it, extra_data="part-time")
    factories.stay(cast.ben, cast.it, extra_data="full-time", fte="0.999")
    factories.stay(cast.john, cast.it, fte="1")
    factories.stay(cast.bill, cast.it)
    factories.stay(factories.employee("Kim Day"), cast.it, fte="0", extra_data="casual")
    page = Page(client, f"/hr/departments/IT?arrangement={arrangement}")
    everybody = ["Ann Lee", "Ben Okafor", "John Doe", "Bill Hart", "Kim Day"]
    assert [name for name in everybody if page.rows(name)] == expected


def test_it_finds_people_in_it(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    factories.stay(cast.ben, cast.it)
    page = Page(client, "/hr/departments/IT?q=okaf")
    assert (page.rows("Ann Lee"), len(page.rows("Ben Okafor"))) == ([], 1)


@pytest.mark.parametrize("address", ["NONE", "it", "%00", "IT/x", "NONE/edit", "NONE/delete"])
def test_an_unknown_code_is_not_found(client: Client, cast: Cast, address: str) -> None:
    assert client.get(f"/hr/departments/{address}").status_code in (404, 400)


def test_saving_again_leads_back_to_the_same_window(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    answer = Page(client, "/hr/departments/IT?q=lee&span=all").change("Ann Lee", fte="0.5").save()
    assert answer.stored
    assert answer.url == "/hr/departments/IT?q=lee&span=all"
    assert "Saved Information Technology: 1 changed." in answer.text


# --- new and edit --------------------------------------------------------------------------------------


def test_a_department_is_added(client: Client) -> None:
    answer = Page(client, "/hr/new-department").type(code=" R&D ", name="  Research   and more ").save()
    assert (answer.stored, answer.url) == (True, "/hr/departments/R&D")
    assert "Saved Research and more." in answer.text
    assert (stored("R&D").name, stored("R&D").archived_on) == ("Research and more", None)


def test_a_department_is_added_with_people_who_are_here_or_new(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/new-department").type(code="HR", name="Human Resources")
    page.add(employee="Ann Lee", fte="0.5", starts_on="2025-01-01")
    page.add(employee="Zoe Quinn", is_new="y", new_number="2000")
    assert page.save().stored
    assert {(link.employee_number, str(link.fte)) for link in stored("HR").employee_links} == {
        ("1001", "0.500"),
        ("2000", "None"),
    }
    assert db.session.get(Employee, "2000").sort_name == "Quinn, Zoe"


def test_save_and_add_another_begins_an_empty_form(client: Client) -> None:
    answer = Page(client, "/hr/new-department").type(code="A", name="A").save(another="yes")
    assert (answer.stored, answer.url) == (True, "/hr/new-department")
    assert (answer.fields["code"], answer.fields["name"]) == ("", "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "", "name": "A"}, "Give it a code, such as IT."),
        ({"code": "A", "name": ""}, "Give it a name."),
        ({"code": "A", "name": "   "}, "Give it a name."),
        ({"code": "a b", "name": "A"}, "Only letters, digits"),
        ({"code": ".a", "name": "A"}, "does not begin with a dot"),
        ({"code": "x" * 21, "name": "A"}, "At most 20 characters."),
        ({"code": "A", "name": "x" * 121}, "longer than 120"),
        ({"code": "it", "name": "A"}, "Another department has this code."),
        ({"code": "A", "name": "information  TECHNOLOGY"}, "Another department has this name."),
        ({"code": "A", "name": "A", "archived_on": "soon"}, "“soon” is not a day."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: Client, cast: Cast, typed: dict[str, str], said: str
) -> None:
    answer = Page(client, "/hr/new-department").type(**typed).save()
    assert (answer.status, answer.stored) == (422, False)
    assert said in answer.errors
    assert {name: answer.fields[name] for name in typed} == {
        name: value.strip() if name == "code" else value for name, value in typed.items()
    }
    assert count(Department) == 2


def test_a_department_is_changed(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    page = Page(client, "/hr/departments/IT/edit").type(name="Computing", archived_on="31 Jan 2025")
    assert page.change("Ann Lee", fte="1/4").save().stored
    assert (stored("IT").name, stored("IT").archived_on) == ("Computing", date(2025, 1, 31))
    assert str(stored("IT").employee_links[0].fte) == "0.250"


def test_a_stale_form_shows_both_values_and_asks(client: Client, cast: Cast) -> None:
    mine = Page(client, "/hr/departments/IT/edit").type(name="Mine")
    assert Page(client, "/hr/departments/IT/edit").type(name="Theirs").save().stored
    answer = mine.save()
    assert "Meanwhile this was stored as “Theirs”. Save again to replace it." in answer.errors
    assert stored("IT").name == "Theirs"
    assert answer.save().stored
    assert stored("IT").name == "Mine"


# --- delete --------------------------------------------------------------------------------------------


def test_deleting_names_what_goes_with_it(client: Client, cast: Cast) -> None:
    for number in range(23):
        factories.stay(factories.employee(f"Kim {number:02}"), cast.it)
    page = Page(client, "/hr/departments/IT/delete")
    assert "23 stays go with it; the people themselves stay." in page.text
    assert [f"{number:02}, Kim" in page.text for number in range(23)] == [True] * 20 + [False] * 3
    assert "… and 3 more" in page.text


def test_deleting_needs_a_reason(client: Client, cast: Cast) -> None:
    answer = Page(client, "/hr/departments/IT/delete").save()
    assert (answer.status, answer.stored) == (422, False)
    assert "Say why: its stays go with it." in answer.errors
    assert stored("IT") is not None


def test_a_department_is_deleted_with_its_stays_and_the_people_stay(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it)
    factories.stay(cast.ann, cast.sales)
    answer = Page(client, "/hr/departments/IT/delete").type(reason="Never existed").save()
    assert (answer.stored, answer.url) == (True, "/hr/departments")
    assert "Deleted Information Technology." in answer.text
    assert stored("IT") is None
    assert [link.department_code for link in db.session.get(Employee, "1001").department_links] == ["SALES"]
    assert count(DepartmentEmployeeLink) == 1
    assert db.session.scalars(select(ChangeSet.reason)).all() == ["Never existed"]


def test_looking_at_the_delete_page_deletes_nothing(client: Client, cast: Cast) -> None:
    client.get("/hr/departments/IT/delete")
    assert stored("IT") is not None


def test_replacing_a_stay_asks_why_as_removing_does(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    page = Page(client, "/hr/departments/IT").change("Ann Lee", employee=f"#{cast.ben.number}")
    refused = page.save()
    assert refused.status == 422
    assert "Say why" in refused.text
    answer = refused.type(reason="It was Ben all along").save()
    assert "1 added, 1 removed" in answer.text
    assert db.session.scalars(select(ChangeSet.reason)).all() == ["It was Ben all along"]


def test_the_next_free_number_is_as_long_as_the_others(client: Client, cast: Cast) -> None:
    factories.employee("Old Hand", number="00001001")
    page = Page(client, "/hr/departments/IT")
    page.add(employee="First New", is_new="y")
    page.add(employee="Second New", is_new="y")
    assert page.save().stored
    assert {"00001002", "00001003"} <= set(db.session.scalars(select(Employee.number)))
