"""Job titles from a file: what a line becomes, and why it is refused."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from hr.models import EmployeeAlias, JobTitle
from tests import factories
from tests.importing import CommandLine, Said

HEAD = "emp_no,title,from,last day"


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture(autouse=True)
def people(app: Flask) -> None:
    ann = factories.employee("Ann Lee", "1001", hired_on="2000-01-01", left_on="2024-12-31")
    ann.aliases.append(EmployeeAlias(old="7"))
    factories.employee("Ben Okafor", "1002")


def titles(run: CommandLine, lines: str, *options: str) -> Said:
    return run("job-titles", f"{HEAD}\n{lines}", *(options or ("--yes",)))


def stored() -> list[tuple[str, str, str, str]]:
    wanted = select(JobTitle).order_by(JobTitle.employee_number, JobTitle.starts_on, JobTitle.title_key)
    return [
        (one.employee_number, one.title, str(one.starts_on), str(one.last_day or "open"))
        for one in db.session.scalars(wanted)
    ]


def test_titles_are_stored_once(run: CommandLine) -> None:
    lines = "1002,Engineer,2020-01-01,2020-12-31\n1002,Senior  Engineer,2021-01-01,\n"
    lines += "7,Staff,2020-01-01,2021-01-01\n"

    said = titles(run, lines)
    assert "3 added" in said.text
    assert "7 is 1001 now." in said.text
    assert stored() == [
        ("1001", "Staff", "2020-01-01", "2021-01-01"),
        ("1002", "Engineer", "2020-01-01", "2020-12-31"),
        ("1002", "Senior Engineer", "2021-01-01", "open"),
    ]
    assert "0 added, 0 changed, 3 unchanged" in titles(run, lines).text


def test_a_title_changes_its_spelling_and_its_days(run: CommandLine) -> None:
    titles(run, "1002,engineer,2020-01-01,2020-06-30\n1002,engineer,2020-07-01,\n")

    said = titles(run, "1002,Engineer,2020-10-01,\n1002,Engineer,2020-01-01,2020-09-30\n")

    assert "0 added, 2 changed" in said.text
    assert "Title: engineer → Engineer" in said.text
    assert stored() == [
        ("1002", "Engineer", "2020-01-01", "2020-09-30"),
        ("1002", "Engineer", "2020-10-01", "open"),
    ]


def test_two_titles_at_once_are_possible(run: CommandLine) -> None:
    assert titles(run, "1002,Engineer,2020-01-01,\n1002,Safety officer,2020-06-01,\n").status == 0
    assert len(stored()) == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            "1002,Engineer,2020-01-01,\n1002,ENGINEER,2021-01-01,\n",
            "line 3: 1002, ENGINEER from 1 Jan 2021: On these days the person has this title already: "
            "1002 as engineer, from 1 Jan 2020, open (line 2).",
        ),
        ("1001,Staff,1999-12-31,2000-06-30\n", "The title begins before the person was hired (1 Jan 2000)."),
        ("1001,Staff,2020-01-01,\n", "The title goes on after the person's last day (31 Dec 2024)."),
        ("1002,Staff,2020-01-01,2019-12-31\n", "A title of zero length is not stored."),
        ("1002,,2020-01-01,\n", "“Title” is missing."),
        ("9,Staff,2020-01-01,\n", "No employee has the number “9”."),
    ],
)
def test_a_title_is_refused_with_the_reason(run: CommandLine, lines: str, reason: str) -> None:
    said = titles(run, lines)

    assert said.status == 1
    assert reason in said.text
    assert stored() == []


def test_an_employment_keeps_its_titles_inside(run: CommandLine) -> None:
    titles(run, "1002,Staff,2020-01-01,\n")

    said = run("employees", "number,hired,left\n1002,2020-02-01,\n", "--yes")
    assert "A job title begins on 1 Jan 2020, before that hire." in said.text
    said = run("employees", "number,hired,left\n1002,,2024-06-30\n", "--yes")
    assert "A job title goes on without an end, after that last day." in said.text
