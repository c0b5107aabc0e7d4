"""The list of departments, and their figures on a day."""

import pytest

from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.pages import Page


@pytest.fixture
def staffed(cast: Cast) -> Cast:
    """IT: a head with 1.000 and a part-timer without FTE; Sales: one who left in 2024."""
    factories.stay(cast.ann, cast.it, "2024-01-01", fte="1.000", role="head")
    factories.stay(cast.ben, cast.it, "2025-01-01", extra_data="part-time")
    factories.stay(cast.john, cast.sales, "2024-01-01", "2024-12-31", "0.500")
    return cast


def test_it_shows_the_figures_of_the_day(client: Client, staffed: Cast) -> None:
    assert Page(client, "/hr/departments?on=2025-06-01").table == [
        ["Information Technology", "IT", "2", "1.00 + 1 not stated", "1", "Ann Lee"],
        ["Sales", "SALES", "0", "0.00", "0", "vacant"],
    ]


def test_it_shows_the_figures_of_another_day(client: Client, staffed: Cast) -> None:
    assert Page(client, "/hr/departments?on=2024-06-01").table == [
        ["Information Technology", "IT", "1", "1.00", "0", "Ann Lee"],
        ["Sales", "SALES", "1", "0.50", "1", "vacant"],
    ]


def test_an_acting_head_goes_first(client: Client, staffed: Cast) -> None:
    factories.stay(staffed.john, staffed.it, "2025-05-01", "2025-05-31", role="acting head")
    heads = [
        Page(client, f"/hr/departments?on=2025-{day}").table[0][5] for day in ("04-30", "05-15", "06-01")
    ]
    assert heads == ["Ann Lee", "John Doe", "Ann Lee"]


def test_somebody_with_two_stays_on_a_day_is_one_person_in_each(client: Client, staffed: Cast) -> None:
    factories.stay(staffed.ann, staffed.sales, "2025-01-01")
    people = [row[2] for row in Page(client, "/hr/departments?on=2025-06-01").table]
    assert people == ["2", "1"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Sales"]),
        ("state=archived", ["Information Technology archived"]),
        ("state=all", 2),
        ("state=nonsense", []),
    ],
)
def test_archived_ones_are_shown_when_asked_for(
    client: Client, cast: Cast, query: str, expected: list[str] | int
) -> None:
    Page(client, "/hr/departments/IT/edit").type(archived_on="2025-01-31").save()
    found = Page(client, f"/hr/departments?{query}").first_column
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    ("q", "expected"), [("tech", ["Information Technology"]), ("sales", ["Sales"]), ("x", [])]
)
def test_it_finds_by_name_or_code(client: Client, cast: Cast, q: str, expected: list[str]) -> None:
    assert Page(client, f"/hr/departments?q={q}").first_column == expected


def test_nothing_there_says_how_to_begin(client: Client) -> None:
    page = Page(client, "/hr/departments")
    assert "No department here" in page.text
    assert page.link("New department") == "/hr/new-department"


def test_the_day_is_kept_on_the_way_to_a_department(client: Client, cast: Cast) -> None:
    page = Page(client, "/hr/departments?on=2024-06-15")
    assert page.link("Sales") == "/hr/departments/SALES?on=2024-06-15"


def test_it_costs_the_same_for_many(client: Client, staffed: Cast, statements) -> None:
    with statements() as few:
        client.get("/hr/departments")
    for number in range(30):
        factories.stay(staffed.bill, factories.department(f"D{number:02}"), "2024-01-01")
    with statements() as many:
        client.get("/hr/departments")
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("people=0", ["Empty"]),
        ("people=1%2B", ["Information Technology", "Sales"]),
        ("people_from=2", ["Information Technology"]),
        ("people_to=1", ["Empty", "Sales"]),
        ("people_from=1&people_to=1", ["Sales"]),
        ("people_from=0", ["Empty", "Information Technology", "Sales"]),
        ("head=vacant", ["Empty", "Information Technology"]),
        ("head=headed", ["Sales"]),
        ("head=acting", []),
        ("on=2024-06-01&people=0", ["Empty", "Sales"]),
        ("on=2024-06-01&head=headed", []),
        ("q=sal&people=1%2B", ["Sales"]),
    ],
)
def test_it_answers_which_departments(client: Client, cast: Cast, query: str, expected: list[str]) -> None:
    factories.department("NONE", "Empty")
    factories.stay(cast.ann, cast.it, "2024-01-01")
    factories.stay(cast.ben, cast.it, "2024-01-01")
    factories.stay(cast.ann, cast.sales, "2025-01-01", role="head")
    day = "" if "on=" in query else "on=2025-06-01&"
    assert Page(client, f"/hr/departments?{day}{query}").first_column == expected


def test_where_no_stay_states_an_fte_none_is_summed(client: Client, cast: Cast) -> None:
    factories.stay(cast.ann, cast.it, "2024-01-01")
    page = Page(client, "/hr/departments?q=Information")
    assert "0.00" not in page.text
    assert "IT 1 not stated 0" in page.text
