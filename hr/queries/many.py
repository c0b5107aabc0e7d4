"""What deeds on very many stays or people read: everything that was chosen, person by person."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from core.db import db
from core.many import Chosen, Rows
from core.rights import person
from hr.models import Department, DepartmentEditor, Employee, JobTitle
from hr.queries.conditions import Link, is_headed


def stays_by_person(wanted: Select[Any]) -> list[Chosen]:
    """The chosen stays, person by person. Heads stand beside the other heads of their department."""
    rows = select(Link.id, Link.employee_number, is_headed()).where(Link.id.in_(wanted))
    rows = rows.order_by(Link.employee_number, Link.id)
    return [Chosen(id, number, bool(headed)) for id, number, headed in db.session.execute(rows)]


def people_by_number(wanted: Select[Any]) -> list[Chosen]:
    """The chosen people."""
    rows = select(Employee.number).where(Employee.number.in_(wanted)).order_by(Employee.number)
    return [Chosen(number, number) for number in db.session.scalars(rows)]


def people_of_stays(wanted: Select[Any]) -> Select[Any]:
    """The numbers of those whose stays were chosen."""
    return select(Link.employee_number).where(Link.id.in_(wanted)).distinct()


def departments_of_stays(wanted: Select[Any]) -> Select[Any]:
    """The codes of the departments in which the chosen stays are."""
    return select(Link.department_code).where(Link.id.in_(wanted)).distinct()


def departments_of_people(wanted: Select[Any]) -> Select[Any]:
    """The codes of the departments in which these people have stays: theirs end, where somebody leaves."""
    return select(Link.department_code).where(Link.employee_number.in_(wanted)).distinct()


def around_stays(wanted: Select[Any]) -> Sequence[Rows]:
    """What the rules look at beside the chosen stays: keys and versions."""
    return [*_around(people_of_stays(wanted)), select(Link.id, Link.version).where(is_headed())]


def around_people(wanted: Select[Any]) -> Sequence[Rows]:
    """What the rules look at of these people: themselves, their stays and titles, departments, limits."""
    titles = select(JobTitle.id, JobTitle.version).where(JobTitle.employee_number.in_(wanted))
    return [*_around(wanted), titles]


def _around(wanted: Select[Any]) -> list[Rows]:
    who = getattr(person(), "id", None)
    return [
        select(Employee.number, Employee.version).where(Employee.number.in_(wanted)),
        select(Link.id, Link.version).where(Link.employee_number.in_(wanted)),
        select(Department.code, Department.version),
        select(DepartmentEditor.department_code).where(DepartmentEditor.user_id == who),
    ]
