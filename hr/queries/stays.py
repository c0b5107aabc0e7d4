"""The stays of a link table, and whole sets of them for the rules."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Select, func, literal_column, select, type_coerce
from sqlalchemy.orm import contains_eager, joinedload

from core.db import db, record_id
from core.forms import day_text
from core.links import identity_of
from core.listing import Sort
from hr.models import Department, Employee
from hr.queries.conditions import OPEN_END, Link, is_headed, or_open
from hr.queries.filters import stays_asked
from hr.queries.search import departments_called, people_called
from hr.staffing import Stay

_STAY_SORTS = {
    "starts_on": Sort(
        (or_open(Link.starts_on), Link.id),
        lambda s: (s.starts_on, s.id),
        lambda s: day_text(s.starts_on),
        ("by first day", "the newest first"),
    ),
    "last_day": Sort(
        (or_open(Link.ends_before), Link.id),
        lambda s: (s.ends_before or OPEN_END, s.id),
        lambda s: day_text(s.last_day) or "open",
        ("by last day", "open ones first"),
    ),
}
# The FTE as the whole number it is stored as: a cursor holds no decimals.
_fte = func.coalesce(type_coerce(Link.fte, BigInteger), literal_column("-1"))


def stays(filters: Mapping[str, Any], q: str, day: date) -> tuple[Select[Any], dict[str, Sort]]:
    """All stays, each with its person and its department; searched by the person's name or number."""
    wanted = (
        select(Link)
        .join(Link.employee)
        .join(Link.department)
        .options(contains_eager(Link.employee), contains_eager(Link.department))
        .where(*stays_asked(filters, day))
    )
    if q:  # the people are looked for once, and not again for each of their stays
        wanted = wanted.where(Link.employee_number.in_(select(Employee.number).where(*people_called(q))))
    return wanted, {
        "employee": Sort(
            (Employee.sort_key, Employee.number, Link.starts_on, Link.id),
            lambda s: (s.employee.sort_key, s.employee.number, s.starts_on, s.id),
            lambda s: s.employee.sort_name.split(",")[0],
            ("filed from A", "filed from Z"),
        ),
        "department": Sort(
            (Department.name_key, Employee.sort_key, Link.starts_on, Link.id),
            lambda s: (s.department.name_key, s.employee.sort_key, s.starts_on, s.id),
            lambda s: f"{s.department.name}, {s.employee.sort_name.split(',')[0]}",
            ("by department", "by department, from Z"),
        ),
        **_STAY_SORTS,
        "fte": Sort(
            (_fte, Link.id),
            lambda s: (-1 if s.fte is None else int(s.fte.scaleb(3)), s.id),
            lambda s: "not stated" if s.fte is None else str(s.fte),
            ("the lowest FTE first", "the highest FTE first"),
        ),
    }


def stays_of_department(
    code: str, filters: Mapping[str, Any], q: str, day: date
) -> tuple[Select[Any], dict[str, Sort]]:
    """The stays in a department, each with its person; searched by the person's name or number."""
    wanted = (
        select(Link)
        .join(Link.employee)
        .options(contains_eager(Link.employee))
        .where(Link.department_code == code, *people_called(q))
    )
    return wanted.where(*stays_asked(filters, day)), {
        "employee": Sort(
            (Employee.sort_key, Employee.number, Link.starts_on, Link.id),
            lambda s: (s.employee.sort_key, s.employee.number, s.starts_on, s.id),
            lambda s: s.employee.sort_name.split(",")[0],
        ),
        **_STAY_SORTS,
    }


def stays_of_employee(
    number: str, filters: Mapping[str, Any], q: str, day: date
) -> tuple[Select[Any], dict[str, Sort]]:
    """The stays of a person, each with its department."""
    wanted = (
        select(Link)
        .join(Link.department)
        .options(contains_eager(Link.department))
        .where(Link.employee_number == number, *departments_called(q))
    )
    return wanted.where(*stays_asked(filters, day)), {
        "department": Sort(
            (Department.name_key, Link.starts_on, Link.id),
            lambda s: (s.department.name_key, s.starts_on, s.id),
            lambda s: s.department.name,
        ),
        **_STAY_SORTS,
    }


def stays_by_identity(identities: Iterable[str]) -> dict[str, Link]:
    """Stored stays by the identity written in their rows, freshly read, with both sides."""
    ids = [number for one in identities if (number := record_id(one)) is not None]
    if not ids:
        return {}
    rows = db.session.scalars(
        select(Link)
        .where(Link.id.in_(ids))
        .options(joinedload(Link.employee), joinedload(Link.department))
        .execution_options(populate_existing=True)
    )
    return {identity_of(link): link for link in rows}


# What the rules read of a stay, in the order of `Stay`.
_PLAIN = (
    Link.id,
    Link.employee_number,
    Link.department_code,
    Link.starts_on,
    Link.ends_before,
    Link.fte,
    Link.role,
    Link.is_primary,
)


def stays_of_people(numbers: Iterable[str]) -> list[Stay]:
    """Every stored stay of these people, as plain values; `ref` is the id."""
    return [
        Stay(*row)
        for row in db.session.execute(select(*_PLAIN).where(Link.employee_number.in_(list(numbers))))
    ]


def heads_of_departments(codes: Iterable[str]) -> list[Stay]:
    """Every stored stay of a head or acting head of these departments, as plain values."""
    return [
        Stay(*row)
        for row in db.session.execute(
            select(*_PLAIN).where(Link.department_code.in_(list(codes)), is_headed())
        )
    ]
