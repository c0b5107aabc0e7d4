"""The columns of the lists of staffing, on pages and in exports."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from markupsafe import Markup

from core.cells import Ways, aside, joined
from core.columns import Column, Table, as_they_are
from core.forms import day_text
from hr import queries
from hr.models import Department, Employee
from hr.queries import Figures, StayThere


class DepartmentLine(NamedTuple):
    """A department with its figures on the day."""

    department: Department
    figures: Figures


def _department(code: str, name: str, ways: Ways) -> Markup:
    return ways("hr.department", "code", code, name)


def _people(numbers: Sequence[str], names: Sequence[str], ways: Ways) -> Sequence[str]:
    return ways.all("hr.employee", "number", numbers, names)


def _named_department(line: DepartmentLine, ways: Ways) -> Markup:
    one = line.department
    return joined([_department(one.code, one.name, ways), aside("archived") if one.archived_on else ""])


def _department_fte(line: DepartmentLine, _ways: Ways) -> Markup:
    one = line.figures
    if one.not_stated and not one.full_time and not one.part_time:
        return aside("not stated")
    missing = aside(f"+ {one.not_stated:,} not stated") if one.not_stated else ""
    return joined([f"{one.fte:,.2f}", missing])


def _with_figures(
    departments: Sequence[Department], day: date, _shown: Collection[str]
) -> list[DepartmentLine]:
    found = queries.people_on([one.code for one in departments], day)
    return [DepartmentLine(one, found.get(one.code, queries.NOBODY)) for one in departments]


DEPARTMENTS = Table(
    "departments",
    (
        Column("name", "Department", lambda d: d.department.name, sort="name", cell=_named_department),
        Column("code", "Code", lambda d: d.department.code, sort="code"),
        Column("people", "People", lambda d: d.figures.people, kind="num"),
        Column("fte", "FTE", lambda d: d.figures.fte, kind="num", cell=_department_fte),
        Column("not_stated", "FTE not stated", lambda d: d.figures.not_stated, usual=False, kind="num"),
        Column("full_time", "Full-time", lambda d: d.figures.full_time, usual=False, kind="num"),
        Column("part_time", "Part-time", lambda d: d.figures.part_time, kind="num"),
        Column("ending", "Ending in 90 days", lambda d: d.figures.ending_soon, usual=False, kind="num"),
        Column("head", "Head", lambda d: d.figures.head or "vacant"),
        Column("archived", "Archived on", lambda d: d.department.archived_on, usual=False, kind="day"),
    ),
    _with_figures,
    lambda d: d.department.code,
    facts=(Department.code, Department.name, Department.name_key, Department.archived_on),
)


class EmployeeLine(NamedTuple):
    """A person with the stays on the day."""

    person: Employee
    stays: Sequence[StayThere]

    @property
    def fte(self) -> Decimal | None:
        """The sum of what is stated; None where nothing is."""
        stated = [stay.fte for stay in self.stays if stay.fte is not None]
        return sum(stated, Decimal("0.000")) if stated else None

    @property
    def main(self) -> str:
        """The department that is marked as the main one."""
        return next((stay.department for stay in self.stays if stay.is_primary), "")

    def each(self, fact: str) -> str:
        """What the stays say, one after the other."""
        return ", ".join(str(value) for stay in self.stays if (value := getattr(stay, fact)))


def _their_departments(line: EmployeeLine, ways: Ways) -> Markup:
    if not line.stays:
        return aside("none")
    links = [_department(one.department_code, one.department, ways) for one in line.stays]
    return links[0] if len(links) == 1 else joined(links, ", ")


def _fte_by_stay(line: EmployeeLine, _ways: Ways) -> str:
    return " + ".join("not stated" if stay.fte is None else str(stay.fte) for stay in line.stays)


def _with_stays(people: Sequence[Employee], day: date, _shown: Collection[str]) -> list[EmployeeLine]:
    found = queries.stays_on([one.number for one in people], day)
    return [EmployeeLine(one, found.get(one.number, [])) for one in people]


EMPLOYEES = Table(
    "employees",
    (
        Column(
            "name",
            "Person",
            lambda e: e.person.sort_name,
            sort="name",
            shown=lambda lines, ways: _people(
                [e.person.number for e in lines], [e.person.sort_name for e in lines], ways
            ),
        ),
        Column("number", "Number", lambda e: e.person.number, sort="number"),
        Column("called", "Name", lambda e: e.person.name, usual=False),
        Column("departments", "Departments", lambda e: e.each("department"), cell=_their_departments),
        Column("count", "How many", lambda e: len(e.stays), usual=False, kind="num"),
        Column("main", "Main department", lambda e: e.main, usual=False),
        Column("fte", "FTE", lambda e: e.fte, kind="num", cell=_fte_by_stay),
        Column("arrangement", "Arrangement", lambda e: e.each("extra_data")),
        Column("role", "Role", lambda e: e.each("role"), usual=False),
        Column("email", "E-mail", lambda e: e.person.email, usual=False),
        Column("hired", "Hired on", lambda e: e.person.hired_on, kind="day", sort="hired"),
        Column("left", "Last day", lambda e: e.person.left_on, kind="day", sort="left"),
    ),
    _with_stays,
    lambda e: e.person.number,
    facts=(
        Employee.number,
        Employee.name,
        Employee.sort_name,
        Employee.sort_key,
        Employee.email,
        Employee.hired_on,
        Employee.left_on,
    ),
)


STAYS = Table(
    "stays",
    (
        Column(
            "person",
            "Person",
            lambda s: s.employee.sort_name,
            sort="employee",
            shown=lambda lines, ways: _people(
                [s.employee_number for s in lines], [s.employee.sort_name for s in lines], ways
            ),
        ),
        Column("number", "Number", lambda s: s.employee_number, usual=False),
        Column(
            "department",
            "Department",
            lambda s: s.department.name,
            sort="department",
            cell=lambda s, ways: _department(s.department_code, s.department.name, ways),
        ),
        Column("code", "Code", lambda s: s.department_code, usual=False),
        Column(
            "fte",
            "FTE",
            lambda s: s.fte,
            kind="num",
            sort="fte",
            cell=lambda s, _ways: aside("not stated") if s.fte is None else str(s.fte),
        ),
        Column("arrangement", "Arrangement", lambda s: s.extra_data),
        Column("role", "Role", lambda s: s.role),
        Column("main", "Main", lambda s: s.is_primary),
        Column("first_day", "First day", lambda s: s.starts_on, kind="day", sort="starts_on"),
        Column(
            "last_day",
            "Last day",
            lambda s: s.last_day,
            kind="day",
            sort="last_day",
            cell=lambda s, _ways: day_text(s.last_day) or aside("open"),
        ),
        Column("why", "Why above 1.000", lambda s: s.overload_reason, usual=False),
    ),
    as_they_are,
    lambda s: s.id,
    facts=queries.LISTED,
    made=queries.listed_stays,
)
