"""The lists of staffing, and the figures beside them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, select

from core.db import db
from core.listing import Sort
from hr.models import Department, Employee
from hr.queries.conditions import OPEN_END, Link, is_full_time, is_part_time, or_open
from hr.queries.filters import departments_asked, people_asked
from hr.queries.limits import seen
from hr.queries.search import departments_called, people_called


class Figures(NamedTuple):
    """A department on a day."""

    people: int
    fte: Decimal
    not_stated: int
    full_time: int
    part_time: int
    ending_soon: int
    head: str | None


NOBODY = Figures(0, Decimal("0.000"), 0, 0, 0, 0, None)


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


def employees(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """People by name or number, filtered by their stays on `day`."""
    return select(Employee).where(*people_called(q), *people_asked(filters, day)), {
        "name": Sort(
            (Employee.sort_key, Employee.number),
            lambda e: (e.sort_key, e.number),
            lambda e: e.sort_name,
            ("filed from A", "filed from Z"),
        ),
        "number": Sort(
            (Employee.number,),
            lambda e: (e.number,),
            lambda e: e.number,
            ("by number", "by number, the last first"),
        ),
        "hired": Sort(
            (or_open(Employee.hired_on), Employee.number),
            lambda e: (e.hired_on or OPEN_END, e.number),
            lambda e: e.sort_name,
            ("the longest here first", "the newest first"),
        ),
        "left": Sort(
            (or_open(Employee.left_on), Employee.number),
            lambda e: (e.left_on or OPEN_END, e.number),
            lambda e: e.sort_name,
            ("who left first", "who left last"),
        ),
    }


class StayThere(NamedTuple):
    """What a list says of a stay: where, and its facts, as plain values."""

    department_code: str
    department: str
    fte: Decimal | None
    extra_data: str | None
    role: str
    is_primary: bool


def stays_on(numbers: Iterable[str], day: date) -> dict[str, list[StayThere]]:
    """The stays of these people on `day`, by number, each with the name of its department."""
    facts = (Link.fte, seen(Link.extra_data), Link.role, Link.is_primary)
    rows = db.session.execute(
        select(Link.employee_number, Link.department_code, Department.name, *facts)
        .join(Link.department)
        .where(Link.employee_number.in_(list(numbers)), Link.on(day))
        .order_by(Link.department_code)
    )
    found: dict[str, list[StayThere]] = {}
    for number, *stay in rows:
        found.setdefault(number, []).append(StayThere._make(stay))
    return found


def people_on(codes: Iterable[str], day: date) -> dict[str, Figures]:
    """The figures of these departments on `day`; one without people is absent."""
    return {
        row.code: Figures(*row[1:])
        for row in db.session.execute(_figures(day, Link.department_code.in_(list(codes))))
    }


def _figures(day: date, condition: ColumnElement[bool]) -> Select[Any]:
    part, full = is_part_time(), is_full_time()
    soon = and_(Link.ends_before.is_not(None), Link.ends_before <= day + timedelta(days=91))
    # The acting head goes before the head: “1…” sorts before “2…”; one character is cut off again.
    head = func.min(
        case((Link.role == "acting head", "1" + Employee.name), (Link.role == "head", "2" + Employee.name))
    )
    return (
        select(
            Link.department_code.label("code"),
            func.count(),  # two stays of a pair never meet, so these are people
            func.coalesce(func.sum(Link.fte), literal(Decimal(0), Link.fte.type)),
            func.count() - func.count(Link.fte),
            func.count(case((full, 1))),
            func.count(case((part, 1))),
            func.count(case((soon, 1))),
            func.substr(head, 2),
        )
        .join(Link.employee)
        .where(condition, Link.on(day))
        .group_by(Link.department_code)
    )


def figures(code: str, day: date) -> Figures:
    """A department on a day: people, FTE, stays without FTE, arrangements, ends within 90 days, head."""
    return people_on([code], day).get(code, NOBODY)
