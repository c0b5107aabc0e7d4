"""The list of stays: who is where, on the day or at any time, found by the facts of each link."""

import re

import pytest

from core.db import db
from hr.models import DepartmentAlias, EmployeeAlias
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """On 2025-06-01: Ann in IT (her main one) and Sales, Ben in IT, Bill heads Sales; John has left."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="0.500", extra_data="part-time", is_primary=True)
    factories.stay(cast.ann, cast.sales, "2025-01-01", "2025-08-31", fte="0.250")
    factories.stay(cast.ben, cast.it, "2024-01-01", extra_data="full-time", fte="1")
    factories.stay(cast.bill, cast.sales, "2025-02-01", "2025-12-31", role="head")
    factories.stay(cast.john, cast.sales, "2024-01-01", "2024-12-31", extra_data="casual", fte="0")
    factories.stay(cast.ann, cast.sales, "2026-01-01", role="acting head")
    return cast


def found(client: Client, query: str) -> list[str]:
    """The stays that are found, as “Lee SALES”."""
    page = Page(client, f"/hr/stays?on=2025-06-01&columns=person,code&{query}")
    assert page.status == 200
    return [f"{person.split(',')[0]} {code}" for person, code in page.table]


def test_it_shows_each_stay_with_its_facts(client: Client, staffed: Cast) -> None:
    page = Page(client, "/hr/stays?on=2025-06-01")
    assert page.table == [
        ["Hart, Bill", "Sales", "not stated", "", "head", "", "1 Feb 2025", "31 Dec 2025"],
        ["Lee, Ann", "Information Technology", "0.500", "part-time", "member", "yes", "1 Jan 2024", "open"],
        ["Lee, Ann", "Sales", "0.250", "", "member", "", "1 Jan 2025", "31 Aug 2025"],
        ["Okafor, Ben", "Information Technology", "1.000", "full-time", "member", "", "1 Jan 2024", "open"],
    ]


def test_each_row_leads_to_both_sides_on_the_same_day(client: Client, staffed: Cast) -> None:
    page = Page(client, "/hr/stays?on=2025-06-01")
    assert page.link("Hart, Bill") == "/hr/employees/1007?on=2025-06-01"
    assert page.link("Sales") == "/hr/departments/SALES?on=2025-06-01"
    today = Page(client, "/hr/stays?span=all")
    assert today.link("Hart, Bill") == "/hr/employees/1007"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("span=past", ["Doe SALES"]),
        ("span=future", ["Lee SALES"]),
        ("span=all&department=SALES", ["Doe SALES", "Hart SALES", "Lee SALES", "Lee SALES"]),
        ("department=Sales", ["Hart SALES", "Lee SALES"]),
        ("department=Sales+%23SALES", ["Hart SALES", "Lee SALES"]),
        ("department=NONE", []),
        ("employee=%231001", ["Lee IT", "Lee SALES"]),
        ("employee=Ann+Lee", ["Lee IT", "Lee SALES"]),
        ("employee=Lee,+Ann", ["Lee IT", "Lee SALES"]),
        ("employee=1002", ["Okafor IT"]),
        ("q=lee", ["Lee IT", "Lee SALES"]),
        ("q=1002", ["Okafor IT"]),
        ("q=sales", []),
        ("arrangement=part-time", ["Lee IT", "Lee SALES"]),
        ("arrangement=full-time", ["Okafor IT"]),
        ("arrangement=other", ["Hart SALES"]),
        ("role=head", ["Hart SALES"]),
        ("role=headed&span=all", ["Hart SALES", "Lee SALES"]),
        ("role=acting+head&span=all", ["Lee SALES"]),
        ("primary=yes", ["Lee IT"]),
        ("primary=no", ["Hart SALES", "Lee SALES", "Okafor IT"]),
        ("fte_from=0.5", ["Lee IT", "Okafor IT"]),
        ("fte_from=1/4&fte_to=50+%25", ["Lee IT", "Lee SALES"]),
        ("fte_to=0&span=all", ["Doe SALES"]),
        ("fte=none", ["Hart SALES"]),
        ("fte=stated", ["Lee IT", "Lee SALES", "Okafor IT"]),
        ("ends_from=2025-08-31", ["Hart SALES", "Lee SALES"]),
        ("ends_from=2025-09-01", ["Hart SALES"]),
        ("ends_to=2025-08-31", ["Lee SALES"]),
        ("ends_to=2025-08-30", []),
        ("begins_from=2025-01-01&begins_to=2025-01-31", ["Lee SALES"]),
        ("department=SALES&arrangement=part-time&fte_to=0.3", ["Lee SALES"]),
    ],
)
def test_it_answers_which_stays(client: Client, staffed: Cast, query: str, expected: list[str]) -> None:
    assert found(client, query) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("department", ["Lee IT", "Okafor IT", "Hart SALES", "Lee SALES"]),
        ("fte", ["Hart SALES", "Lee SALES", "Lee IT", "Okafor IT"]),
        ("-fte", ["Okafor IT", "Lee IT", "Lee SALES", "Hart SALES"]),
        ("last_day", ["Lee SALES", "Hart SALES", "Lee IT", "Okafor IT"]),
        ("-starts_on", ["Hart SALES", "Lee SALES", "Okafor IT", "Lee IT"]),
    ],
)
def test_it_can_be_sorted_by_the_facts(client: Client, staffed: Cast, sort: str, expected: list[str]) -> None:
    assert found(client, f"sort={sort}") == expected


def test_a_former_number_finds_the_stays_of_today(client: Client, staffed: Cast) -> None:
    db.session.add(EmployeeAlias(old="77", employee=staffed.ben))
    db.session.add(DepartmentAlias(old="EDP", department=staffed.it))
    db.session.commit()
    assert found(client, "employee=77&department=EDP") == ["Okafor IT"]


@pytest.mark.parametrize(
    ("url", "count"),
    [
        ("/hr/departments/SALES?span=all&on=2025-06-01&q=lee", 2),
        ("/hr/departments/SALES?arrangement=part-time&on=2025-06-01", 1),
        ("/hr/employees/1001?on=2025-06-01", 2),
        ("/hr/employees/1001?on=2025-06-01&span=future", 1),
    ],
)
def test_a_page_with_stays_leads_to_the_same_ones_to_choose_from(
    client: Client, staffed: Cast, url: str, count: int
) -> None:
    table = Page(client, url)
    shown = {value for name, value in table.fields.items() if name.endswith("-identity") and value}
    to_choose = re.findall(r'name="key" value="(\d+)"', client.get(table.link("Select stays…") or "").text)
    assert len(to_choose) == count
    assert set(to_choose) == shown


def test_it_is_in_the_navigation(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/stays?on=2025-06-01")
    assert page.link("Stays") == "/hr/stays?on=2025-06-01"
    assert 'href="/hr/stays?on=2025-06-01" aria-current="page"' in page.html
