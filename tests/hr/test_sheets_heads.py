"""Heads of departments from a file: the role is a fact of the stay, and never a second stay."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from hr.models import Department, DepartmentEmployeeLink, Employee
from tests import factories
from tests.importing import CommandLine, Said

Link = DepartmentEmployeeLink
HEAD = "employee,department,from,last day"
Row = tuple[str, str, str, str, str]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    factories.department("IT", "Technology")
    for number, name in (("1001", "Ann Lee"), ("1002", "Ben Okafor"), ("1003", "Cy Bell")):
        factories.employee(name, number, hired_on="2000-01-01")


def heads(run: CommandLine, lines: str, *options: str, head: str = HEAD) -> Said:
    return run("department-heads", f"{head}\n{lines}", *(options or ("--yes",)))


def stay(person: str, first: str, last: str | None = None, **facts: object) -> Link:
    who, it = db.session.get_one(Employee, person), db.session.get_one(Department, "IT")
    return factories.stay(who, it, first, last, **facts)  # type: ignore[arg-type]


def stored() -> list[Row]:
    """Person, first day, last day, role, FTE of each stay."""
    return [
        (
            one.employee_number,
            str(one.starts_on),
            str(one.last_day or "open"),
            one.role,
            str(one.fte) if one.fte is not None else "",
        )
        for one in db.session.scalars(select(Link).order_by(Link.employee_number, Link.starts_on))
    ]


def again(run: CommandLine, lines: str) -> None:
    before = [(one.id, one.version) for one in db.session.scalars(select(Link).order_by(Link.id))]
    said = heads(run, lines)
    assert "0 added, 0 changed" in said.text, said.text
    assert [(one.id, one.version) for one in db.session.scalars(select(Link).order_by(Link.id))] == before


def test_a_stay_is_divided_where_the_role_begins_and_ends(run: CommandLine) -> None:
    kept = stay("1001", "2020-01-01", "2024-12-31", fte="0.8", extra_data="part-time", is_primary=True).id
    line = "1001,IT,2021-01-01,2022-12-31\n"

    said = heads(run, line)

    assert "0 added, 1 changed" in said.text
    assert (
        "member 1 Jan 2020 to 31 Dec 2024 → member 1 Jan 2020 to 31 Dec 2020, "
        "then head 1 Jan 2021 to 31 Dec 2022, then member 1 Jan 2023 to 31 Dec 2024"
    ) in said.text
    assert stored() == [
        ("1001", "2020-01-01", "2020-12-31", "member", "0.800"),
        ("1001", "2021-01-01", "2022-12-31", "head", "0.800"),
        ("1001", "2023-01-01", "2024-12-31", "member", "0.800"),
    ]
    assert str(db.session.get_one(Link, kept).starts_on) == "2020-01-01"
    assert {(one.extra_data, one.is_primary) for one in db.session.scalars(select(Link))} == {
        ("part-time", True)
    }
    again(run, line)


def test_a_whole_stay_becomes_that_of_the_head(run: CommandLine) -> None:
    stay("1001", "2020-01-01", fte="1")

    heads(run, "1001,IT,2020-01-01,\n")

    assert stored() == [("1001", "2020-01-01", "open", "head", "1.000")]
    again(run, "1001,IT,2020-01-01,\n")


def test_a_head_without_a_stay_gets_one_and_that_is_said(run: CommandLine) -> None:
    said = heads(run, "1001,IT,2020-01-01,\n")

    assert "1 added" in said.text
    assert (
        "1001 has no stay in IT from 1 Jan 2020, open: one is made for the role, FTE not stated." in said.text
    )
    assert stored() == [("1001", "2020-01-01", "open", "head", "")]
    again(run, "1001,IT,2020-01-01,\n")


def test_days_before_after_and_between_stays_get_one_of_their_own(run: CommandLine) -> None:
    stay("1001", "2021-01-01", "2021-12-31", fte="0.5")
    stay("1001", "2023-01-01", fte="0.6")
    line = "1001,IT,2020-07-01,2023-06-30\n"

    heads(run, line)

    assert stored() == [
        ("1001", "2020-07-01", "2020-12-31", "head", ""),
        ("1001", "2021-01-01", "2021-12-31", "head", "0.500"),
        ("1001", "2022-01-01", "2022-12-31", "head", ""),
        ("1001", "2023-01-01", "2023-06-30", "head", "0.600"),
        ("1001", "2023-07-01", "open", "member", "0.600"),
    ]
    again(run, line)


def test_a_head_hands_over_in_the_next_file(run: CommandLine) -> None:
    """Ann led without a stay, Ben is a member who leads now: her own stay ends, his is divided."""
    stay("1002", "2019-01-01", fte="1")
    stay("1003", "2018-01-01", fte="1")
    heads(run, "1001,IT,2020-01-01,2020-12-31\n1003,IT,2021-01-01,\n")
    lines = "1002,IT,2023-01-01,\n1001,IT,2020-01-01,2021-06-30\n1003,IT,2021-07-01,2022-12-31\n"

    said = heads(run, lines)
    assert "On these days the department has a head already: 1003 in IT" in said.text

    lines = "1002,IT,2023-01-01,\n1003,IT,2021-01-01,2022-12-31\n1001,IT,2020-01-01,2020-06-30\n"
    said = heads(run, lines)

    assert said.status == 0, said.text
    assert "0 added, 3 changed" in said.text
    assert stored() == [
        ("1001", "2020-01-01", "2020-06-30", "head", ""),
        ("1002", "2019-01-01", "2022-12-31", "member", "1.000"),
        ("1002", "2023-01-01", "open", "head", "1.000"),
        ("1003", "2018-01-01", "2020-12-31", "member", "1.000"),
        ("1003", "2021-01-01", "2022-12-31", "head", "1.000"),
        ("1003", "2023-01-01", "open", "member", "1.000"),
    ]
    again(run, lines)


def test_a_stay_of_its_own_goes_on_when_the_head_does(run: CommandLine) -> None:
    heads(run, "1001,IT,2020-01-01,2020-12-31\n")

    said = heads(run, "1001,IT,2020-01-01,9999-12-31\n")

    assert "0 added, 1 changed" in said.text
    assert stored() == [("1001", "2020-01-01", "open", "head", "")]


def test_an_acting_head_stands_beside_a_head(run: CommandLine) -> None:
    lines = "1001,IT,2020-01-01,,\n1002,IT,2020-06-01,2020-08-31,acting head\n"

    said = heads(run, lines, head=f"{HEAD},role")

    assert said.status == 0, said.text
    assert [one[3] for one in stored()] == ["head", "acting head"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            "1001,IT,2020-01-01,\n1002,IT,2021-01-01,\n",
            "line 3: 1002, head of IT from 1 Jan 2021: On these days the department has a head already: "
            "1001 in IT, from 1 Jan 2020, open (line 2).",
        ),
        (
            "1003,IT,2021-01-01,\n",
            "On these days the department has a head already: 1003 in IT".replace("1003", "1002"),
        ),
        (
            "1001,IT,1999-01-01,2001-01-01\n",
            "The time as head begins before the person was hired (1 Jan 2000).",
        ),
        ("1001,IT,2020-01-01,2019-12-31\n", "The time as head would not last a day"),
        (
            "1001,IT,2020-01-01,2020-12-31\n1001,IT,2020-06-01,2021-12-31\n",
            "The file has this person as head on these days already: 1001 in IT, 1 Jan 2020 to",
        ),
        ("1001,XX,2020-01-01,\n", "There is no department “XX”."),
    ],
)
def test_a_head_is_refused_by_name(run: CommandLine, lines: str, reason: str) -> None:
    if lines.startswith("1003"):
        stay("1002", "2020-01-01", role="head")

    said = heads(run, lines)

    assert said.status == 1
    assert reason in said.text


def test_of_two_lines_about_one_time_the_first_counts(run: CommandLine) -> None:
    stay("1001", "2020-01-01", role="head", fte="1")
    lines = "1001,IT,2020-01-01,2021-12-31\n1001,IT,2020-01-01,2022-12-31\n1002,IT,2022-01-01,2022-06-30\n"

    said = heads(run, lines, "--valid-only")

    assert "line 3: 1001, head of IT from 1 Jan 2020: Line 2 is about the same time as head" in said.text
    assert [(one[0], one[2], one[3]) for one in stored()] == [
        ("1001", "2021-12-31", "head"),
        ("1001", "open", "member"),
        ("1002", "2022-06-30", "head"),
    ]
