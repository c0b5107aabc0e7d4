"""The list of people: who is where on a day, and who is shown."""

import pytest

from core.db import db
from hr.models import Employee
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page

PEOPLE = {"Doe, John": "John", "Hart, Bill": "Bill", "Lee, Ann": "Ann", "Okafor, Ben": "Ben"}


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """On 2025-06-01: Ann part-time in IT and Sales, Ben full-time in IT; John left Sales in 2024."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", extra_data="part-time")
    factories.stay(cast.ann, cast.sales, "2025-01-01", fte="0.250")
    factories.stay(cast.ben, cast.it, "2024-01-01", extra_data="full-time")
    factories.stay(cast.john, cast.sales, "2024-01-01", "2024-12-31", extra_data="part-time")
    return cast


def names(client: Client, query: str) -> list[str]:
    return [PEOPLE[name] for name in Page(client, f"/hr/employees?{query}").first_column]


def test_it_shows_people_with_their_departments_on_the_day(client: Client, staffed: Cast) -> None:
    rows = {row[0]: row[1:5] for row in Page(client, "/hr/employees?on=2025-06-01").table}
    assert rows == {
        "Doe, John": ["1003", "none", "", ""],
        "Hart, Bill": ["1007", "none", "", ""],
        "Lee, Ann": ["1001", "Information Technology, Sales", "0.500 + 0.250", "part-time"],
        "Okafor, Ben": ["1002", "Information Technology", "not stated", "full-time"],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("on=2025-06-01&department=IT", ["Ann", "Ben"]),
        ("on=2025-06-01&department=SALES", ["Ann"]),
        ("on=2024-06-01&department=SALES", ["John"]),
        ("on=2025-06-01&department=NONE", []),
        ("on=2025-06-01&department=IT&arrangement=part-time", ["Ann"]),
        ("on=2025-06-01&department=IT&arrangement=full-time", ["Ben"]),
        ("on=2024-06-01&department=SALES&arrangement=part-time", ["John"]),
        ("on=2025-06-01&department=SALES&arrangement=part-time", ["Ann"]),
        ("on=2025-06-01&arrangement=other", []),
        ("on=2025-06-01&departments=0", ["John", "Bill"]),
        ("on=2025-06-01&departments=1", ["Ben"]),
        ("on=2025-06-01&departments=2%2B", ["Ann"]),
        ("on=2024-06-01&departments=2%2B", []),
        ("on=2024-06-01&departments=0", ["Bill"]),
        ("on=2025-06-01&departments=nonsense", []),
    ],
)
def test_it_answers_who_is_where(client: Client, staffed: Cast, query: str, expected: list[str]) -> None:
    assert names(client, query) == expected


def test_two_stays_in_one_department_are_one_department(client: Client, staffed: Cast) -> None:
    """Somebody who left and returned is in one department on any day."""
    factories.stay(staffed.john, staffed.sales, "2025-03-01")
    assert "John" not in names(client, "on=2025-06-01&departments=2%2B")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state=here&on=2025-06-30", ["John", "Bill", "Ann", "Ben"]),
        ("state=here&on=2025-07-01", ["Bill", "Ann", "Ben"]),
        ("state=here&on=2023-12-31", ["John", "Ann", "Ben"]),
        ("state=left&on=2025-07-01", ["John"]),
        ("state=left&on=2025-06-30", []),
    ],
)
def test_it_knows_who_works_here(client: Client, cast: Cast, query: str, expected: list[str]) -> None:
    Page(client, "/hr/employees/1003/edit").type(left_on="2025-06-30").save()
    Page(client, "/hr/employees/1007/edit").type(hired_on="2024-01-01").save()
    assert names(client, query) == expected


def test_who_has_no_hiring_day_comes_last(client: Client, cast: Cast) -> None:
    Page(client, "/hr/employees/1003/edit").type(hired_on="2024-01-01").save()
    Page(client, "/hr/employees/1007/edit").type(hired_on="2023-01-01").save()
    assert names(client, "sort=hired") == ["Bill", "John", "Ann", "Ben"]


def test_sorting_is_by_code_point_of_the_folded_name(client: Client, cast: Cast) -> None:
    for name in ("Ända Zz", "anders aa", "Zoë b", "Łucja Aa"):
        db.session.add(Employee(number=f"9{len(name)}{name[0]}", name=name, sort_name=name))
    db.session.commit()
    found = Page(client, "/hr/employees?q=a").first_column
    assert found == sorted(
        found, key=lambda name: name.casefold().replace("ä", "a").replace("ł", "l").replace("ë", "e")
    )


@pytest.mark.parametrize("day", ["", "soon", "3/4/2026", "2025-02-30"])
def test_a_day_that_cannot_be_read_is_today(client: Client, staffed: Cast, day: str) -> None:
    answer = client.get("/hr/employees", query_string={"on": day}, follow_redirects=True)
    assert answer.status_code == 200


def test_it_costs_the_same_for_many(client: Client, staffed: Cast, statements) -> None:
    with statements() as few:
        client.get("/hr/employees")
    for _ in range(30):
        factories.stay(factories.employee(), staffed.it)
    with statements() as many:
        client.get("/hr/employees")
    assert len(many) == len(few) <= 8


# --- by number, sum and role of the stays --------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("exactly=0", ["John", "Bill"]),
        ("exactly=1", ["Ben"]),
        ("exactly=2", ["Ann"]),
        ("exactly=3", []),
        ("departments=2%2B&exactly=2", ["Ann"]),
        ("departments=1&exactly=2", []),
        ("fte_from=0.75", ["Ann"]),
        ("fte_from=0.751", []),
        ("fte_to=0.5", ["Ben"]),
        ("fte_from=0&fte_to=0", ["Ben"]),
        ("load=unstated", ["Ben"]),
        ("load=above", []),
        ("role=head", []),
        ("role=member", ["Ann", "Ben"]),
        ("department=SALES&fte_from=0.7", ["Ann"]),
        ("q=1002", ["Ben"]),
    ],
)
def test_it_answers_how_many_departments_and_how_much(
    client: Client, staffed: Cast, query: str, expected: list[str]
) -> None:
    assert names(client, f"on=2025-06-01&{query}") == expected


def test_it_finds_who_is_above_a_whole_post_on_the_day(client: Client, staffed: Cast) -> None:
    """The stays of a day are added up, not those of all times."""
    factories.stay(staffed.ann, factories.department("HR"), "2025-03-01", "2025-06-30", fte="0.300")
    assert names(client, "load=above&on=2025-06-30") == ["Ann"]
    assert names(client, "load=above&on=2025-07-01") == []
    assert names(client, "load=above&on=2025-02-28") == []


def test_it_finds_who_heads_a_department(client: Client, staffed: Cast) -> None:
    factories.stay(staffed.bill, staffed.it, "2025-01-01", role="acting head")
    assert names(client, "on=2025-06-01&role=headed") == ["Bill"]
    assert names(client, "on=2025-06-01&role=headed&department=IT") == ["Bill"]
    assert names(client, "on=2025-06-01&role=headed&department=SALES") == []
    assert names(client, "on=2024-06-01&role=headed") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hired_from=2024-01-01", ["John", "Bill"]),
        ("hired_from=2024-01-02", ["Bill"]),
        ("hired_to=2024-01-01", ["John"]),
        ("hired_from=2024-01-01&hired_to=2024-12-31", ["John"]),
        ("left_from=2025-06-30&left_to=2025-06-30", ["John"]),
        ("left_from=2025-07-01", []),
        ("left_to=2025-06-29", []),
    ],
)
def test_it_finds_who_came_and_who_left(client: Client, cast: Cast, query: str, expected: list[str]) -> None:
    Page(client, "/hr/employees/1003/edit").type(hired_on="2024-01-01", left_on="2025-06-30").save()
    Page(client, "/hr/employees/1007/edit").type(hired_on="2025-02-01").save()
    assert names(client, query) == expected


# --- the day -------------------------------------------------------------------------------------------


def test_links_keep_the_day(client: Client, staffed: Cast) -> None:
    page = Page(client, "/hr/employees?on=2025-06-01")
    assert page.link("Lee, Ann") == "/hr/employees/1001?on=2025-06-01"
    assert page.link("Departments") == "/hr/departments?on=2025-06-01"
    assert page.link("New employee") == "/hr/new-employee?on=2025-06-01"
    assert Page(client, "/hr/employees").link("Lee, Ann") == "/hr/employees/1001"


def test_suggestions_are_about_the_day(client: Client, staffed: Cast) -> None:
    then = client.get("/hr/find/employees?q=john&department=SALES&on=2024-06-01").text
    now = client.get("/hr/find/employees?q=john&department=SALES&on=2025-06-01").text
    assert "already here" in then
    assert "already here" not in now
    there = client.get("/hr/find/departments?q=sales&employee=1003&on=2024-06-01").text
    assert "already here" in there
    page = client.get("/hr/departments/SALES?on=2024-06-01").text
    assert "/hr/find/employees?department=SALES&amp;on=2024-06-01" in page
