"""The rows of staffing that are taken away as files: plain columns, in an order that an index has ready."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from core.selection import only
from hr.models import Department, Employee, JobTitle
from hr.queries.conditions import Link, is_headed
from hr.queries.limits import seen

_DEPARTMENT: tuple[Any, ...] = (Department.code, Department.name, Department.archived_on)
_PERSON: tuple[Any, ...] = (
    Employee.number,
    Employee.name,
    Employee.sort_name,
    Employee.email,
    Employee.hired_on,
    Employee.left_on,
)
_STAY: tuple[Any, ...] = (
    Link.employee_number,
    Employee.name.label("person"),
    Link.department_code,
    Department.name.label("department_name"),
    Link.starts_on,
    Link.ends_before,
    Link.fte,
    Link.role,
    Link.is_primary,
)
_TITLE: tuple[Any, ...] = (
    JobTitle.employee_number,
    Employee.name.label("person"),
    JobTitle.title,
    JobTitle.starts_on,
    JobTitle.ends_before,
)


def rows_of_departments(listed: Select[Any]) -> Select[Any]:
    """The departments that a list finds, in its order."""
    return listed.with_only_columns(*_DEPARTMENT, maintain_column_froms=True)


def rows_of_people(listed: Select[Any]) -> Select[Any]:
    """The people whom a list finds, in its order."""
    return listed.with_only_columns(*_PERSON, maintain_column_froms=True)


def rows_of_stays_on_a_record(listed: Select[Any], order: Sequence[Any]) -> Select[Any]:
    """The stays that the page of a person or a department finds, with the names of both sides."""
    return _stays(Link.id.in_(only(listed, Link.id))).order_by(*order)


def rows_of_stays(listed: Select[Any]) -> Select[Any]:
    """The stays that their list finds, in its order."""
    return listed.with_only_columns(*_STAY, *_remarks())


def rows_of_their_stays(people: Select[Any]) -> Select[Any]:
    """Every stay of the people whom a list finds, past and coming ones too."""
    return _by_person(_stays(Link.employee_number.in_(only(people, Employee.number))))


def rows_of_stays_there(departments: Select[Any]) -> Select[Any]:
    """Every stay in the departments that a list finds, past and coming ones too."""
    return _by_person(_stays(Link.department_code.in_(only(departments, Department.code))))


def rows_of_their_heads(departments: Select[Any]) -> Select[Any]:
    """Every stay of a head or an acting head in the departments that a list finds."""
    return rows_of_stays_there(departments).where(is_headed())


def _stays(condition: ColumnElement[bool]) -> Select[Any]:
    return select(*_STAY, *_remarks()).join(Link.employee).join(Link.department).where(condition)


def _remarks() -> list[Any]:
    return [seen(remark).label(remark.key) for remark in (Link.extra_data, Link.overload_reason)]


def _by_person(stays: Select[Any]) -> Select[Any]:
    return stays.order_by(Link.employee_number, Link.department_code, Link.starts_on, Link.id)


def rows_of_their_titles(people: Select[Any]) -> Select[Any]:
    """Every job title of the people whom a list finds."""
    theirs = JobTitle.employee_number.in_(only(people, Employee.number))
    wanted = select(*_TITLE).join(JobTitle.employee).where(theirs)
    return wanted.order_by(JobTitle.employee_number, JobTitle.starts_on, JobTitle.id)
