"""Stored stays that a file lacks: whose they are, and how a person is asked about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.db import code_key, db
from core.sheets.absent import AbsentLinks, Stored
from core.sheets.bulk import chunks, rows_with
from core.sheets.plan import Absent, Line, Plan
from hr.models import DepartmentEmployeeLink, Employee
from hr.operations import span
from hr.sheets.owners import Departments

Link = DepartmentEmployeeLink
ABSENT = AbsentLinks(
    "stays",
    {
        "people": "stays of the people in this file, in any department",
        "departments": "stays in the departments of this file, whoever it is",
        "both": "only where person and department are both in this file",
    },
    can_end=True,
)
COLUMNS = (Link.id, Link.employee_number, Link.department_code, Link.starts_on, Link.ends_before)


def absent_stays(
    plan: Plan,
    people: Mapping[Line, Any],
    departments: Departments,
    stored: Sequence[Any],
    found: Iterable[int],
) -> list[Absent]:
    """What becomes of the stays that no line is about. `stored` are all stays of the people in the file."""
    present, codes = set(found), _codes(plan.lines, departments)
    spared = _spared(plan.lines, people, departments)
    here = {
        row.id for row in stored if row.id in present or (row.employee_number, row.department_code) in spared
    }
    mine = [row for row in stored if row.id not in here]
    both = [row for row in mine if row.department_code in codes]
    kept = sum(row.id in here and row.department_code in codes for row in stored)
    counts = {"people": len(mine), "departments": _how_many(codes) - kept, "both": len(both)}

    def load(scope: str) -> list[Stored]:
        rows = mine if scope == "people" else both if scope == "both" else _in_departments(codes, here)
        names = _names({row.employee_number for row in rows})
        return [_in_words(row, names) for row in sorted(rows, key=_order)]

    return ABSENT.settle(plan, counts, load)


def _codes(lines: Iterable[Line], departments: Departments) -> set[str]:
    """The departments that any line names, refused ones included."""
    said = {line.values["department"] for line in lines if "department" in line.values}
    return {code for one in said if (code := departments.named(one)[0])}


def _spared(
    lines: Iterable[Line], people: Mapping[Line, Any], departments: Departments
) -> set[tuple[str, str]]:
    """Pairs that a refused line names: what it says of them is not known, so nothing of them is touched."""
    refused = [line for line in lines if not line.is_open and line in people and "department" in line.values]
    return {(people[line].number, departments.named(line.values["department"])[0] or "") for line in refused}


def _how_many(codes: Iterable[str]) -> int:
    wanted = select(func.count()).select_from(Link)
    pieces = chunks(sorted(codes))
    return sum(db.session.scalar(wanted.where(Link.department_code.in_(piece))) or 0 for piece in pieces)


def _in_departments(codes: set[str], here: set[int]) -> list[Any]:
    rows = rows_with(db.session(), select(*COLUMNS), Link.department_code, codes)
    return [row for row in rows if row.id not in here]


def _names(numbers: set[str]) -> dict[str, str]:
    rows = rows_with(db.session(), select(Employee.number, Employee.name), Employee.number, numbers)
    return {row.number: row.name for row in rows}


def _order(row: Any) -> tuple[Any, ...]:
    return code_key(row.employee_number), row.starts_on, row.department_code


def _in_words(row: Any, names: Mapping[str, str]) -> Stored:
    name, days = names.get(row.employee_number, ""), span(row.starts_on, row.ends_before)
    what = f"{row.employee_number} {name} in {row.department_code}, {days}"
    return Stored(row.id, what, row.starts_on, row.ends_before)
