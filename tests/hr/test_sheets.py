"""Lists of departments, employees and stays: what a line becomes, and why it is refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.sheets.apply import apply
from core.sheets.files import read_table
from core.sheets.mapping import propose
from core.sheets.preview import Reading
from core.writing import retrying
from hr.models import Department, DepartmentEmployeeLink, Employee
from hr.sheets import SHEETS
from tests import factories
from tests.importing import CommandLine, Said

Link = DepartmentEmployeeLink


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture
def people(app: Flask) -> None:
    for code, name in (("IT", "Technology"), ("S", "Sales")):
        factories.department(code, name)
    factories.employee("Ann Lee", "1001")
    factories.employee("Ben Okafor", "1002", hired_on="2020-01-01", left_on="2024-12-31")


HEAD = "employee,department,from,last day"


def stays(run: CommandLine, lines: str, *options: str, head: str = HEAD) -> Said:
    """Load stays, each line with its last day; the valid ones unless the options say otherwise."""
    return run("department-links", f"{head}\n{lines}", *(options or ("--valid-only",)))


def stored() -> list[tuple[str, str, str, str]]:
    wanted = select(Link).order_by(Link.employee_number, Link.starts_on, Link.department_code)
    return [
        (link.employee_number, link.department_code, str(link.starts_on), str(link.last_day or "open"))
        for link in db.session.scalars(wanted)
    ]


# --- departments and employees ---------------------------------------------------------------------


def test_two_departments_do_not_get_one_name(run: CommandLine, people: None) -> None:
    said = run("departments", "code,name\nX,SALES\nY,New\nZ,new\n", "--valid-only")

    assert "line 2: X · SALES: The department “s” has this name already." in said.text
    assert "line 4: Z · new: The department “y” (line 3) has this name already." in said.text


def test_first_and_last_name_make_name_and_filing(run: CommandLine) -> None:
    run("employees", "emp_no;first_name;last_name;hire_date\n7;Ana  María;de la Cruz;3.12.1995\n", "--yes")

    person = db.session.get_one(Employee, "7")
    assert (person.name, person.sort_name) == ("Ana María de la Cruz", "de la Cruz, Ana María")
    assert (person.name_key, person.sort_key) == ("ana maria de la cruz", "de la cruz, ana maria")
    assert person.hired_on == date(1995, 12, 3)


def test_an_empty_cell_or_a_missing_column_leaves_what_is_stored(run: CommandLine, people: None) -> None:
    said = run("employees", "number,name,hired on,email\n1002,Ben Okafor,,ben@example.org\n", "--yes")

    assert "1002 · Ben Okafor: Email: empty → ben@example.org" in said.text
    assert db.session.get_one(Employee, "1002").hired_on == date(2020, 1, 1)


def test_a_new_name_is_filed_anew_unless_somebody_files_it_otherwise(run: CommandLine, people: None) -> None:
    factories.employee("Vincent van Gogh", "1003", sort_name="van Gogh, Vincent")

    run("employees", "number,name\n1001,Ann Smith\n1003,Vincent W. van Gogh\n", "--yes")

    assert db.session.get_one(Employee, "1001").sort_name == "Smith, Ann"
    assert db.session.get_one(Employee, "1003").sort_name == "van Gogh, Vincent"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2001,Cy Bell,2020-02-30,,", "There is no day “2020-02-30”."),
        ("2001,Cy Bell,soon,,", "“soon” is not a day."),
        ("2001,Cy Bell,9999-01-01,,", "stands for “open”, which is not possible here"),
        ("2001,Cy Bell,2020-05-01,2020-04-30,", "is before the first hire (1 May 2020)"),
        ("2001,,2020-05-01,,", "A new employee needs a name."),
        (",Cy Bell,,,", "“Number” is missing."),
        ("20 01,Cy Bell,,,", "“20 01”: Only letters, digits"),
        (f"2001,{'x' * 121},,,", "has 121 characters; at most 120 fit"),
        ("2001,C\x01y,,,", "(U+0001). Is the file saved as UTF-8?"),
        ("2001,Cy Bell,,,nowhere", "“nowhere” is not an email address."),
    ],
)
def test_a_person_is_refused_with_the_reason(run: CommandLine, line: str, reason: str) -> None:
    said = run("employees", f"number,name,hired,left,email\n{line}\n", "--yes")

    assert said.status == 1
    assert reason in said.text
    assert db.session.scalars(select(Employee)).all() == []


def test_an_employment_keeps_its_stays_inside(run: CommandLine, people: None) -> None:
    it = db.session.get_one(Department, "IT")
    factories.stay(db.session.get_one(Employee, "1001"), it, "2020-01-01")

    said = run("employees", "number,hired,left\n1001,2020-02-01,\n", "--yes")
    assert "A stay begins on 1 Jan 2020, before that hire." in said.text

    said = run("employees", "number,hired,left\n1001,2020-01-01,2024-06-30\n", "--yes")
    assert "A stay goes on without an end, after that last day." in said.text


# --- stays -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("means", "last"), [("last-day", "2021-01-01"), ("first-day-away", "2020-12-31")])
def test_what_an_end_date_means_is_settled_by_a_person(
    run: CommandLine, people: None, means: str, last: str
) -> None:
    lines = "1001,IT,2020-01-01,2021-01-01\n1001,S,2022-01-01,9999-01-01\n"

    stays(run, lines, "--yes", "--end-date", means, head="emp_no,dept_no,from_date,to_date")

    assert stored() == [("1001", "IT", "2020-01-01", last), ("1001", "S", "2022-01-01", "open")]


def test_a_stay_of_zero_length_is_refused_with_its_line(run: CommandLine, people: None) -> None:
    lines = "1001,IT,1998-12-17,1998-12-17\n"

    said = stays(run, lines, "--yes", "--end-date", "first-day-away", head="emp_no,dept_no,from_date,to_date")

    assert said.status == 1
    assert "line 2: 1001 in IT from 17 Dec 1998: The stay would not last a day" in said.text


def test_departments_are_found_by_code_or_name_and_people_by_number(run: CommandLine, people: None) -> None:
    lines = "1001,it,2020-01-01,\n1002,sales,2020-01-01,2020-12-31\n9,IT,2020-01-01,\n1001,XX,2020-01-01,\n"

    said = stays(run, lines)

    assert stored() == [("1001", "IT", "2020-01-01", "open"), ("1002", "S", "2020-01-01", "2020-12-31")]
    assert "No employee has the number “9”." in said.text
    assert "There is no department “XX”." in said.text


def test_stays_in_one_department_do_not_overlap_and_may_touch(run: CommandLine, people: None) -> None:
    it = db.session.get_one(Department, "IT")
    factories.stay(db.session.get_one(Employee, "1001"), it, "2023-01-01", "2023-06-30")
    lines = ("2023-06-30,2023-07-31", "2023-07-01,2023-08-31", "2023-08-31,", "2023-09-01,")

    said = stays(run, "".join(f"1001,IT,{line}\n" for line in lines))

    already = "On these days the person is in this department already: "
    assert f"line 2: 1001 in IT from 30 Jun 2023: {already}" in said.text
    assert "1 Jan 2023 to 30 Jun 2023 (stored)." in said.text
    assert "1 Jul 2023 to 31 Aug 2023 (line 3)." in said.text
    assert [start for _, _, start, _ in stored()] == ["2023-01-01", "2023-07-01", "2023-09-01"]


def test_a_refused_change_leaves_the_stored_stay_in_the_way(run: CommandLine, people: None) -> None:
    """Line 2 would change the stored stay and is refused, so line 3 has no room."""
    it = db.session.get_one(Department, "IT")
    factories.stay(db.session.get_one(Employee, "1002"), it, "2021-01-01", "2021-12-31")

    said = stays(run, "1002,IT,2021-01-01,2025-06-30\n1002,IT,2021-12-01,2022-01-31\n")

    assert "The stay goes on after the person's last day (31 Dec 2024)." in said.text
    assert "1 Jan 2021 to 31 Dec 2021 (stored)" in said.text
    assert stored() == [("1002", "IT", "2021-01-01", "2021-12-31")]


def test_a_stay_lies_inside_the_employment(run: CommandLine, people: None) -> None:
    said = stays(run, "1002,IT,2019-12-31,2020-06-30\n1002,S,2024-01-01,\n1002,IT,2024-01-01,2024-12-31\n")

    assert "The stay begins before the person was hired (1 Jan 2020)." in said.text
    assert "The stay goes on after the person's last day (31 Dec 2024)." in said.text
    assert stored() == [("1002", "IT", "2024-01-01", "2024-12-31")]


def test_a_sum_above_one_needs_a_reason_and_above_two_is_refused(run: CommandLine, people: None) -> None:
    head = "employee,department,from,last day,fte,overload reason"
    said = stays(run, "1001,IT,2025-01-01,,0.5,\n1001,S,2025-04-01,2025-06-30,0.6,\n", head=head)
    assert "The sum of FTE would be 1.100, 1 Apr 2025 to 30 Jun 2025. Above 1.000 needs a reason" in said.text

    said = stays(run, "1001,S,2025-04-01,2025-06-30,0.6,covers for Ben\n", head=head)
    assert "1 added" in said.text

    factories.department("X")
    said = stays(run, "1001,X,2025-06-01,2025-06-30,1,one too many\n", head=head)
    assert "More than 2.000 cannot be stored." in said.text
    assert len(stored()) == 2


def test_fte_can_move_from_one_stay_to_another_in_one_file(run: CommandLine, people: None) -> None:
    person = db.session.get_one(Employee, "1001")
    factories.stay(person, db.session.get_one(Department, "IT"), "2025-01-01", fte="0.6")
    factories.stay(person, db.session.get_one(Department, "S"), "2025-01-01", fte="0.4")
    lines = "1001,S,2025-01-01,0.6\n1001,IT,2025-01-01,0.4\n"

    said = stays(run, lines, "--yes", head="employee,department,from,fte")

    assert said.status == 0, said.text
    links = db.session.scalars(select(Link).order_by(Link.department_code)).all()
    assert [(str(link.fte), link.version) for link in links] == [("0.400", 2), ("0.600", 2)]


def test_one_main_department_and_one_head_at_a_time(run: CommandLine, people: None) -> None:
    head = "employee,department,from,last day,role,main"
    lines = "1001,IT,2021-01-01,,head,yes\n1001,S,2021-01-01,,,yes\n1002,IT,2022-01-01,2022-12-31,head,\n"

    said = stays(run, lines, head=head)

    assert "On these days the person has a main department already: 1001 in IT" in said.text
    assert "On these days the department has a head already: 1001 in IT" in said.text
    assert len(stored()) == 1


def test_a_head_hands_over_in_one_file(run: CommandLine, people: None) -> None:
    it = db.session.get_one(Department, "IT")
    factories.stay(db.session.get_one(Employee, "1001"), it, "2021-01-01", role="head")
    factories.stay(db.session.get_one(Employee, "1002"), it, "2021-01-01", "2024-12-31")
    lines = "1002,IT,2021-01-01,head\n1001,IT,2021-01-01,member\n"

    said = stays(run, lines, "--yes", head="employee,department,from,role")

    assert said.status == 0, said.text
    roles = {link.employee_number: link.role for link in db.session.scalars(select(Link))}
    assert roles == {"1001": "member", "1002": "head"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1001,IT,2020-01-01,,1.5,,", "“1.5” is not between 0 and 1."),
        ("1001,IT,2020-01-01,,0.3333,,", "“0.3333” has more than 3 decimal places"),
        ("1001,IT,2020-01-01,,half,,", "“half” is not a number."),
        ("1001,IT,2020-01-01,,,boss,", "“boss” is none of: member, head, acting head."),
        ("1001,IT,2020-01-01,,,,perhaps", "“perhaps” is neither yes nor no."),
        ("1001,IT,2020-01-01,2019-12-31,,,", "would not last a day"),
        ("1001,IT,2020-01-01,2019-12-30,,,", "The stay ends (30 Dec 2019) before it begins (1 Jan 2020)."),
        ("1001,IT,,,,,", "“First day” is missing."),
    ],
)
def test_a_stay_is_refused_at_its_value(run: CommandLine, people: None, line: str, reason: str) -> None:
    said = stays(run, line + "\n", "--yes", head="employee,department,from,last day,fte,role,main")

    assert said.status == 1
    assert reason in said.text


def test_facts_are_read_as_people_write_them(run: CommandLine, people: None) -> None:
    head = "employee;department;from;last day;fte;role;main;remark"
    lines = "1001;IT;2020-01-01;;50 %;Acting_Head;x;part-time\n1002;IT;1.2.2020;31.3.2020;0,25;;no;\n"

    stays(run, lines, "--yes", head=head)

    links = db.session.scalars(select(Link).order_by(Link.employee_number))
    assert [(str(link.fte), link.role, link.is_primary, link.extra_data) for link in links] == [
        ("0.500", "acting head", True, "part-time"),
        ("0.250", "member", False, None),
    ]


def test_the_number_of_statements_does_not_grow_with_the_file(
    run: CommandLine, statements: Callable[[], Any]
) -> None:
    def load(first: int, count: int) -> int:
        people = "".join(f"{first + n},Person {n}\n" for n in range(count))
        run("employees", "number,name\n" + people, "--yes")
        lines = "".join(f"{first + n},IT,2020-01-01\n" for n in range(count))
        with statements() as seen:
            assert stays(run, lines, "--yes", head="employee,department,from").status == 0
        return len(seen)

    factories.department("IT")
    assert load(1000, 3) == load(2000, 300)


def test_two_imports_at_once_keep_the_rules_together(app: Flask, people: None) -> None:
    """60 % here and 60 % there, at the same moment: one of them is refused."""
    start = threading.Barrier(2)

    def load(code: str) -> tuple[str, ...]:
        table = read_table(f"employee,department,from,fte\n1001,{code},2025-01-01,0.6\n".encode())
        sheet = SHEETS["department-links"]
        with app.app_context():
            start.wait()
            reading = Reading(sheet, table, propose(sheet, table.headers), {})
            deed = partial(apply, reading, filename="x.csv", valid_only=False, url="/")
            return retrying(deed).problems

    with ThreadPoolExecutor(2) as pool:
        said = [one.result() for one in [pool.submit(Context().run, load, code) for code in ("IT", "S")]]

    assert sorted(said) == [(), ("1 line is refused, so nothing was imported.",)]
    assert len(stored()) == 1
