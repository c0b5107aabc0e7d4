"""Departments, people and stays as files: what stands in them, and that they load back as they are."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.db import db
from core.sheets.mapping import open_questions, propose
from hr.models import DepartmentEmployeeLink as Link
from hr.models import Employee, JobTitle
from hr.sheets import SHEETS, exports
from tests import factories
from tests.cast import Cast
from tests.conftest import Client
from tests.exporting import FORMATS, column, lines, loaded_back, records, unchanged
from tests.importing import CommandLine

STAYS = "/hr/stays?span=all&download=stays"
every_format = pytest.mark.parametrize("format", FORMATS)


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


def title(person: Employee, words: str, first: str, last: str | None = None) -> None:
    made = JobTitle(employee=person, title=words, starts_on=date.fromisoformat(first))
    made.last_day = date.fromisoformat(last) if last else None
    db.session.add(made)
    db.session.commit()


@pytest.fixture
def staffed(cast: Cast, today: Callable[..., None]) -> Cast:
    """Stays of every kind: past, open, coming, headed, confirmed above 1.000, with and without an FTE."""
    cast.ann.hired_on, cast.ann.email = date(2019, 5, 1), "ann@example.org"
    cast.bill.left_on = date(2024, 12, 31)
    db.session.commit()
    factories.stay(cast.ann, cast.it, "2020-01-01", "2022-12-31", "0.500", extra_data="part-time")
    factories.stay(cast.ann, cast.it, "2023-01-01", fte="1.000", role="head", is_primary=True)
    factories.stay(cast.ann, cast.sales, "2024-01-01", fte="0.125", overload_reason="Both =for a while")
    factories.stay(cast.ben, cast.sales, "2025-06-16", fte="0.000")
    title(cast.ann, "Engineer", "2020-01-01", "2022-12-31")
    title(cast.ann, "=Senior Engineer", "2023-01-01")
    factories.stay(cast.bill, cast.sales, "2023-01-01", "2024-12-31", extra_data="+ weekends; -holidays")
    return cast


# --- what stands in the file ---------------------------------------------------------------------------


def test_a_stay_has_its_facts_and_the_names_of_both_sides(client: Client, staffed: Cast) -> None:
    assert records(client, f"{STAYS}.csv&sort=starts_on")[:3] == [
        {
            "Employee number": "1001", "Name of the person": "Ann Lee",
            "Department": "IT", "Department name": "Information Technology",
            "First day": "2020-01-01", "Last day": "2022-12-31", "FTE": "0.500", "Remark": "part-time",
            "Role": "member", "Main department": "no",
        },
        {
            "Employee number": "1001", "Name of the person": "Ann Lee",
            "Department": "IT", "Department name": "Information Technology",
            "First day": "2023-01-01", "Last day": "open", "FTE": "1.000",
            "Role": "head", "Main department": "yes",
        },
        {
            "Employee number": "1007", "Name of the person": "Bill Hart",
            "Department": "SALES", "Department name": "Sales",
            "First day": "2023-01-01", "Last day": "2024-12-31", "Remark": "'+ weekends;' -holidays",
            "Role": "member", "Main department": "no",
        },
    ]  # fmt: skip


def test_a_spreadsheet_has_days_and_numbers(client: Client, staffed: Cast) -> None:
    first = records(client, f"{STAYS}.xlsx&sort=starts_on")[0]
    assert first["Employee number"] == "1001", "a number of a person is a name, not a figure"
    assert (first["First day"], first["Last day"]) == (date(2020, 1, 1), date(2022, 12, 31))
    assert first["FTE"] == 0.5


def test_numbers_keep_their_zeros(client: Client) -> None:
    factories.employee("Ann Lee", "007")
    assert column(client, "/hr/employees?download=employees.xlsx", "Number") == ["007"]


# --- which rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ("", ["1001", "1002", "1003", "1007"]),
        ("q=ann", ["1001"]),
        ("sort=-number", ["1007", "1003", "1002", "1001"]),
        ("department=SALES", ["1001"]),
        ("department=SALES&on=2025-06-16", ["1001", "1002"]),
        ("department=SALES&on=2024-06-16", ["1001", "1007"]),
    ],
)
def test_the_file_has_whom_the_list_finds(
    client: Client, staffed: Cast, asked: str, numbers: list[str]
) -> None:
    found = column(client, f"/hr/employees?{asked}&download=employees.csv", "Number")
    assert sorted(found) == numbers if "sort" not in asked else found == numbers


def test_chosen_people_are_taken_away_alone(client: Client, staffed: Cast) -> None:
    url = "/hr/employees?key=1002&key=1003&download=employees.csv"
    assert sorted(column(client, url, "Number")) == ["1002", "1003"]


@pytest.mark.parametrize("sort", ["employee", "department", "starts_on"])
def test_chosen_stays_are_taken_away_alone(client: Client, staffed: Cast, sort: str) -> None:
    ids = db.session.scalars(select(Link.id).order_by(Link.id).limit(2)).all()
    url = f"/hr/stays?key={ids[0]}&key={ids[1]}&span=all&sort={sort}&download=stays.csv"
    assert len(lines(client, url)) == 1 + 2


@pytest.mark.parametrize(
    ("url", "days"),
    [
        (
            "/hr/employees?download=stays",
            ["2020-01-01", "2023-01-01", "2023-01-01", "2024-01-01", "2025-06-16"],
        ),
        ("/hr/employees?q=bill&download=stays", ["2023-01-01"]),
        ("/hr/employees?download=stays-of-the-day", ["2023-01-01", "2024-01-01"]),
        ("/hr/employees?on=2024-07-01&download=stays-of-the-day", ["2023-01-01", "2023-01-01", "2024-01-01"]),
        ("/hr/departments?q=sales&download=stays", ["2023-01-01", "2024-01-01", "2025-06-16"]),
        ("/hr/departments?q=sales&download=stays-of-the-day", ["2024-01-01"]),
        ("/hr/departments/SALES?download=stays", ["2024-01-01"]),
        ("/hr/departments/SALES?span=all&download=stays", ["2023-01-01", "2024-01-01", "2025-06-16"]),
        ("/hr/employees/1001?span=all&download=stays", ["2020-01-01", "2023-01-01", "2024-01-01"]),
    ],
)
def test_stays_go_with_their_people_and_departments(
    client: Client, staffed: Cast, url: str, days: list[str]
) -> None:
    assert sorted(column(client, f"{url}.csv", "First day")) == days


def test_a_filter_that_cannot_be_read_gives_no_file(client: Client, staffed: Cast) -> None:
    assert client.get("/hr/employees?fte_from=many&download=employees.csv").status_code == 400


# --- and back ------------------------------------------------------------------------------------------


@every_format
def test_what_was_taken_away_loads_back_unchanged(
    client: Client, run: CommandLine, staffed: Cast, format: str
) -> None:
    for kind, url, count in (
        ("departments", "/hr/departments?download=departments", 2),
        ("employees", "/hr/employees?download=employees", 4),
        ("department-links", STAYS, 5),
        ("department-links", "/hr/employees?download=stays", 5),
        ("department-heads", "/hr/departments?download=heads", 1),
        ("job-titles", "/hr/employees?download=job-titles", 2),
    ):
        assert loaded_back(run, client, kind, f"{url}.{format}") == unchanged(count)


@every_format
def test_an_end_that_was_taken_away_is_seen(
    client: Client, run: CommandLine, staffed: Cast, format: str
) -> None:
    """An open stay is said to be open, so a file from before an end would take the end back, and says so."""
    url = f"{STAYS}.{format}"
    path = run.folder / f"before.{format}"
    path.write_bytes(client.get(url, buffered=True).data)
    stay = db.session.get(Employee, "1002").department_links[0]  # type: ignore[union-attr]
    stay.last_day = date(2025, 12, 31)
    db.session.commit()
    assert "Last day: 31 Dec 2025 → open" in run("department-links", path).text


@every_format
def test_a_list_fills_an_empty_house(client: Client, run: CommandLine, staffed: Cast, format: str) -> None:
    taken = {
        kind: client.get(f"{url}.{format}", buffered=True).data
        for kind, url in (
            ("departments", "/hr/departments?download=departments"),
            ("employees", "/hr/employees?download=employees"),
            ("department-links", STAYS),
        )
    }
    before = {kind: lines(client, f"{STAYS}.csv") for kind in ("stays",)}
    for department in (staffed.it, staffed.sales):
        db.session.delete(department)
    for person in (staffed.ann, staffed.ben, staffed.john, staffed.bill):
        db.session.delete(person)
    db.session.commit()
    for kind, content in taken.items():
        path = run.folder / f"{kind}.{format}"
        path.write_bytes(content)
        assert run(kind, path, "--yes").status == 0
    assert {"stays": lines(client, f"{STAYS}.csv")} == before


def test_the_longest_names_come_back(client: Client, run: CommandLine) -> None:
    """Filed, a name is a comma longer than as it is said."""
    factories.employee(f"{'A' * 59} {'B' * 60}", "1")
    assert loaded_back(run, client, "employees", "/hr/employees?download=employees.csv") == unchanged(1)


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
ODD = st.sampled_from(
    ["=1+1", "'=1", "+49", "-", "''-x", "@me", "'s Hertogenbosch", '"', "a;=b", "＝", "007", "1e5"]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES | ODD, min_size=1, max_size=8))
def test_names_of_any_kind_come_back(client: Client, run: CommandLine, names: list[str]) -> None:
    """Whatever people are called, and however a remark begins."""
    with_words = [name for name in names if " ".join(name.split())]
    for number, name in enumerate(with_words):
        factories.employee(name, f"{number:04}")
    for format in FORMATS:
        url = f"/hr/employees?download=employees.{format}"
        if with_words:
            assert loaded_back(run, client, "employees", url) == unchanged(len(with_words))
    for person in db.session.query(Employee):
        db.session.delete(person)
    db.session.commit()


# --- names of the columns ------------------------------------------------------------------------------

# Other ways to say what a field that is taken away says.
SAID_OTHERWISE = {"first_name", "last_name", "ends_on", "ends_before"}


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("departments", exports.DEPARTMENT_COLUMNS),
        ("employees", exports.PERSON_COLUMNS),
        ("department-links", exports.STAY_COLUMNS),
        ("department-heads", exports.HEAD_COLUMNS),
        ("job-titles", exports.TITLE_COLUMNS),
    ],
)
def test_an_import_knows_each_column_and_asks_nothing(kind: str, columns: Any) -> None:
    sheet = SHEETS[kind]
    labels = [one.label for one in columns]
    mapped = propose(sheet, labels)
    assert mapped == {one.name: one.label for one in columns if sheet.field(one.name)}
    assert {field.name for field in sheet.fields} - mapped.keys() <= SAID_OTHERWISE
    assert not open_questions(sheet, mapped, {})


def test_each_kind_that_is_imported_is_taken_away_too() -> None:
    assert set(SHEETS) == {
        "departments",
        "employees",
        "department-links",
        "department-heads",
        "job-titles",
    }
