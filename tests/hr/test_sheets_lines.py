"""Files as they come: whom a line means, several stays of a pair, headings and sums, FTE in many ways."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.models import ChangeSet
from hr.models import (
    Department,
    DepartmentAlias,
    DepartmentEmployeeLink,
    Employee,
    EmployeeAlias,
)
from tests import factories
from tests.conftest import Client
from tests.importing import CommandLine, Pages, Said, counts

Link = DepartmentEmployeeLink
HEAD = "employee,department,from,last day"


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> CommandLine:
    return CommandLine(app, tmp_path)


@pytest.fixture
def people(app: Flask) -> None:
    for code, name in (("IT", "Technology"), ("S", "Sales")):
        factories.department(code, name)
    factories.employee("Ann Lee", "1001")
    factories.employee("Ben Okafor", "1002")


def stays(run: CommandLine, lines: str, *options: str, head: str = HEAD) -> Said:
    return run("department-links", f"{head}\n{lines}", *(options or ("--valid-only",)))


def stored() -> list[tuple[str, str, str, str]]:
    wanted = select(Link).order_by(Link.employee_number, Link.starts_on, Link.department_code)
    return [
        (link.employee_number, link.department_code, str(link.starts_on), str(link.last_day or "open"))
        for link in db.session.scalars(wanted)
    ]


def renumbered(person: str, old: str) -> None:
    who = db.session.get_one(Employee, person)
    who.aliases.append(EmployeeAlias(old=old))
    db.session.commit()


def stay_of(person: str, department: str, first: str, last: str | None = None, **facts: str) -> Link:
    who, where = db.session.get_one(Employee, person), db.session.get_one(Department, department)
    return factories.stay(who, where, first, last, **facts)


# --- whom a line means -----------------------------------------------------------------------------


def test_after_a_renumber_the_next_import_with_the_old_number_matches(run: CommandLine) -> None:
    """S5: 1007 became 2007 and IT became ICT; last month's files still mean them."""
    ict = factories.department("ICT", "Technology")
    ict.aliases.append(DepartmentAlias(old="IT"))
    factories.stay(factories.employee("Ann Lee", "2007"), ict, "2025-01-01")
    renumbered("2007", "1007")

    said = stays(run, "1007,IT,2025-01-01,2025-06-30\n", "--yes")
    assert "1007 is 2007 now." in said.text
    assert "IT is ICT now." in said.text
    assert stored() == [("2007", "ICT", "2025-01-01", "2025-06-30")]

    said = run("employees", "number,name\n1007,Ann Lee-Smith\n", "--yes")
    assert "0 added, 1 changed" in said.text
    assert "1007 is 2007 now." in said.text
    said = run("departments", "code,name\nIT,Information technology\n", "--yes")
    assert "0 added, 1 changed" in said.text
    assert (db.session.get_one(Employee, "2007").name, db.session.get_one(Department, "ICT").name) == (
        "Ann Lee-Smith",
        "Information technology",
    )


def test_a_department_is_found_by_the_name_that_went_with_its_old_code(
    run: CommandLine, people: None
) -> None:
    it = db.session.get_one(Department, "IT")
    it.aliases.append(DepartmentAlias(old="X1", name="Computing"))
    db.session.commit()

    assert "computing is IT now." in stays(run, "1001,computing,2020-01-01,\n", "--yes").text
    assert stored() == [("1001", "IT", "2020-01-01", "open")]


def test_a_name_is_taken_only_where_it_is_unique_and_confirmed(run: CommandLine, people: None) -> None:
    factories.employee("Cy Bell", "1003")
    factories.employee("Cy Bell", "1004")
    head = "employee,name,department,from"
    lines = (
        ",Lee\\, Ann,IT,2020-01-01\n,BEN OKAFOR,IT,2020-01-01\n,Cy Bell,IT,2020-01-01\n,Dee,IT,2020-01-01\n"
    )
    lines = lines.replace("Lee\\, Ann", '"Lee, Ann"')

    said = stays(run, lines, "--valid-only", head=head)
    assert "“Lee, Ann” is matched by name only, with 1001: nobody has confirmed that." in said.text
    assert "2 people are called “Cy Bell”: 1003, 1004. Give the number." in said.text
    assert "Nobody is called “Dee”." in said.text
    assert stored() == []

    said = stays(run, lines, "--show", "5", head=head)
    assert "2 people are matched by name only. Is that right?" in said.text
    assert "Lee, Ann: Ann Lee, 1001 (line 2)" in said.text
    assert "--names yes: yes, these are the people" in said.text

    stays(
        run,
        lines.replace("2020-01-01\n,BEN", "2020-01-01\n1001,BEN"),
        "--valid-only",
        "--names",
        "yes",
        head=head,
    )
    # A number is never outvoted by a name.
    assert [one[0] for one in stored()] == ["1001"]
    said = stays(run, lines, "--valid-only", "--names", "yes", head=head)
    assert "line 3: BEN OKAFOR is 1002." in said.text
    assert [one[0] for one in stored()] == ["1001", "1002"]


def test_the_page_asks_once_for_names_and_shows_the_list(client: Client, people: None) -> None:
    pages = Pages(client)
    page = pages.upload("department-links", "name,department,from\nAnn Lee,IT,2020-01-01\n").text
    assert "1 person is matched by name only. Is that right?" in page
    assert "Ann Lee: Ann Lee, 1001 (line 2)" in page
    assert counts(page)["refused"] == 1

    page = pages.mean(names="yes").text

    assert counts(page) == {"added": 1, "changed": 0, "unchanged": 0, "refused": 0}
    assert pages.apply().status_code == 303
    assert stored() == [("1001", "IT", "2020-01-01", "open")]


# --- several stays of a pair -----------------------------------------------------------------------


def test_several_stays_of_a_pair_in_any_order(run: CommandLine, people: None) -> None:
    lines = "1001,IT,2024-09-01,\n1001,IT,2023-01-01,2024-03-31\n"

    assert "2 added" in stays(run, lines, "--yes").text
    assert "2 unchanged" in stays(run, lines, "--yes").text
    assert stored() == [
        ("1001", "IT", "2023-01-01", "2024-03-31"),
        ("1001", "IT", "2024-09-01", "open"),
    ]


@pytest.mark.parametrize("boundary", ["2024-03-01", "2024-10-01"])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_boundary_moves_both_ways(run: CommandLine, people: None, boundary: str, reverse: bool) -> None:
    stay_of("1001", "IT", "2024-01-01", "2024-06-30", fte="0.5")
    second = stay_of("1001", "IT", "2024-07-01", fte="0.8").id
    last = {"2024-03-01": "2024-02-29", "2024-10-01": "2024-09-30"}[boundary]
    lines = [f"1001,IT,2024-01-01,{last}", f"1001,IT,{boundary},"]

    said = stays(run, "\n".join(lines[::-1] if reverse else lines), "--yes")

    assert "0 added, 2 changed" in said.text, said.text
    assert "First day: 1 Jul 2024 → " in said.text
    assert [one[2:] for one in stored()] == [("2024-01-01", last), (boundary, "open")]
    link = db.session.get_one(Link, second)
    assert (str(link.fte), link.version) == ("0.800", 2)


def test_one_line_alone_moves_no_first_day(run: CommandLine, people: None) -> None:
    stay_of("1001", "IT", "2024-09-01")

    said = stays(run, "1001,IT,2024-04-01,\n", "--valid-only")

    assert "On these days the person is in this department already" in said.text
    assert [one[2] for one in stored()] == ["2024-09-01"]


# --- headings and sums -----------------------------------------------------------------------------

HEADED = (
    "emp_no,from,fte\nTechnology (IT),,\n1001,2020-01-01,0.5\n1002,2020-01-01,0.25\n,,0.75\n\n"
    "Sales\n1001,2020-02-01,0.5\nTotal,,1.25\nSumme: Sales,,0.5\n"
)


def test_headings_are_proposed_and_sums_left_out(run: CommandLine, people: None) -> None:
    said = run("department-links", HEADED, "--yes")
    assert said.status == 2
    assert "Lines 2, 7 look like department headings. Take them so?" in said.text
    assert "Line 2: Technology (IT)" in said.text

    said = run("department-links", HEADED, "--yes", "--headings", "yes")
    assert said.status == 0, said.text
    assert "“Technology (IT)” is the department of the lines below." in said.text
    assert "line 3: 1001 · 1 Jan 2020 · 0.5 · IT" in said.text
    assert "Sum left out (3):" in said.text
    assert "line 5: names nobody and has the sum of the lines above; left out." in said.text
    assert "line 9: is a sum, not a line of its own; left out." in said.text
    assert [one[:2] for one in stored()] == [("1001", "IT"), ("1001", "S"), ("1002", "IT")]


def test_headings_that_are_none(run: CommandLine, people: None) -> None:
    said = run("department-links", HEADED, "--yes", "--headings", "no")

    assert said.status == 2
    assert "A column for “Department” is needed." in said.text


def test_a_heading_that_names_no_department_refuses_its_lines(run: CommandLine, people: None) -> None:
    said = run("department-links", "emp_no,from\nGardens\n1001,2020-01-01\n", "--yes", "--headings", "yes")

    assert "line 3: 1001 in Gardens from 1 Jan 2020: There is no department “Gardens”." in said.text


@pytest.mark.parametrize("heading", ["IT Technology", "technology it"])
def test_a_code_beside_its_name_is_one_department(run: CommandLine, people: None, heading: str) -> None:
    said = run("department-links", f"emp_no,from\n{heading}\n1001,2020-01-01\n", "--yes", "--headings", "yes")
    assert said.status == 0, said.text
    assert [one[:2] for one in stored()] == [("1001", "IT")]


@pytest.mark.parametrize("heading", ["IT Sales", "IT Gardens", "Gardens IT"])
def test_a_code_beside_another_name_is_none(run: CommandLine, people: None, heading: str) -> None:
    said = run("department-links", f"emp_no,from\n{heading}\n1001,2020-01-01\n", "--yes", "--headings", "yes")
    assert f"There is no department “{heading}”." in said.text


def test_headings_are_asked_about_on_the_page(client: Client, people: None) -> None:
    pages = Pages(client)
    page = pages.upload("department-links", HEADED).text
    assert "look like department headings. Take them so?" in page
    assert 'name="digest"' not in page

    page = pages.mean(headings="yes").text

    assert counts(page) == {"added": 3, "changed": 0, "unchanged": 0, "refused": 0}
    assert "Sum left out" in page


def test_a_sum_is_never_a_person(run: CommandLine) -> None:
    said = run("employees", "number,name\n1,Ann Lee\nTotal,\nSubtotal,1\nΣ,2\n", "--yes")

    assert said.status == 0, said.text
    assert db.session.scalars(select(Employee.number)).all() == ["1"]


def test_a_name_that_looks_like_a_sum_is_a_person_where_a_number_says_whose(run: CommandLine) -> None:
    said = run("employees", "number,name\n1234,Sum Wai\n1235,Ann Lee\nTotal,2\n")
    assert "2 added" in said.text
    assert "line 4: is a sum, not a line of its own; left out." in said.text


def test_the_names_of_the_columns_may_come_again(run: CommandLine, people: None) -> None:
    said = stays(run, f"1001,IT,2020-01-01,\n{HEAD}\n1002,IT,2020-01-01,2020-02-01\n", "--yes")

    assert "2 added" in said.text
    assert "line 3: has the names of the columns again; left out." in said.text


# --- FTE -------------------------------------------------------------------------------------------

WITH_FTE = "employee;department;from;fte"


@pytest.mark.parametrize(
    ("cell", "fte"),
    [
        ("0.5", "0.500"),
        ("0,5", "0.500"),
        ("50 %", "0.500"),
        ("37,5%", "0.375"),
        ("1/2", "0.500"),
        ("20/40 h", "0.500"),
        ("20 h / 40 h", "0.500"),
        ("19.5 of 39 hours", "0.500"),
        ("0", "0.000"),
        ("1", "1.000"),
    ],
)
def test_an_fte_is_read_as_people_write_it(run: CommandLine, people: None, cell: str, fte: str) -> None:
    said = stays(run, f"1001;IT;2020-01-01;{cell}\n", "--yes", head=WITH_FTE)

    assert said.status == 0, said.text
    assert str(db.session.scalars(select(Link)).one().fte) == fte


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("45/40 h", "“45/40 h” is not between 0 and 1."),
        ("150 %", "“150 %” is not between 0 and 1."),
        ("-0.5", "“-0.5” is not between 0 and 1."),
        ("1/0", "“1/0” is not a number."),
        ("1/3", "“1/3” has more than 3 decimal places. Write 0.333, or let the file be rounded"),
    ],
)
def test_an_fte_that_cannot_be(run: CommandLine, people: None, cell: str, reason: str) -> None:
    said = stays(run, f"1001;IT;2020-01-01;{cell}\n", "--yes", head=WITH_FTE)

    assert said.status == 1
    assert reason in said.text


def test_hours_need_the_full_week_once(run: CommandLine, people: None) -> None:
    lines = "1001;IT;2020-01-01;20 h\n1002;IT;2020-01-01;9,5 Std./Woche\n"

    said = stays(run, lines, "--yes", head=WITH_FTE)
    assert said.status == 2
    assert "How many hours has a full week?" in said.text
    assert "Line 3: 9,5 Std./Woche" in said.text
    said = stays(run, lines, "--yes", "--full-week", "soon", head=WITH_FTE)
    assert "“soon” is no number of hours that a week can have." in said.text

    said = stays(run, lines, "--yes", "--full-week", "40", head=WITH_FTE)
    assert "“9,5 Std./Woche” has more than 3 decimal places. Write 0.238" in said.text
    said = stays(run, lines, "--yes", "--full-week", "38", head=WITH_FTE)
    assert "“20 h” has more than 3 decimal places. Write 0.526" in said.text

    said = stays(run, lines, "--yes", "--full-week", "38", "--round-fte", "three-places", head=WITH_FTE)
    assert said.status == 0, said.text
    assert [str(one) for one in db.session.scalars(select(Link.fte).order_by(Link.employee_number))] == [
        "0.526",
        "0.250",
    ]


def test_the_full_week_is_typed_on_the_page(client: Client, people: None) -> None:
    pages = Pages(client)
    page = pages.upload("department-links", "employee,department,from,fte\n1001,IT,2020-01-01,30 h\n").text
    assert "How many hours has a full week?" in page
    assert "A question above is not answered, so nothing can be stored yet." in page

    page = pages.mean(full_week="20").text
    assert "“30 h” is more than a full week of 20." in page
    page = pages.mean(full_week="a lot").text
    assert "“a lot” is no number of hours that a week can have." in page
    assert 'value="a lot"' in page
    page = pages.mean(full_week="40").text

    assert counts(page)["added"] == 1
    pages.apply()
    assert str(db.session.scalars(select(Link.fte)).one()) == "0.750"


# --- stays that the file lacks ---------------------------------------------------------------------


def test_stays_that_the_file_lacks_are_asked_about_and_left(run: CommandLine, people: None) -> None:
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1001", "S", "2021-01-01", "2021-12-31")
    stay_of("1002", "IT", "2020-01-01")
    before = stored()

    said = stays(run, "1001,IT,2020-01-01,\n", "--show", "9")

    assert "What becomes of stays that are stored and not in this file?" in said.text
    assert "--absent-of people: stays of the people in this file, in any department: 1" in said.text
    assert "--absent-of departments: stays in the departments of this file, whoever it is: 1" in said.text
    assert "--absent-of both: only where person and department are both in this file: 0" in said.text
    assert "1001 Ann Lee in S, 1 Jan 2021 to 31 Dec 2021: stays as it is" in said.text
    stays(run, "1001,IT,2020-01-01,\n", "--yes")
    assert stored() == before


def test_nothing_is_asked_where_the_file_has_all(run: CommandLine, people: None) -> None:
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1002", "S", "2020-01-01")  # neither this person nor this department is in the file

    said = stays(run, "1001,IT,2020-01-01,\n", "--show", "9")

    assert "not in this file" not in said.text


def test_stays_that_the_file_lacks_end_at_a_date(run: CommandLine, people: None) -> None:
    factories.department("X")
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1002", "IT", "2020-01-01")
    stay_of("1002", "S", "2026-04-01")
    stay_of("1002", "X", "2019-01-01", "2019-12-31")
    lines, end = "1001,IT,2020-01-01,\n1002,X,2019-01-01,2019-12-31\n", ("--absent", "end")

    said = stays(run, lines, "--yes", *end)
    assert said.status == 2
    assert "Which is the last day of the stays that are not in this file?" in said.text

    said = stays(run, lines, "--yes", *end, "--absent-end", "31.3.2026")
    assert said.status == 0, said.text
    assert "1002 Ben Okafor in IT, from 1 Jan 2020, open: ends on 31 Mar 2026" in said.text
    assert (
        "1002 Ben Okafor in S, from 1 Apr 2026, open: stays as it is: ended on 31 Mar 2026 it would not"
        in said.text
    )
    assert "1 ended that it lacks" in said.text
    assert stored() == [
        ("1001", "IT", "2020-01-01", "open"),
        ("1002", "X", "2019-01-01", "2019-12-31"),
        ("1002", "IT", "2020-01-01", "2026-03-31"),
        ("1002", "S", "2026-04-01", "open"),
    ]


def test_what_ends_makes_room_for_what_begins(run: CommandLine, people: None) -> None:
    """A transfer as files tell it: the new stay is there, the old one is not."""
    stay_of("1001", "IT", "2020-01-01", fte="1")
    head = "employee,department,from,fte"

    said = stays(run, "1001,S,2026-04-01,1\n", "--yes", head=head)
    assert "The sum of FTE would be 2.000" in said.text

    end = ("--absent", "end", "--absent-end", "2026-03-31")
    said = stays(run, "1001,S,2026-04-01,1\n", "--yes", *end, head=head)
    assert said.status == 0, said.text
    assert stored() == [("1001", "IT", "2020-01-01", "2026-03-31"), ("1001", "S", "2026-04-01", "open")]


def test_stays_are_deleted_with_their_number_and_a_reason(run: CommandLine, people: None) -> None:
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1001", "S", "2020-01-01")
    stay_of("1002", "IT", "2020-01-01")
    delete = ("--absent", "delete", "--absent-of", "departments", "--absent-reason", "entered twice")

    said = stays(run, "1001,IT,2020-01-01,\n", "--yes", *delete, "--absent-count", "2")
    assert said.status == 2
    assert "It is not 2. Look again at what this is about." in said.text
    assert len(stored()) == 3

    said = stays(run, "1001,IT,2020-01-01,\n", "--yes", *delete, "--absent-count", "1")
    assert said.status == 0, said.text
    assert [one[:2] for one in stored()] == [("1001", "IT"), ("1001", "S")]
    reasons = db.session.scalars(select(ChangeSet.reason).order_by(ChangeSet.id.desc()))
    assert reasons.first() == "entered twice"


def test_what_a_refused_line_is_about_is_not_touched(run: CommandLine, people: None) -> None:
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1001", "S", "2020-01-01")
    delete = ("--absent", "delete", "--absent-count", "1", "--absent-reason", "old")

    said = stays(run, "1001,IT,soon,\n1001,S,2020-01-01,\n", "--valid-only", *delete)

    assert "not in this file" not in said.text
    assert len(stored()) == 2


def test_the_page_ends_what_the_file_lacks(client: Client, people: None) -> None:
    stay_of("1001", "IT", "2020-01-01")
    stay_of("1001", "S", "2020-01-01")
    pages = Pages(client)
    pages.upload("department-links", f"{HEAD}\n1001,IT,2020-01-01,\n")

    page = pages.mean(absent="end").text
    assert "Which is the last day of the stays that are not in this file?" in page
    page = pages.mean(absent_end="1/2/2026").text
    assert "“1/2/2026” can be read in two ways." in page
    page = pages.mean(absent_end="2026-03-31").text

    assert "1001 Ann Lee in S, from 1 Jan 2020, open" in page
    assert "ends on 31 Mar 2026" in page
    assert "Of what the file lacks, 1 ended." in page
    assert pages.apply("valid", page).status_code == 303
    assert stored()[1] == ("1001", "S", "2020-01-01", "2026-03-31")
