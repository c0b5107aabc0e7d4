"""Everything that is stored, in batches, for whoever looks at all of it."""

from collections.abc import Hashable, Iterator
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from core.queries import stream
from hr.models import DepartmentEmployeeLink, Employee
from hr.staffing import Employment, Stay

Link = DepartmentEmployeeLink

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


class StaysOfPerson(NamedTuple):
    """One person with every stay; `explained` are those on which somebody said why the sum is so high."""

    number: str
    name: str
    employment: Employment
    stays: list[Stay]
    explained: set[Hashable]


def everybody_with_stays() -> Iterator[StaysOfPerson]:
    """Everybody who has a stay, one after the other, by number."""
    wanted = (
        select(*_PLAIN, Link.overload_reason, Employee.name, Employee.hired_on, Employee.left_on)
        .join(Link.employee)
        .order_by(Link.employee_number)
    )
    for number, rows in groupby(stream(wanted), key=lambda row: row.employee_number):
        stays, explained = [], set()
        for row in rows:
            stays.append(Stay(*row[: len(_PLAIN)]))
            if row.overload_reason:
                explained.add(row.id)
        yield StaysOfPerson(number, row.name, Employment(row.hired_on, row.left_on), stays, explained)


def every_head() -> Iterator[Stay]:
    """Every stay of a head or acting head."""
    heads = select(*_PLAIN).where(Link.role.in_(("head", "acting head"))).order_by(Link.id)
    return (Stay(*row) for row in stream(heads))
