"""Stored stays that a file lacks: whose they are, and how a person is asked about them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import func, select

from core.db import code_key, db
from core.sheets.absent import LEAVE, TITLE, AbsentLinks, Stored
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
Pair = tuple[str | None, str | None]
COLUMNS = (Link.id, Link.employee_number, Link.department_code, Link.starts_on, Link.ends_before)


def absent_stays(
    plan: Plan,
    departments: Departments,
    stored: Sequence[Any],
    found: Iterable[int],
) -> list[Absent]:
    """What becomes of the stays that no line is about. `stored` are all stays of the people in the file."""
    present = set(found)
    is_asked = plan.answers.get("absent", LEAVE) != LEAVE or any(row.id not in present for row in stored)
    spared = _spared(plan, departments, is_asked)
    if (None, None) in spared:
        return []
    codes = _codes(plan.lines, departments) - {code for number, code in spared if number is None}
    here = {row.id for row in stored if row.id in present or _is_spared(row, spared)}
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


def _spared(plan: Plan, departments: Departments, is_asked: bool) -> set[Pair]:
    """Whom and which department refused lines name: what they say is not known, so nothing is touched there.

    None: the line does not say it in a way that can be read, and may mean anybody, or any department.
    """
    pairs: set[Pair] = set()
    for line in plan.lines:
        if line.is_open:
            continue
        number = line.whom.number if line.whom is not None else None
        code = departments.named(line.values["department"])[0] if "department" in line.values else None
        if is_asked and None in (number, code) and (number, code) not in pairs:
            plan.notice(TITLE, line, f"{_what(number, code)}: this line may mean one of them.")
        pairs.add((number, code))
    return pairs


def _what(number: str | None, code: str | None) -> str:
    who = f" of {number}" if number else ""
    where = f" in {code}" if code else ""
    return f"No stay{who}{where} that the file seems to lack is touched"


def _is_spared(row: Any, spared: Set[Pair]) -> bool:
    number, code = row.employee_number, row.department_code
    return bool(spared) and not spared.isdisjoint({(number, code), (number, None), (None, code)})


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
