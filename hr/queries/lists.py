"""The lists of staffing, and the stays beside them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Date, Select, bindparam, select

from core.among import among
from core.db import db
from core.plain_lists import plain_once
from core.sorts import Sort, or_else
from hr.models import Department, Employee
from hr.queries.conditions import OPEN_END, Link
from hr.queries.filters import departments_asked, people_asked, stays_of_each
from hr.queries.limits import seen
from hr.queries.search import departments_called, people_by_parts, people_called


@plain_once
def departments(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """Departments by name or code, filtered by their people on `day`; archived ones only when asked for."""
    return select(Department).where(*departments_called(q), *departments_asked(filters, day)), {
        "name": Sort(
            (Department.name_key, Department.code),
            lambda d: (d.name_key, d.code),
            lambda d: d.name,
            ("filed from A", "filed from Z"),
        ),
        "code": Sort(
            (Department.code,), lambda d: (d.code,), lambda d: d.code, ("by code", "by code, the last first")
        ),
    }


@plain_once
def employees(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """People by name or number, filtered by their stays on `day`."""
    conditions, stays = [*people_called(q), *people_asked(filters, day)], stays_of_each(filters, day)
    wanted = select(Employee).where(*conditions, *stays.of_each())
    return stays.found(Employee, conditions, *people_by_parts(q)), {
        "name": Sort(
            (Employee.sort_key, Employee.number),
            lambda e: (e.sort_key, e.number),
            lambda e: e.sort_name,
            ("filed from A", "filed from Z"),
            wanted,
        ),
        "number": Sort(
            (Employee.number,),
            lambda e: (e.number,),
            lambda e: e.number,
            ("by number", "by number, the last first"),
            wanted,
        ),
        "hired": Sort(
            (or_else(Employee.hired_on, OPEN_END), Employee.number),
            lambda e: (e.hired_on or OPEN_END, e.number),
            lambda e: e.sort_name,
            ("the longest here first", "the newest first"),
            wanted,
        ),
        "left": Sort(
            (or_else(Employee.left_on, OPEN_END), Employee.number),
            lambda e: (e.left_on or OPEN_END, e.number),
            lambda e: e.sort_name,
            ("who left first", "who left last"),
            wanted,
        ),
    }


class StayThere(NamedTuple):
    """What a list says of a stay: whose, where, and its facts, as plain values."""

    employee_number: str
    department_code: str
    department: str
    fte: Decimal | None
    extra_data: str | None
    role: str
    is_primary: bool


def _stays_there(remark: Any) -> Select[Any]:
    facts = (Link.fte, remark, Link.role, Link.is_primary)
    return (
        select(Link.employee_number, Link.department_code, Department.name, *facts)
        .join(Department, Department.code == Link.department_code)
        .where(among(Link.employee_number), Link.on(bindparam("day", type_=Date)))
        .order_by(Link.department_code)
    )


# Put together once: the list asks for them on every page.
_STAYS_THERE = _stays_there(Link.extra_data)


def stays_on(numbers: Iterable[str], day: date) -> dict[str, list[StayThere]]:
    """The stays of these people on `day`, by number, each with the name of its department."""
    remark = seen(Link.extra_data)
    wanted = _STAYS_THERE if remark is Link.extra_data else _stays_there(remark)
    rows = db.session.connection().execute(wanted, {"keys": numbers, "day": day}).all()
    found = defaultdict[str, list[StayThere]](list)
    for stay in map(StayThere._make, rows):
        found[stay.employee_number].append(stay)
    return found
